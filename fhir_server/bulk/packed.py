"""Files as they are, or packed by gzip or Zstandard, which is told by how they begin.

Sources: RFC 1952, RFC 8878.
"""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

GZIP = b"\x1f\x8b"
ZSTD = b"\x28\xb5\x2f\xfd"
BROKEN = (EOFError, zlib.error)
"""What reading something packed raises, besides OSError, when it is not whole."""
PIECE = 1 << 18
"""Packed bytes read at once."""


@contextmanager
def unpacked(path: Path) -> Iterator[io.BufferedIOBase]:
    """Open a file for reading what it holds.

    Raises OSError, also when what is packed is broken or cut short.
    """
    with path.open("rb") as content:
        start = content.read(len(ZSTD))
        content.seek(0)
        try:
            if start.startswith(GZIP):
                yield gzip.GzipFile(fileobj=content)
            elif start == ZSTD:
                yield io.BufferedReader(_Pieces(_zstd(content)), PIECE)
            else:
                yield content
        except BROKEN as error:
            raise OSError(f"{path.name}: not whole, it cannot be unpacked") from error


def _zstd(content: BinaryIO) -> Iterator[bytes]:
    """Yield what the frames of a file hold. Raises EOFError for one that is broken or cut short.

    The library's own reader takes a frame that is cut short for a whole one.
    """
    import zstandard  # noqa: PLC0415  few files are packed so

    frame = None
    while piece := content.read(PIECE):
        while piece:
            frame = frame or zstandard.ZstdDecompressor().decompressobj()
            try:
                yield frame.decompress(piece)
            except zstandard.ZstdError as error:
                raise EOFError(str(error)) from error
            piece, frame = (frame.unused_data, None) if frame.eof else (b"", frame)
    if frame is not None:
        raise EOFError("the last frame does not end")


class _Pieces(io.RawIOBase):
    """Pieces of bytes, one behind the other, as a file."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces = pieces
        self._held = b""

    def readable(self) -> bool:
        """Return that it is for reading."""
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]  # what BufferedReader gives
        """Fill some of the buffer; 0 at the end."""
        while not self._held:
            piece = next(self._pieces, None)
            if piece is None:
                return 0
            self._held = piece
        count = min(len(buffer), len(self._held))
        buffer[:count], self._held = self._held[:count], self._held[count:]
        return count
