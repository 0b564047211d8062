"""The vocabulary of an implementation guide: loops, segment uses, element uses.

A guide is a tree of rows. An element that a use does not list is not used there. What an element
is (type, lengths, components) stands once, in `dictionary`.
"""

from dataclasses import dataclass
from typing import Literal

from mappers.x12.findings import Severity

Usage = Literal["required", "situational"]
Kind = Literal["AN", "ID", "N", "R", "DT", "TM", "PERIOD", "B"]
REQUIRED: Usage = "required"
SITUATIONAL: Usage = "situational"
UNBOUNDED = 0


@dataclass(frozen=True, slots=True)
class Element:
    """A row of the data element dictionary: number, type, lengths, components of a composite.

    A `PERIOD` is an AN whose form (D8, RD8, TM...) the element before it names; a `B` is bytes, of
    any number, delimiters among them.
    """

    number: int
    kind: Kind
    minimum: int
    maximum: int
    components: tuple["Element", ...] = ()
    repeat: int = 1


@dataclass(frozen=True, slots=True)
class ElementUse:
    """One element (or component) as a guide uses it; no codes means any value of its type."""

    position: int
    usage: Usage
    codes: tuple[str, ...] = ()
    components: tuple["ElementUse", ...] = ()


@dataclass(frozen=True, slots=True)
class SegmentUse:
    """One segment at its place in a loop. `severity` grades its absence where it is required."""

    id: str
    name: str
    usage: Usage
    elements: tuple[ElementUse, ...]
    repeat: int = 1
    severity: Severity = "error"


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop: its first item opens it; the items stand in guide order."""

    id: str
    name: str
    usage: Usage
    items: tuple["SegmentUse | Loop", ...]
    repeat: int = 1


@dataclass(frozen=True, slots=True, eq=False)
class Guide:
    """An implementation guide. `versions[0]` is what we write; all are accepted on read.

    A guide equals only itself: to compare or hash its whole table would cost each set that is read.

    `kind` is the word it is known by (`837P`, `278-request`): several guides may share a version.
    `unit` names the loops that stand for one piece of business (a claim, a payment). A guide is not
    certain where public sources leave its structure open: what breaks it is told as a warning when
    read, and still refused when written.
    """

    kind: str

    versions: tuple[str, ...]
    set_id: str
    functional_id: str
    name: str
    root: Loop
    unit: str
    names_version: bool = True  # ST03 repeats the version; the 835 leaves it out
    is_certain: bool = True

    @property
    def version(self) -> str:
        """The version written."""
        return self.versions[0]


def need(position: int, *codes: str) -> ElementUse:
    """Return a required element, with its codes where the guide limits them."""
    return ElementUse(position, REQUIRED, codes)


def may(position: int, *codes: str) -> ElementUse:
    """Return a situational element, with its codes where the guide limits them."""
    return ElementUse(position, SITUATIONAL, codes)


def need_parts(position: int, *components: ElementUse) -> ElementUse:
    """Return a required composite element."""
    return ElementUse(position, REQUIRED, (), components)


def may_parts(position: int, *components: ElementUse) -> ElementUse:
    """Return a situational composite element."""
    return ElementUse(position, SITUATIONAL, (), components)


def must(id: str, name: str, *elements: ElementUse, repeat: int = 1) -> SegmentUse:
    """Return a required segment."""
    return SegmentUse(id, name, REQUIRED, elements, repeat)


def can(id: str, name: str, *elements: ElementUse, repeat: int = 1) -> SegmentUse:
    """Return a situational segment."""
    return SegmentUse(id, name, SITUATIONAL, elements, repeat)


def wanted(id: str, name: str, *elements: ElementUse, repeat: int = 1) -> SegmentUse:
    """Return a required segment whose absence is only a warning: senders often leave it out."""
    return SegmentUse(id, name, REQUIRED, elements, repeat, "warning")


def needed_loop(id: str, name: str, *items: SegmentUse | Loop, repeat: int = 1) -> Loop:
    """Return a required loop."""
    return Loop(id, name, REQUIRED, items, repeat)


def loop(id: str, name: str, *items: SegmentUse | Loop, repeat: int = 1) -> Loop:
    """Return a situational loop."""
    return Loop(id, name, SITUATIONAL, items, repeat)
