"""Bodies within their limit, compressed or not."""

import gzip
import io

import pytest

from fhir_server.http.body import read_body
from fhir_server.outcome import FhirError, Malformed, TooLarge, UnsupportedMedia

TEXT = b'{"resourceType":"Patient"}'


def test_body_over_the_limit_is_refused_before_it_is_read() -> None:
    stream = io.BytesIO(b"x" * 11)
    with pytest.raises(TooLarge):
        read_body({"CONTENT_LENGTH": "11"}, stream, 10)
    assert stream.tell() == 0


def test_body_in_chunks_is_held_to_the_limit() -> None:
    environment = {"wsgi.input_terminated": True}
    assert read_body(environment, io.BytesIO(b"x" * 10), 10) == b"x" * 10
    with pytest.raises(TooLarge):
        read_body(environment, io.BytesIO(b"x" * 11), 10)


def test_request_without_length_has_no_body() -> None:
    assert read_body({}, io.BytesIO(b"ignored"), 10) == b""


def sent(body: bytes, coding: str, limit: int = 100) -> bytes:
    environment = {"CONTENT_LENGTH": str(len(body)), "HTTP_CONTENT_ENCODING": coding}
    return read_body(environment, io.BytesIO(body), limit)


@pytest.mark.parametrize("coding", ["gzip", "GZIP", "x-gzip", "identity, gzip"])
def test_compressed_body_is_uncompressed(coding: str) -> None:
    assert sent(gzip.compress(TEXT), coding) == TEXT
    assert sent(gzip.compress(TEXT[:9]) + gzip.compress(TEXT[9:]), coding) == TEXT


@pytest.mark.parametrize("coding", ["", "identity"])
def test_body_without_compression_stays_as_it_is(coding: str) -> None:
    assert sent(TEXT, coding) == TEXT


REFUSED = {  # named, as the bytes of gzip hold the time
    "plain text": (TEXT, "gzip", Malformed),
    "cut short": (gzip.compress(TEXT)[:-3], "gzip", Malformed),
    "more after the end": (gzip.compress(TEXT) + b"more", "gzip", Malformed),
    "one too large": (gzip.compress(b" " * 101), "gzip", TooLarge),
    "two too large": (gzip.compress(b" " * 60) + gzip.compress(b" " * 60), "gzip", TooLarge),
    "unknown coding": (TEXT, "br", UnsupportedMedia),
    "coded twice": (TEXT, "gzip, gzip", UnsupportedMedia),
}


@pytest.mark.parametrize(("body", "coding", "error"), REFUSED.values(), ids=REFUSED)
def test_compressed_body_is_refused(body: bytes, coding: str, error: type[FhirError]) -> None:
    with pytest.raises(error):
        sent(body, coding)
