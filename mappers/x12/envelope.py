"""Envelopes: interchange (ISA-IEA), functional group (GS-GE), transaction set (ST-SE)."""

from collections.abc import Sequence
from dataclasses import dataclass

from mappers.x12.findings import Finding
from mappers.x12.lexer import Delimiters, Segment
from mappers.x12.tree import LoopNode

AROUND_SETS = frozenset({"ISA", "IEA", "TA1", "GS", "GE", "ST", "SE", ""})
"""The segments that never stand inside a set; the empty one is padding."""


@dataclass(frozen=True, slots=True)
class InterchangeHeader:
    """The sixteen elements of ISA, blanks at the end taken off."""

    authorization_qualifier: str
    authorization: str
    security_qualifier: str
    security: str
    sender_qualifier: str
    sender: str
    receiver_qualifier: str
    receiver: str
    date: str
    time: str
    repetition: str
    version: str
    control: str
    acknowledgment_requested: str
    usage: str
    component: str


@dataclass(frozen=True, slots=True)
class GroupHeader:
    """The eight elements of GS."""

    functional_id: str
    sender: str
    receiver: str
    date: str
    time: str
    control: str
    agency: str
    version: str


@dataclass(frozen=True, slots=True)
class SetHeader:
    """The three elements of ST; the version is empty where ST03 is not sent."""

    id: str
    control: str
    version: str


@dataclass(frozen=True, slots=True)
class TransactionSet:
    """One ST-SE: its loops as far as a guide places them, and what is wrong with it.

    `guide` is the version of the guide that judged it (`005010X222A1`) and `kind` the word it is
    known by (`837P`), both empty where none is loaded; then the root holds all segments.
    """

    header: SetHeader
    segments: Sequence[Segment]
    root: LoopNode
    guide: str
    kind: str
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class Group:
    """One GS-GE. The header is empty of values where GS is missing."""

    header: GroupHeader
    opening: Segment | None
    sets: Sequence[TransactionSet]
    trailer: Segment | None
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class Interchange:
    """One ISA-IEA. The header is empty of values where ISA is missing (a fragment)."""

    header: InterchangeHeader
    delimiters: Delimiters
    opening: Segment | None
    acknowledgments: Sequence[Segment]
    groups: Sequence[Group]
    trailer: Segment | None
    findings: Sequence[Finding]


def interchange_header(segment: Segment | None) -> InterchangeHeader:
    """Name the elements of ISA."""
    return InterchangeHeader(*_values(segment, 16))


def group_header(segment: Segment | None) -> GroupHeader:
    """Name the elements of GS."""
    return GroupHeader(*_values(segment, 8))


def set_header(segment: Segment | None) -> SetHeader:
    """Name the elements of ST."""
    return SetHeader(*_values(segment, 3))


def _values(segment: Segment | None, count: int) -> list[str]:
    if segment is None:
        return [""] * count
    return [segment.element(position).strip() for position in range(1, count + 1)]
