"""A file as the answer: streamed in pieces, so that its size costs no memory."""

import zlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Protocol

from flask import Response

from fhir_server.model.rest import FhirResponse

PIECE = 1 << 18
GZIP = 31
"""The window bits that make zlib write the format of gzip."""
FASTEST = 1


class Packer(Protocol):
    """What compresses a stream of bytes."""

    def compress(self, data: bytes, /) -> bytes:
        """Take bytes; return what is ready."""
        ...

    def flush(self) -> bytes:
        """Return the rest."""
        ...


def file_response(answer: FhirResponse, path: Path) -> Response:
    """Return the HTTP response that streams a file, compressed as its headers say."""
    pieces = read_pieces(path)
    packer = PACKERS.get(answer.headers.get("Content-Encoding", ""))
    response = Response(compress(pieces, packer()) if packer else pieces, answer.status)
    response.headers["Content-Type"] = answer.media_type
    if packer is None:
        response.headers["Content-Length"] = str(path.stat().st_size)
    for name, value in answer.headers.items():
        response.headers[name] = value
    return response


def read_pieces(path: Path) -> Iterator[bytes]:
    """Yield a file piece by piece."""
    with path.open("rb") as file:
        while piece := file.read(PIECE):
            yield piece


def compress(pieces: Iterator[bytes], packer: Packer) -> Iterator[bytes]:
    """Yield the pieces compressed."""
    for piece in pieces:
        packed = packer.compress(piece)
        if packed:
            yield packed
    yield packer.flush()


def _gzip() -> Packer:
    return zlib.compressobj(FASTEST, wbits=GZIP)


def _zstd() -> Packer:
    import zstandard  # noqa: PLC0415  few ask for it

    return zstandard.ZstdCompressor(level=FASTEST).compressobj()


PACKERS: Mapping[str, Callable[[], Packer]] = {"zstd": _zstd, "gzip": _gzip}
"""How each Content-Encoding is made; the first that a client accepts is taken."""
