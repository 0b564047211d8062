"""Segments that carry bytes (BIN, BDS): cut by the length they state, whatever the bytes are.

The bytes may hold every delimiter and an envelope of their own. Where the stated length cannot be
right, the segment ends at the next terminator like any other, and the mismatch is a finding.
"""

import re
from functools import lru_cache

BLANK = " \t\r\n\x00\x1a\xef\xbb\xbf"  # with the three bytes of a byte order mark
_LENGTH_AT = {"BIN": 1, "BDS": 2}
_LONGEST = 15  # digits of a stated length (element 784)


def find(text: str, mark: str, terminator: str) -> int:
    """Return where in `text`, which begins with a segment, the first with bytes begins; else -1."""
    if f"BIN{mark}" not in text and f"BDS{mark}" not in text:
        return -1
    found = _opening(mark, terminator).search(text)
    return found.end() if found else -1


@lru_cache(maxsize=64)
def _opening(mark: str, terminator: str) -> re.Pattern[str]:
    before = f"(?:\\A|{re.escape(terminator)})"
    return re.compile(f"{before}(?=[{re.escape(BLANK)}]*B(?:IN|DS){re.escape(mark)})")


def elements_of(body: str, mark: str) -> tuple[str, ...]:
    """Return id and elements of a segment; what follows its length is one element of bytes."""
    at = _LENGTH_AT.get(body[:3]) if body[3:4] == mark else None
    return tuple(body.split(mark)) if at is None else tuple(body.split(mark, at + 1))


def end_of(text: str, mark: str, terminator: str, *, is_all: bool) -> int:
    """Return where the body of the segment that opens `text` ends, before its terminator.

    Returns -1 where the text must go on to tell, or, if `is_all`, breaks off within the bytes.
    """
    lead = len(text) - len(text.lstrip(BLANK))
    elements = elements_of(text[lead:], mark)
    at = _LENGTH_AT[elements[0]]
    if len(elements) < at + 2:
        return text.find(terminator, lead)
    start, stated = len(text) - len(elements[-1]), elements[at]
    if terminator in text[lead:start] or not is_length(stated):
        return text.find(terminator, lead)
    end = start + int(stated)
    if text[end : end + 1] == terminator:
        return end
    is_open = end >= len(text)
    if is_open and not (is_all and _goes_on(text, start, mark, terminator)):
        return -1
    return text.find(terminator, start)


def needed(text: str, mark: str) -> int:
    """Return how long the text must be for the segment that opens it to be cut; 0 if unknown."""
    lead = len(text) - len(text.lstrip(BLANK))
    elements = elements_of(text[lead:], mark)
    at = _LENGTH_AT[elements[0]]
    if len(elements) < at + 2 or not is_length(elements[at]):
        return 0
    return len(text) - len(elements[-1]) + int(elements[at]) + 1


def is_length(text: str) -> bool:
    """Tell whether a text states a length."""
    return text.isascii() and text.isdigit() and len(text) <= _LONGEST


def data_position(id: str) -> int:
    """Return the element that holds bytes in a segment; 0 where none does."""
    return _LENGTH_AT.get(id, -1) + 1


def _goes_on(text: str, start: int, mark: str, terminator: str) -> bool:
    """Tell whether the set ends after the bytes: then the length is wrong, not the file short."""
    return f"{terminator}SE{mark}" in text[start:] or f"{terminator}\nSE{mark}" in text[start:]
