"""The rows of a segment made into functions: one element, or a qualifier and its value."""

import re
from collections.abc import Collection, Iterator
from typing import Literal, Protocol

from mappers.fhir_x12.fill import put
from mappers.fhir_x12.form import FORMS, Form
from mappers.fhir_x12.locate import getter
from mappers.fhir_x12.problem import Problem
from mappers.fhir_x12.segment import Either, Field, Notes, Segment
from mappers.path import JsonObject, element
from mappers.x12.lexer import Segment as ReadSegment
from mappers.x12.tree import Value

LONGEST = {  # longest text of a name, address line and note; 60 for any other
    "NM104": 35,
    "NM105": 25,
    "NM107": 10,
    "N301": 55,
    "N302": 55,
    "N401": 30,
    "NTE02": 80,
    "K301": 80,
    "SV101-7": 80,
    "SV202-7": 80,
    "SV301-7": 80,
    "CR109": 80,
    "CR110": 80,
    "CR210": 80,
    "CR211": 80,
}
PREPARED = {
    "Coverage.subscriber.memberId": "Coverage.subscriberId",
    "Claim.place": "Claim.item.locationCodeableConcept.coding.code",
}
"""Elements made ready for their rows, and where they come from, for messages."""
_CHOSEN = re.compile(r"\[\w+=.*|\{.*")
_PICK = re.compile(r"\[[^\]]*\]")

Place = tuple[int, int]
"""The number of an element and of its component; 0: the whole."""
Lack = Literal["missing", "untranslated", "both"]
Parts = dict[int, dict[int, str]]
Outcome = tuple[Lack | None, bool]
"""What is lacking, and whether there was a value."""
TOLD: Outcome = (None, True)
NOTHING: Outcome = (None, False)


def plain_path(path: str) -> str:
    """Return a path as a message shows it: element names alone, up to the element chosen."""
    return _PICK.sub("", _CHOSEN.sub("", path))


class ElementRun(Protocol):
    """A row of a segment, both ways."""

    paths: tuple[str, ...]
    is_idle: bool
    """Whether nothing is to be done where the subject has no value."""

    @property
    def places(self) -> tuple[str, ...]:
        """The elements it writes."""

    def write(self, subject: JsonObject, values: list[Value], parts: Parts) -> Outcome:
        """Write what the subject has; return what is lacking and whether a value was there."""

    def read(self, read: ReadSegment, target: JsonObject) -> Collection[Place]:
        """Put the value into the target; return the elements that found their place."""

    def tell(self, notes: Notes, lack: Lack) -> None:
        """Note what is lacking."""


class FieldRun:
    """One element, its paths and its transformation at hand."""

    __slots__ = (
        "_default",
        "_field",
        "_form",
        "_gets",
        "_limit",
        "_part",
        "_write",
        "is_idle",
        "number",
        "paths",
    )

    def __init__(self, field: Field) -> None:
        self._field = field
        _, self.number, self._part = element(field.place)
        self._limit = LONGEST.get(field.place, 60)
        self._form: Form = FORMS[field.form]
        self._write = self._form.write
        self._gets = tuple(getter(path) for path in field.paths)
        self._default = field.default
        self.paths = field.paths
        self.is_idle = not (field.required or field.default)

    @property
    def places(self) -> tuple[str, ...]:
        """The element it writes."""
        return (self._field.place,)

    def write(self, subject: JsonObject, values: list[Value], parts: Parts) -> Outcome:
        """Write the value of the first path that has one, else the default."""
        is_lost = False
        for get in self._gets:
            found = get(subject)
            told = self._write(found, self._limit) if found is not None else None
            if told is None:
                is_lost = is_lost or found is not None
                continue
            if self._part:
                parts.setdefault(self.number, {})[self._part] = told
            else:
                values[self.number - 1] = told
            return TOLD
        if self._default:
            _set(values, parts, (self.number, self._part), self._default)
        elif self._field.required:
            return ("both" if is_lost and self._form.codes else "missing"), False
        return ("untranslated", False) if is_lost and self._form.codes else NOTHING

    def read(self, read: ReadSegment, target: JsonObject) -> Collection[Place]:
        """Put the value at the first path."""
        number, part = self.number, self._part
        told = read.component(number, part) if part else read.element(number)
        value = self._form.read(told) if told else None
        if value is None:
            return ()
        put(target, self._field.paths[0], value)
        return ((number, part),)

    def tell(self, notes: Notes, lack: Lack) -> None:
        """Note what is lacking."""
        codes, path = self._form.codes, plain_path(self._field.paths[0])
        name = codes.name if codes else ""
        _tell(notes, lack, f"{path}{self._form.leaf}", self._field.place, name)


