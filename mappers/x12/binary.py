"""Segments that carry bytes (BIN, BDS): cut by the length they state, whatever the bytes are.

The bytes may hold every delimiter and an envelope of their own. Where the stated length cannot be
right, the segment ends at the next terminator like any other, and the mismatch is a finding. All
positions are in one text that is never copied, so that many such segments cost no more than few.
"""

import re
from functools import lru_cache
from typing import NamedTuple

BLANK = " \t\r\n\x00\x1a\xef\xbb\xbf"  # with the three bytes of a byte order mark
_LENGTH_AT = {"BIN": 1, "BDS": 2}
_LONGEST = 15  # digits of a stated length (element 784)
_PADDING = re.compile(f"[{re.escape(BLANK)}]*")


class _Header(NamedTuple):
    """What stands before the bytes: where they begin, and how many there should be, if told."""

    start: int
    length: int | None


def find(text: str, start: int, mark: str, terminator: str) -> int:
    """Return where from `start`, where a segment begins, the first with bytes begins; else -1."""
    if text.find(f"BIN{mark}", start) < 0 and text.find(f"BDS{mark}", start) < 0:
        return -1
    found = _opening(mark, terminator).search(text, max(start - 1, 0))
    return found.end() if found else -1


@lru_cache(maxsize=64)
def _opening(mark: str, terminator: str) -> re.Pattern[str]:
    before = f"(?:\\A|{re.escape(terminator)})"
    return re.compile(f"{before}(?=[{re.escape(BLANK)}]*B(?:IN|DS){re.escape(mark)})")


def elements_of(body: str, mark: str) -> tuple[str, ...]:
    """Return id and elements of a segment; what follows its length is one element of bytes."""
    at = _LENGTH_AT.get(body[:3]) if body[3:4] == mark else None
    return tuple(body.split(mark)) if at is None else tuple(body.split(mark, at + 1))


def end_of(text: str, at: int, mark: str, terminator: str, *, is_all: bool) -> int:
    """Return where the body of the segment that begins at `at` ends, before its terminator.

    Returns -1 where the text must go on to tell, or, if `is_all`, breaks off within the bytes.
    """
    header = _header(text, at, mark, terminator)
    if header is None or header.length is None:
        return text.find(terminator, header.start if header else at)
    end = header.start + header.length
    if text[end : end + 1] == terminator:
        return end
    is_open = end >= len(text)
    if is_open and not (is_all and _goes_on(text, header.start, mark, terminator)):
        return -1
    return text.find(terminator, header.start)


def needed(text: str, at: int, mark: str, terminator: str) -> int:
    """Return how long the text must be for the segment at `at` to be cut; 0 if unknown."""
    header = _header(text, at, mark, terminator)
    if header is None or header.length is None:
        return 0
    return header.start + header.length + 1


def _header(text: str, at: int, mark: str, terminator: str) -> _Header | None:
    """Return what the segment says before its bytes; None where it ends or breaks off before."""
    padding = _PADDING.match(text, at)
    id_at = padding.end() if padding else at
    position, stated = id_at + 3, ""
    for _ in range(_LENGTH_AT[text[id_at : id_at + 3]]):
        following = text.find(mark, position + 1)
        if following < 0:
            return None
        stated, position = text[position + 1 : following], following
        if terminator in stated:
            return None
    is_length = stated.isascii() and stated.isdigit() and len(stated) <= _LONGEST
    return _Header(position + 1, int(stated) if is_length else None)


def data_position(id: str) -> int:
    """Return the element that holds bytes in a segment; 0 where none does."""
    return _LENGTH_AT.get(id, -1) + 1


def _goes_on(text: str, start: int, mark: str, terminator: str) -> bool:
    """Tell whether the set ends after the bytes: then the length is wrong, not the file short."""
    return any(text.find(f"{terminator}{gap}SE{mark}", start) >= 0 for gap in ("", "\n", "\r\n"))
