"""The vocabulary of maps that go both ways: a Segment of Fields, each read and written by one row.

A Field pairs an X12 element with the FHIR path that means the same, seen from the subject of the
segment (a resource or a part of one), and names the transformation between them.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mappers.fhir_x12.problem import Problem
from mappers.path import JsonObject
from mappers.x12.lexer import Segment as Read
from mappers.x12.tree import Seg


@dataclass(frozen=True, slots=True)
class Field:
    """One element (`NM103`, `CLM05-1`) and where its value stands in the subject.

    Writing takes the first of `paths` that gives a value, else the `default`; reading puts the
    value at the first path. `required`: without a value the segment is a problem.
    """

    place: str
    paths: tuple[str, ...]
    form: str = "token"
    default: str = ""
    required: bool = False
    note: str = ""


@dataclass(frozen=True, slots=True)
class Fixed:
    """An element that tells what the segment is: one of `codes`; the first is written.

    With `beside` it is written only beside a value at that place.
    """

    place: str
    codes: tuple[str, ...]
    beside: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of the ways to say a value: the qualifier, where the value stands, the transformation."""

    qualifier: str
    path: str
    form: str = "token"


@dataclass(frozen=True, slots=True)
class Either:
    """Two elements: a qualifier (`NM108`) and the value it tells the kind of (`NM109`).

    The first choice that has a value is written; reading goes by the qualifier.
    """

    kind: str
    place: str
    choices: tuple[Choice, ...]
    required: bool = False
    note: str = ""


Row = Field | Fixed | Either


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment of a loop.

    It is written when one of its fields has a value, or always when it is `needed`. `each` is a
    list in the subject: one segment an item, which is then the subject of the fields. `of` limits
    it to subjects of one kind: `person` or `organization`.
    """

    id: str
    rows: tuple[Row, ...]
    needed: bool = False
    each: str = ""
    of: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Pair:
    """A segment whose values are not one to one with FHIR elements: two functions, in words.

    `write` returns the segments of a subject; `read` takes one segment into the subject and
    returns the places it could not take, or None where the segment is not its own.
    """

    id: str
    means: str
    write: Callable[[JsonObject, "Notes"], list[Seg]]
    read: Callable[[Read, JsonObject], Sequence[str] | None]
    note: str = ""


@dataclass(frozen=True, slots=True)
class LoopMap:
    """The segments of one loop. `subject` is the path by which messages name the subject."""

    id: str
    subject: str
    segments: tuple[Segment | Pair, ...]
    note: str = ""


@dataclass(slots=True)
class Notes:
    """What goes wrong while a loop is written: which loop, what its subject is called, problems."""

    loop: str
    subject: str
    problems: list[Problem]


def at(place: str, *paths: str, form: str = "token", note: str = "") -> Field:
    """Return a situational field."""
    return Field(place, paths, form, note=note)


def must(place: str, *paths: str, form: str = "token", note: str = "") -> Field:
    """Return a required field."""
    return Field(place, paths, form, required=True, note=note)


def defaulted(default: str, place: str, *paths: str, form: str = "token", note: str = "") -> Field:
    """Return a field that is written even where FHIR says nothing."""
    return Field(place, paths, form, default, note=note)


def fixed(place: str, *codes: str, beside: str = "") -> Fixed:
    """Return an element that tells what the segment is."""
    return Fixed(place, codes, beside)


def either(kind: str, place: str, *choices: tuple[str, ...], required: bool = False) -> Either:
    """Return a qualifier and its value; a choice is qualifier, path and transformation."""
    return Either(kind, place, tuple(Choice(*one) for one in choices), required)


def segment(id: str, *rows: Row, each: str = "", of: str = "", note: str = "") -> Segment:
    """Return a situational segment."""
    return Segment(id, rows, each=each, of=of, note=note)


def needed(id: str, *rows: Row, of: str = "", note: str = "") -> Segment:
    """Return a segment the loop cannot be without."""
    return Segment(id, rows, needed=True, of=of, note=note)
