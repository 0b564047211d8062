"""Files of several messages: batch envelopes (FHS, BHS, BTS, FTS) and plain concatenation."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from hl7.acknowledgment import stamp

_START = re.compile(rb"(?:^|(?<=[\r\n\x0b]))MSH(?=[^A-Za-z0-9\s])")
_TRAILER = re.compile(rb"[\r\n](?:BTS|FTS|BHS|FHS)[^\r\n]*")
_ENVELOPE = re.compile(rb"(?:^|(?<=[\r\n]))BHS")
_COUNT = re.compile(rb"(?:^|[\r\n])BTS[^\w\r\n](\d{1,9})")
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


def is_batch(data: bytes) -> bool:
    """Say whether the bytes begin with a batch envelope."""
    return data.lstrip(_PADDING).startswith((b"FHS", b"BHS"))


def declared_count(data: bytes) -> int | None:
    """Return how many messages the batch trailers say there are, None where they do not say."""
    told = [match[1] for match in _COUNT.finditer(data)]
    return sum(map(int, told)) if told else None


def answer_batch(data: bytes, replies: Sequence[bytes], *, control_id: str, now: datetime) -> bytes:
    """Return the acknowledgments of a batch as a batch: sender and receiver swapped.

    The envelope has the segments that came: BHS and BTS, within FHS and FTS where there was one.
    """
    text = data.lstrip(_PADDING)
    batch = _ENVELOPE.search(text)
    file = text.startswith(b"FHS")
    parts = [_head(text, b"FHS", control_id, now)] if file else []
    if batch:
        parts.append(_head(text[batch.start() :], b"BHS", control_id, now))
    parts += [reply if reply.endswith(b"\r") else reply + b"\r" for reply in replies if reply]
    separator = text[3:4] or b"|"
    if batch:
        parts.append(separator.join((b"BTS", str(sum(map(bool, replies))).encode())) + b"\r")
    if file:
        parts.append(separator.join((b"FTS", b"1")) + b"\r")
    return b"".join(parts)


def _head(text: bytes, id: bytes, control_id: str, now: datetime) -> bytes:
    """Return FHS or BHS: fields 3 to 6 swapped, 7 the moment, 11 our number, 12 theirs."""
    separator = text[3:4] or b"|"
    line = re.split(rb"[\r\n]", text, maxsplit=1)[0]
    fields = [*line.split(separator), *[b""] * 12][:12]
    sent = fields[10]
    fields[0] = id
    fields[2:6] = fields[4], fields[5], fields[2], fields[3]
    fields[6:12] = stamp(now).encode(), b"", b"", b"", control_id.encode(), sent
    return separator.join(fields).rstrip(separator) + b"\r"
