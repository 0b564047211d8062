"""Files of several messages: batch envelopes (FHS, BHS, BTS, FTS) and plain concatenation."""

import re
from collections.abc import Iterator

_START = re.compile(rb"(?:^|(?<=[\r\n\x0b]))MSH(?=[^A-Za-z0-9\s])")
_TRAILER = re.compile(rb"[\r\n](?:BTS|FTS|BHS|FHS)[^\r\n]*")
_PADDING = b"\x0b\x1c\r\n\0 "


def split_messages(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield each message with its byte offset; what has no MSH is yielded whole, at offset 0.

    MLLP framing left in a file and the segments of a batch envelope are left out.
    """
    starts = [match.start() for match in _START.finditer(data)]
    if not starts:
        yield 0, data
        return
    if len(starts) == 1 and not data.startswith((b"FHS", b"BHS", b"\x0b")):
        yield 0, data.rstrip(_PADDING)
        return
    for start, end in zip(starts, [*starts[1:], len(data)], strict=True):
        message = data[start:end]
        trailer = _TRAILER.search(message)
        yield start, (message[: trailer.start()] if trailer else message).rstrip(_PADDING)
