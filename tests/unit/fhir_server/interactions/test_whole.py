"""What makes two requests the same, and an answer as it is kept."""

from datetime import UTC, datetime

import msgspec
import pytest

from fhir_server.interactions.whole import fingerprint, kept, read_key
from fhir_server.model.resource import Version
from fhir_server.model.rest import Context, FhirRequest, FhirResponse
from fhir_server.outcome import BadRequest
from fhir_server.store.repeats import Kept

VERSION = Version(
    1, "Patient", "a", 3, datetime(2026, 1, 2, tzinfo=UTC), False, "update", b'{"a":1.10}'
)


def request(body: bytes = b"{}", method: str = "POST", **headers: str) -> FhirRequest:
    named = {name.replace("_", "-"): text for name, text in headers.items()}
    return FhirRequest(method, Context(), "http://x", "Patient", headers=named, body=body)


def test_same_request_has_the_same_fingerprint() -> None:
    first = fingerprint(request(prefer="return=minimal", x_request_id="1", accept="a"))
    assert first == fingerprint(request(x_request_id="2", prefer="return=minimal", accept="b"))


@pytest.mark.parametrize(
    "other",
    [
        request(b"{ }"),
        request(method="PUT"),
        request(prefer="return=minimal"),
        request(if_none_exist="identifier=1"),
    ],
)
def test_other_request_has_another_fingerprint(other: FhirRequest) -> None:
    assert fingerprint(other) != fingerprint(request())


def test_version_that_is_shown_is_not_kept_twice() -> None:
    answer = FhirResponse(200, VERSION.body, VERSION, "here")
    assert kept(answer) == Kept(
        200,
        "application/fhir+json",
        {},
        location="here",
        version=("Patient", "a", 3),
        shows=True,
    )


@pytest.mark.parametrize("body", [b'{"a":"\xc3\xa9"}', b"\xff\xfe", b"", None])
def test_body_survives_being_kept(body: bytes | None) -> None:
    one = kept(FhirResponse(200, body, media_type="x/y", headers={"A": "b"}))
    again = msgspec.json.decode(msgspec.json.encode(one), type=Kept)
    assert again == one
    assert (again.data if again.text is None else again.text.encode()) == body


@pytest.mark.parametrize("key", ["", "a" * 255, "8e03978e-40d5-43dd-bc93-6894a57f9324"])
def test_key_is_printable(key: str) -> None:
    assert read_key(request(idempotency_key=key)) == key


@pytest.mark.parametrize("key", ["a" * 256, "a\tb", "é"])
def test_other_keys_are_refused(key: str) -> None:
    with pytest.raises(BadRequest):
        read_key(request(idempotency_key=key))
