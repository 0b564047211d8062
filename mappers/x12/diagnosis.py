"""Why a segment does not match its use: element by element, with IK4 codes."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from mappers.x12.dictionary import DEFINITIONS, Note
from mappers.x12.findings import Finding, Severity, mask
from mappers.x12.grammar import REQUIRED, Element, ElementUse, SegmentUse
from mappers.x12.lexer import Segment
from mappers.x12.pattern import DATE, TIME, breaks
from mappers.x12.twin import twin

_NUMBER = re.compile(r"-?\d+")
_DECIMAL = re.compile(r"-?(?:\d+(?:\.\d+)?|\.\d+)")
_TIME = re.compile(TIME)
_DATE = re.compile(DATE, re.ASCII)
_PRINTABLE = re.compile(r"[ -~]*")


@dataclass(frozen=True, slots=True)
class Defect:
    """A kind of element defect: finding id, IK403 code, severity, words, remedy."""

    id: str
    code: str
    severity: Severity
    message: str
    remedy: str


MISSING = Defect("element-missing", "1", "error", "is missing", "send the element")
CONDITIONAL = Defect(
    "element-condition", "2", "error", "do not go together", "send them together as the pair asks"
)
EXCLUSIVE = Defect("element-exclusion", "10", "error", "exclude each other", "send only one")
TOO_MANY = Defect(
    "element-too-many", "3", "error", "exceeds the elements of the segment", "leave it out"
)
TOO_SHORT = Defect("element-too-short", "4", "error", "is too short", "send the full value")
TOO_LONG = Defect("element-too-long", "5", "error", "is too long", "shorten the value")
BAD_CHARACTER = Defect(
    "element-character", "6", "error", "holds a character X12 does not allow", "use plain letters"
)
BAD_CODE = Defect("element-code", "7", "error", "is not a code of the guide", "use a listed code")
BAD_DATE = Defect("element-date", "8", "error", "is not a date", "send a real date as CCYYMMDD")
BAD_TIME = Defect("element-time", "9", "error", "is not a time", "send HHMM or HHMMSS")
REPEATED = Defect("element-repeats", "12", "error", "repeats too often", "send it once")
COMPONENTS = Defect(
    "element-components", "13", "error", "has too many components", "leave them out"
)
NOT_USED = Defect(
    "element-not-used", "I10", "warning", "is not used by the guide here", "leave it out"
)
MISCOUNTED = Defect(
    "element-binary-length",
    "5",
    "error",
    "do not agree: the length is not that of the bytes",
    "count the bytes between the last separator and the terminator",
)
TRAILING = Defect(
    "element-trailing", "3", "warning", "ends with empty separators", "cut trailing separators"
)


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the segment a value stands."""

    element: int
    component: int | None = None
    repeat: int | None = None


def diagnose(
    use: SegmentUse, segment: Segment, loop: str, kind: str = "", unit: str = ""
) -> Iterator[Finding]:
    """Yield what is wrong with the elements of one segment; nothing if all is right.

    `kind` is the kind of the set, which tells the FHIR element; `unit` the claim it belongs to.
    """
    for found in _diagnose(use, segment, loop):
        path = twin(kind, loop, segment, found.element, found.component)
        yield replace(found, path=path, unit=unit)


def _diagnose(use: SegmentUse, segment: Segment, loop: str) -> Iterator[Finding]:
    definition = DEFINITIONS[use.id]
    rows = {row.position: row for row in use.elements}
    count = len(segment.elements) - 1
    for position in range(1, max(count, *rows) + 1):
        if position > len(definition.elements):
            if any(segment.elements[position:]):
                yield _finding(TOO_MANY, segment, loop, _Place(position))
            break
        element, row = definition.elements[position - 1], rows.get(position)
        form = segment.element(position - 1) if element.kind == "PERIOD" else ""
        for defect, place in _element(element, row, segment, position, form):
            yield _finding(defect, segment, loop, place)
    if count and not segment.elements[-1]:
        yield _finding(TRAILING, segment, loop, _Place(count))
    for note in definition.notes:
        if breaks(note, segment):
            yield _note_finding(note, segment, loop)


def generic_use(id: str) -> SegmentUse | None:
    """Return a use that allows whatever the dictionary allows; None for unknown segments."""
    definition = DEFINITIONS.get(id)
    if definition is None:
        return None
    rows = tuple(
        _generic_row(position, element) for position, element in enumerate(definition.elements, 1)
    )
    return SegmentUse(id, definition.name, "situational", rows)


def _generic_row(position: int, element: Element) -> ElementUse:
    components = tuple(_generic_row(at, one) for at, one in enumerate(element.components, 1))
    return ElementUse(position, "situational", (), components)


