"""The bytes a paper carries, and what they are."""

import base64
from collections.abc import Iterator

from mappers.x12.lexer import Segment
from mappers.x12.tree import LoopNode

PLAIN = "application/octet-stream"


MAGIC = ((b"%PDF", "application/pdf"), (b"<?xml", "text/xml"), (b"\x89PNG", "image/png"))


ENCODED = "B64"


def bytes_of(loop: LoopNode) -> Iterator[tuple[bytes, str]]:
    """Yield the bytes of BIN or BDS, and what they seem to be."""
    for one in loop.segments:
        if one.id == "BIN":
            yield _typed(one.element(2).encode("latin-1"))
        elif one.id == "BDS":
            yield _typed(_decoded(one))


def _decoded(segment: Segment) -> bytes:
    data = segment.element(3).encode("latin-1")
    if segment.element(1) != ENCODED:
        return data
    try:
        return base64.b64decode(data, validate=False)
    except ValueError:
        return data


def _typed(data: bytes) -> tuple[bytes, str]:
    """Return the bytes and their type; a MIME head (6020) tells it and is no part of them."""
    head, mark, rest = data.partition(b"\r\n\r\n")
    if mark and head.lower().startswith(b"content-type:"):
        told = head.split(b"\r\n")[0].partition(b":")[2].strip()
        return rest, told.decode("latin-1")
    if data.lower().startswith(b"content-type:"):
        line, _, rest = data.partition(b"\r\n")
        return rest, line.partition(b":")[2].strip().decode("latin-1")
    return data, next((kind for mark, kind in MAGIC if data.startswith(mark)), PLAIN)
