"""Answers as HTTP, and errors as outcomes."""

from datetime import UTC, datetime

import pytest
from werkzeug.exceptions import NotFound as RouteNotFound

from fhir_server.http.errors import error_response, known_error
from fhir_server.http.response import prefer, render
from fhir_server.interactions.preference import Preference
from fhir_server.model.codec import decode
from fhir_server.model.resource import Version
from fhir_server.model.rest import FhirResponse
from fhir_server.outcome import (
    MethodNotAllowed,
    NotFound,
    Throttled,
    TooCostly,
    Unauthenticated,
    Unavailable,
    UnsupportedMedia,
)

VERSION = Version(
    1, "Patient", "a", 3, datetime(2026, 1, 2, 3, 4, 5, 6, UTC), False, "update", b'{"a":1.10}'
)
BASE = "http://x.example/fhir"


def test_version_is_told_in_headers() -> None:
    response = render(FhirResponse(200, VERSION.body, VERSION), BASE, "application/fhir+json")
    assert dict(response.headers) == {
        "Content-Type": "application/fhir+json; charset=utf-8",
        "Content-Length": "10",
        "ETag": 'W/"3"',
        "Last-Modified": "Fri, 02 Jan 2026 03:04:05 GMT",
        "Content-Location": f"{BASE}/Patient/a/_history/3",
    }
    assert response.data == VERSION.body


def test_answer_without_content_says_so() -> None:
    response = render(FhirResponse(204), BASE, "application/fhir+json")
    assert dict(response.headers) == {}


def test_pretty_keeps_numbers_as_written() -> None:
    answer = FhirResponse(200, VERSION.body)
    response = render(answer, BASE, "application/fhir+json", pretty=True)
    assert response.data == b'{\n  "a": 1.10\n}'
    assert response.headers["Content-Length"] == str(len(response.data))


def test_other_media_types_are_left_alone() -> None:
    answer = FhirResponse(200, b"ISA*", media_type="application/edi-x12")
    response = render(answer, BASE, "application/json", pretty=True)
    assert response.headers["Content-Type"] == "application/edi-x12"
    assert response.data == b"ISA*"


def test_preferred_body_of_a_write() -> None:
    answer = FhirResponse(201, VERSION.body, VERSION, "here")
    assert prefer(answer, Preference()) is answer
    assert prefer(answer, Preference("minimal")).body is None
    told = prefer(answer, Preference("OperationOutcome"))
    assert decode(told.body or b"")["resourceType"] == "OperationOutcome"
    assert (told.status, told.version, told.location) == (201, VERSION, "here")


@pytest.mark.parametrize(
    ("error", "status", "header"),
    [
        (NotFound("x"), 404, None),
        (MethodNotAllowed.of(("GET", "PUT")), 405, ("Allow", "GET, HEAD, PUT")),
        (Unauthenticated("x"), 401, ("WWW-Authenticate", 'Bearer realm="parity"')),
        (TooCostly("x"), 503, ("Retry-After", "2")),
        (Unavailable("x"), 503, ("Retry-After", "2")),
        (Throttled("x"), 429, ("Retry-After", "2")),
        (UnsupportedMedia.coding(("gzip",)), 415, ("Accept-Encoding", "gzip")),
        (UnsupportedMedia.patch(("a/b", "c/d")), 415, ("Accept-Patch", "a/b, c/d")),
        (RouteNotFound(), 404, None),
    ],
)
def test_error_has_its_status_and_header(
    error: Exception, status: int, header: tuple[str, str] | None
) -> None:
    answer = error_response(error, "r1")
    assert answer.status == status
    assert header is None or header in answer.headers.items()
    assert decode(answer.body or b"")["resourceType"] == "OperationOutcome"


def failure(secret: str) -> Exception:
    """Return an error no part of the server foresaw, as it is caught."""
    empty: dict[str, str] = {}
    try:
        empty[secret]
    except KeyError as error:
        return error
    raise AssertionError


def test_fault_of_the_server_says_nothing_of_itself(caplog: pytest.LogCaptureFixture) -> None:
    secret = "Rivera, Ada 1980-02-29"
    answer = error_response(failure(secret), "r42")
    assert answer.status == 500
    assert secret.encode() not in (answer.body or b"")
    assert b"r42" in (answer.body or b"")
    assert secret not in caplog.text
    assert "request=r42" in caplog.text
    assert "KeyError" in caplog.text
    assert "test_response.py" in caplog.text


def test_known_errors_are_passed_on() -> None:
    error = NotFound("x")
    assert known_error(error, "r") is error
