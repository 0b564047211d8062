"""Binary as the bytes it holds: when, and made safe."""

import pytest

from fhir_server.http.binary import SAFETY, content_answer, content_resource, wants_content
from fhir_server.http.request import HttpRequest
from fhir_server.model.codec import encode
from fhir_server.model.rest import FhirResponse
from fhir_server.outcome import BadRequest


def request(
    method: str = "GET", parameters: tuple[tuple[str, str], ...] = (), **headers: str
) -> HttpRequest:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return HttpRequest("1", method, "", parameters, named, "http://x", b"abc")


@pytest.mark.parametrize("path", ["Binary/1", "Binary/1/", "Binary/1/_history/2"])
@pytest.mark.parametrize("accept", ["", "*/*", "image/png, */*;q=0.1"])
def test_content_is_given_unless_fhir_is_asked_for(path: str, accept: str) -> None:
    assert wants_content(request(accept=accept), path)
    assert wants_content(request("HEAD", accept=accept), path)


@pytest.mark.parametrize(
    ("asked", "path"),
    [
        (request(accept="application/fhir+json"), "Binary/1"),
        (request(accept="image/png, application/fhir+xml; q=0.5"), "Binary/1"),
        (request(parameters=(("_format", "json"),)), "Binary/1"),
        (request("PUT"), "Binary/1"),
        (request(), "Binary"),
        (request(), "Binary/1/_history"),
        (request(), "Patient/1"),
    ],
)
def test_fhir_is_given_otherwise(asked: HttpRequest, path: str) -> None:
    assert not wants_content(asked, path)


@pytest.mark.parametrize("told", ["text/plain\r\nX: y", "é/x", ""])
def test_type_that_cannot_be_a_header_is_not_told(told: str) -> None:
    body = encode({"resourceType": "Binary", "contentType": told, "data": "YWJj"})
    shown = content_answer(FhirResponse(200, body))
    assert (shown.body, shown.media_type) == (b"abc", "application/octet-stream")
    assert SAFETY.items() <= dict(shown.headers).items()


def test_body_becomes_a_resource() -> None:
    asked = request(content_type="x/y", x_security_context="Patient/1")
    assert content_resource(asked, "b") == {
        "resourceType": "Binary",
        "id": "b",
        "contentType": "x/y",
        "securityContext": {"reference": "Patient/1"},
        "data": "YWJj",
    }
    with pytest.raises(BadRequest):
        content_resource(request(content_type="x/y", x_security_context="a b"), None)