def _element(
    element: Element, row: ElementUse | None, segment: Segment, position: int, form: str
) -> Iterator[tuple[Defect, _Place]]:
    values = segment.repetitions(position) if element.kind != "B" else segment.elements[position:]
    here = _Place(position)
    if not values:
        if row is not None and row.usage == REQUIRED:
            yield MISSING, here
        return
    if row is None:
        yield NOT_USED, here
        return
    if len(values) > element.repeat:
        yield REPEATED, here
    for number, value in enumerate(values[: element.repeat], 1):
        repeat = number if len(values) > 1 else None
        place = _Place(position, None, repeat)
        if element.components:
            yield from _composite(element, row, value.split(segment.delimiters.component), place)
        else:
            yield from ((defect, place) for defect in _value(element, row, value, form))


def _composite(
    element: Element, row: ElementUse, parts: Sequence[str], at: _Place
) -> Iterator[tuple[Defect, _Place]]:
    rows = {one.position: one for one in row.components}
    for number in range(1, max(len(parts), *rows) + 1):
        place = _Place(at.element, number, at.repeat)
        part = parts[number - 1] if number <= len(parts) else ""
        one = rows.get(number)
        if number > len(element.components):
            yield COMPONENTS, place
            return
        if not part:
            if one is not None and one.usage == REQUIRED:
                yield MISSING, place
        elif one is None:
            yield NOT_USED, place
        else:
            form = parts[number - 2] if number > 1 else ""
            defects = _value(element.components[number - 1], one, part, form)
            yield from ((defect, place) for defect in defects)
    if len(parts) > 1 and not parts[-1]:
        yield TRAILING, _Place(at.element, len(parts), at.repeat)


def _value(element: Element, row: ElementUse, value: str, form: str) -> Iterator[Defect]:
    """Yield the defects of one simple value."""
    if element.kind == "B":
        return
    if not _PRINTABLE.fullmatch(value):
        yield BAD_CHARACTER
    if row.codes:
        if value not in row.codes:
            yield BAD_CODE
        return
    length = len(value.lstrip("-").replace(".", "")) if element.kind in {"N", "R"} else len(value)
    if length < element.minimum:
        yield TOO_SHORT
    if length > element.maximum:
        yield TOO_LONG
    yield from _typed(element, value, form)


def _typed(element: Element, value: str, form: str) -> Iterator[Defect]:
    match element.kind:
        case "N":
            if not _NUMBER.fullmatch(value):
                yield BAD_CHARACTER
        case "R":
            if not _DECIMAL.fullmatch(value):
                yield BAD_CHARACTER
        case "DT":
            if not is_date(value):
                yield BAD_DATE
        case "TM":
            if not _TIME.fullmatch(value):
                yield BAD_TIME
        case "PERIOD":
            if not is_period(value, form):
                yield BAD_TIME if form == "TM" else BAD_DATE
        case _:
            return


def is_date(value: str) -> bool:
    """Tell whether a text is a day of the calendar written CCYYMMDD."""
    return _DATE.fullmatch(value) is not None


def is_period(value: str, form: str) -> bool:
    """Tell whether a text has the form its qualifier names; unknown forms are not judged."""
    match form:
        case "D8":
            return is_date(value)
        case "RD8":
            return len(value) == 17 and value[8] == "-" and all(map(is_date, value.split("-")))
        case "DT":
            return is_date(value[:8]) and _TIME.fullmatch(value[8:]) is not None
        case "TM":
            return _TIME.fullmatch(value) is not None
        case _:
            return True


def _finding(defect: Defect, segment: Segment, loop: str, place: _Place) -> Finding:
    part = f"-{place.component}" if place.component else ""
    name = f"{segment.id}{place.element:02d}{part}"
    return Finding(
        id=defect.id,
        level=1 if defect.code in {"3", "6"} else 2,
        severity=defect.severity,
        message=f"{name} {defect.message}",
        remedy=defect.remedy,
        report="IK4",
        code=defect.code,
        loop=loop,
        segment=segment.id,
        ordinal=segment.ordinal,
        element=place.element,
        component=place.component,
        repeat=place.repeat,
        offset=offset_of(segment, place.element, place.component),
        value=mask(_text(segment, place)),
    )


def _note_finding(note: Note, segment: Segment, loop: str) -> Finding:
    defect = {"E": EXCLUSIVE, "B": MISCOUNTED}.get(note.kind, CONDITIONAL)
    names = ", ".join(f"{segment.id}{position:02d}" for position in note.positions)
    found = _finding(defect, segment, loop, _Place(note.positions[0]))
    return replace(found, message=f"{names} {defect.message}")


def _text(segment: Segment, place: _Place) -> str:
    if place.component:
        return segment.component(place.element, place.component)
    return segment.element(place.element)


def offset_of(segment: Segment, element: int, component: int | None = None) -> int:
    """Return the byte of the file where an element (or component) begins or would begin."""
    if element >= len(segment.elements):
        return segment.offset + len(segment.body)
    start = segment.offset + sum(map(len, segment.elements[:element])) + element
    if component is None:
        return start
    parts = segment.components(element)
    if component > len(parts):
        return start + len(segment.elements[element])
    return start + sum(len(part) + 1 for part in parts[: component - 1])
