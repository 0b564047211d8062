"""One regular expression for each use of a segment: the happy path of judgement.

A match means that the segment has nothing wrong with it; a miss means only that `diagnosis` must
look closer (it may find nothing).
"""

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mappers.x12.dictionary import DEFINITIONS, Note
from mappers.x12.grammar import REQUIRED, Element, ElementUse, SegmentUse
from mappers.x12.lexer import Delimiters, Segment

_DAY = (
    r"(?:(?:0[13578]|1[02])(?:0[1-9]|[12]\d|3[01])|(?:0[469]|11)(?:0[1-9]|[12]\d|30)"
    r"|02(?:0[1-9]|1\d|2[0-8]))"
)
_LEAP_DAY = r"(?:(?:1[89]|20)(?:0[48]|[2468][048]|[13579][26])|2000)0229"
DATE = rf"(?:(?:1[89]|20)\d\d{_DAY}|{_LEAP_DAY})"
TIME = r"(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d(?:\d{1,2})?)?"
FORMS = {
    "D8": DATE,
    "RD8": f"{DATE}-{DATE}",
    "DT": f"{DATE}(?:[01]\\d|2[0-3])[0-5]\\d",
    "TM": r"(?:[01]\d|2[0-3])[0-5]\d",
}


@dataclass(frozen=True, slots=True)
class Matcher:
    """The test of one segment use: a pattern for its text, and notes between its elements.

    No note can be broken by a segment without element `lowest`.
    """

    fits: Callable[[str], object]
    notes: tuple[Note, ...]
    lowest: int

    def matches(self, segment: Segment) -> bool:
        """Tell whether nothing is wrong with the elements of a segment."""
        return bool(self.fits(segment.body)) and not self.breaks_note(segment)

    def breaks_note(self, segment: Segment) -> bool:
        """Tell whether a segment that fits breaks a note."""
        if len(segment.elements) <= self.lowest:
            return False
        return any(breaks(note, segment) for note in self.notes)


def matcher(use: SegmentUse, delimiters: Delimiters) -> Matcher:
    """Return the test of one segment use under given delimiters."""
    fits = re.compile(segment_pattern(use, delimiters)).fullmatch
    notes = tuple(note for note in DEFINITIONS[use.id].notes if _may_break(note, use))
    return Matcher(fits, notes, min(map(_lowest, notes), default=sys.maxsize))


def _lowest(note: Note) -> int:
    """Return the element without which the note cannot be broken."""
    match note.kind:
        case "R" | "B":
            return -1
        case "P":
            return min(note.positions)
        case "E":
            return sorted(note.positions)[1]
        case _:
            return note.positions[0]


def breaks(note: Note, segment: Segment) -> bool:
    """Tell whether the elements of a segment break a rule between them."""
    elements = segment.elements
    count = len(elements)
    present = [at < count and elements[at] != "" for at in note.positions]
    match note.kind:
        case "P":
            return any(present) and not all(present)
        case "R":
            return not any(present)
        case "E":
            return sum(present) > 1
        case "C":
            return present[0] and not all(present)
        case "B":
            length, data = (segment.element(at) for at in note.positions)
            return not (length.isascii() and length.isdigit() and int(length[:16]) == len(data))
        case _:
            return present[0] and not any(present[1:])


def _may_break(note: Note, use: SegmentUse) -> bool:
    """Tell whether the element rows alone do not already ensure the note."""
    rows = {row.position: row.usage for row in use.elements}
    usages = [rows.get(position) for position in note.positions]
    if note.kind == "B":
        return True
    if note.kind == "R":
        return REQUIRED not in usages
    if note.kind == "E":
        return sum(usage is not None for usage in usages) > 1
    if note.kind == "C" and usages[0] is None:
        return False
    return len(set(usages)) > 1 or usages[0] != REQUIRED


