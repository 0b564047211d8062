"""The body of a request, read once: whole, within the limit, and without its compression.

Source: https://www.rfc-editor.org/rfc/rfc9110#section-8.4, https://hl7.org/fhir/R4/http.html.
"""

import zlib
from collections.abc import Mapping
from typing import BinaryIO

from fhir_server.outcome import Malformed, TooLarge, UnsupportedMedia

GZIP = ("gzip", "x-gzip")
_GZIP_HEADER = 16 + zlib.MAX_WBITS
"""Tells the library that what it reads has the header of gzip."""


def read_body(environment: Mapping[str, object], stream: BinaryIO, limit: int) -> bytes:
    """Return the body, which may come in chunks and compressed.

    Raises TooLarge beyond the limit in bytes, before or after it is uncompressed; UnsupportedMedia
    for another coding than gzip; Malformed.
    """
    body = _received(environment, stream, limit)
    text = str(environment.get("HTTP_CONTENT_ENCODING") or "").lower()
    codings = [one.strip() for one in text.split(",") if one.strip() not in ("", "identity")]
    if not codings:
        return body
    if len(codings) > 1 or codings[0] not in GZIP:
        raise UnsupportedMedia.coding(GZIP[:1])
    return uncompressed(body, limit)


def _received(environment: Mapping[str, object], stream: BinaryIO, limit: int) -> bytes:
    text = str(environment.get("CONTENT_LENGTH") or "")
    length = int(text) if text.isdecimal() else None
    if length is not None and length > limit:
        raise TooLarge(f"the body has {length} bytes, the limit is {limit}")
    if length is None:
        if not environment.get("wsgi.input_terminated"):
            return b""
        length = limit + 1
    body = stream.read(length)
    if len(body) > limit:
        raise TooLarge(f"the body is over the limit of {limit} bytes")
    return body


def uncompressed(body: bytes, limit: int) -> bytes:
    """Return what a gzip text holds, of at most `limit` bytes. Raises TooLarge, Malformed."""
    made = b""
    while body:
        reader = zlib.decompressobj(_GZIP_HEADER)
        try:
            made += reader.decompress(body, limit + 1 - len(made))
        except zlib.error:
            raise Malformed("the body is not gzip, as Content-Encoding says") from None
        if len(made) > limit:
            raise TooLarge(f"the body is over the limit of {limit} bytes when uncompressed")
        if not reader.eof:
            raise Malformed("the body is gzip that breaks off")
        body = reader.unused_data
    return made