class EitherRun:
    """A qualifier and its value."""

    __slots__ = ("_choices", "_kind", "_limit", "_place", "_spec", "is_idle", "paths")

    def __init__(self, spec: Either) -> None:
        self._spec = spec
        self._kind, self._place = element(spec.kind)[1:], element(spec.place)[1:]
        self._limit = LONGEST.get(spec.place, 60)
        self._choices = [
            (one.qualifier, getter(one.path), one.path, FORMS[one.form]) for one in spec.choices
        ]
        self.paths = tuple(one.path for one in spec.choices)
        self.is_idle = not spec.required

    @property
    def places(self) -> tuple[str, ...]:
        """The two elements it writes."""
        return self._spec.kind, self._spec.place

    def write(self, subject: JsonObject, values: list[Value], parts: Parts) -> Outcome:
        """Write the first choice that has a value."""
        for qualifier, get, _, form in self._choices:
            found = get(subject)
            told = form.write(found, self._limit) if found is not None else None
            if told is not None:
                _set(values, parts, self._kind, qualifier)
                _set(values, parts, self._place, told)
                return TOLD
        return ("missing", False) if self._spec.required else NOTHING

    def read(self, read: ReadSegment, target: JsonObject) -> Collection[Place]:
        """Put the value where its qualifier says."""
        kind, told = (
            read.component(number, part) if part else read.element(number)
            for number, part in (self._kind, self._place)
        )
        for qualifier, _, path, form in self._choices:
            value = form.read(told) if told and kind == qualifier else None
            if value is not None:
                put(target, path, value)
                return self._kind, self._place
        return ()

    def tell(self, notes: Notes, lack: Lack) -> None:
        """Note what is lacking."""
        _tell(notes, lack, plain_path(self._spec.choices[0].path), self._spec.place, "")


def _set(values: list[Value], parts: Parts, at: Place, told: str) -> None:
    number, part = at
    if part:
        parts.setdefault(number, {})[part] = told
    else:
        values[number - 1] = told


def _tell(notes: Notes, lack: Lack, path: str, place: str, codes: str) -> None:
    where, place = f"{notes.subject}.{path}", f"{notes.loop} {place}"
    where = PREPARED.get(where, where)
    if lack != "missing":
        message = f"the code has no translation in {codes}"
        notes.problems.append(Problem("untranslated", where, place, message))
    if lack != "untranslated":
        notes.problems.append(Problem("missing", where, place, "is missing"))


def element_runs(spec: Segment) -> tuple[ElementRun, ...]:
    """Return the rows of a segment that have a value, made ready."""
    made: list[ElementRun] = []
    for row in spec.rows:
        if isinstance(row, Field):
            made.append(FieldRun(row))
        elif isinstance(row, Either):
            made.append(EitherRun(row))
    return tuple(made)


def places(read: ReadSegment, composites: Collection[int]) -> Iterator[tuple[str, Place]]:
    """Yield every element, or component of these composites, of a segment that holds something."""
    for number, told in enumerate(read.elements[1:], 1):
        place = f"{read.id}{number:02d}"
        if told and number in composites:
            parts = enumerate(read.components(number), 1)
            yield from ((f"{place}-{part}", (number, part)) for part, inner in parts if inner)
        elif told:
            yield place, (number, 0)