def segment_pattern(use: SegmentUse, delimiters: Delimiters) -> str:
    """Return the pattern of the text from id to last element."""
    mark = re.escape(delimiters.element)
    elements = DEFINITIONS[use.id].elements
    rows = {row.position: row for row in use.elements}
    last = max(rows, default=0)
    parts = [
        _element(elements[at - 1], rows.get(at), delimiters, _form(rows.get(at - 1)), mark)
        for at in range(1, last + 1)
    ]
    needed = [at in rows and rows[at].usage == REQUIRED for at in range(1, last + 1)]
    return f"{use.id}{_chain(parts, needed, mark)}(?<!{mark})"


def _chain(parts: Sequence[str], needed: Sequence[bool], mark: str) -> str:
    """Join parts so that what follows the last required one may be left off."""
    pattern, must_follow = "", False
    for part, is_needed in zip(reversed(parts), reversed(needed), strict=True):
        must_follow = must_follow or is_needed
        pattern = f"{mark}{_optional(part, is_needed=is_needed)}{pattern}"
        if not must_follow:
            pattern = f"(?:{pattern})?"
    return pattern


def _optional(part: str, *, is_needed: bool) -> str:
    return part if is_needed or not part else f"(?:{part})?"


def _form(before: ElementUse | None) -> tuple[str, ...]:
    """Return the date forms the element before allows, where it names forms."""
    return before.codes if before is not None else ()


def _element(
    element: Element,
    row: ElementUse | None,
    delimiters: Delimiters,
    forms: tuple[str, ...],
    mark: str,
) -> str:
    """Return the pattern of one value; empty where the guide does not use the element."""
    if row is None:
        return ""
    if element.components:
        one = _composite(element, row, delimiters)
    else:
        one = simple(element, row.codes, delimiters, forms, mark)
    again = delimiters.repetition
    if element.repeat == 1 or not again:
        return one
    return f"{one}(?:{re.escape(again)}{one}){{0,{element.repeat - 1}}}"


def _composite(element: Element, row: ElementUse, delimiters: Delimiters) -> str:
    mark = re.escape(delimiters.component)
    rows = {one.position: one for one in row.components}
    last = max(rows)
    parts = [
        _element(
            element.components[at - 1], rows.get(at), delimiters, _form(rows.get(at - 1)), mark
        )
        for at in range(1, last + 1)
    ]
    needed = [at in rows and rows[at].usage == REQUIRED for at in range(1, last + 1)]
    first = _optional(parts[0], is_needed=needed[0])
    return f"{first}{_chain(parts[1:], needed[1:], mark)}(?<!{mark})"


def simple(
    element: Element,
    codes: tuple[str, ...],
    delimiters: Delimiters,
    forms: tuple[str, ...] = (),
    mark: str = "",
) -> str:
    """Return the pattern of a simple value by its type, lengths and codes.

    The form of a PERIOD is what stands between the two marks before it.
    """
    if codes:
        return f"(?:{'|'.join(map(re.escape, codes))})"
    lengths = f"{{{element.minimum},{element.maximum}}}"
    if element.kind == "PERIOD" and forms:
        known = (form for form in forms if form in FORMS)
        linked = "|".join(f"(?<={mark}{form}{mark}){FORMS[form]}" for form in known)
        return f"(?:{linked})"
    by_kind = {
        "N": rf"-?\d{lengths}",
        "R": rf"(?=-?(?:\.?\d){lengths}(?![\d.]))-?(?:\d+(?:\.\d+)?|\.\d+)",
        "DT": DATE,
        "TM": TIME,
        "B": r"[\s\S]+",
    }
    return by_kind.get(element.kind) or f"[{characters(delimiters)}]{lengths}"


@lru_cache(maxsize=64)
def characters(delimiters: Delimiters) -> str:
    """Return the character class of data: printable ASCII without the delimiters, as ranges."""
    marks = sorted({ord(one) for one in delimiters.marks if " " <= one <= "~"})
    edges = zip([31, *marks], [*marks, 127], strict=True)
    spans = ((before + 1, after - 1) for before, after in edges)
    return "".join(_span(first, last) for first, last in spans if first <= last)


def _span(first: int, last: int) -> str:
    return f"{re.escape(chr(first))}-{re.escape(chr(last))}"
