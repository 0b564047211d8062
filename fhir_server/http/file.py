"""A file as the answer: streamed in pieces, so that its size costs no memory."""

import zlib
from collections.abc import Iterator
from pathlib import Path

from flask import Response

from fhir_server.model.rest import FhirResponse

PIECE = 1 << 18
GZIP = 31
"""The window bits that make zlib write the format of gzip."""
FASTEST = 1


def file_response(answer: FhirResponse, path: Path) -> Response:
    """Return the HTTP response that streams a file, compressed when its headers say gzip."""
    pieces = read_pieces(path)
    packed = answer.headers.get("Content-Encoding") == "gzip"
    response = Response(compress(pieces) if packed else pieces, answer.status)
    response.headers["Content-Type"] = answer.media_type
    if not packed:
        response.headers["Content-Length"] = str(path.stat().st_size)
    for name, value in answer.headers.items():
        response.headers[name] = value
    return response


def read_pieces(path: Path) -> Iterator[bytes]:
    """Yield a file piece by piece."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def compress(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """Yield the pieces in the format of gzip."""
    packer = zlib.compressobj(FASTEST, wbits=GZIP)
    for piece in pieces:
        packed = packer.compress(piece)
        if packed:
            yield packed
    yield packer.flush()
