"""Acknowledgments: TA1 and 999 built from findings, and read into small facts.

An acknowledgment is never acknowledged.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mappers.x12.envelope import Interchange, TransactionSet
from mappers.x12.findings import Finding
from mappers.x12.lexer import Segment

SetVerdict = Literal["A", "E", "R", "M", "W", "X"]
GroupVerdict = Literal["A", "E", "P", "R", "M", "W", "X"]


@dataclass(frozen=True, slots=True)
class SegmentError:
    """One IK3 or IK4: where it is (IK302 counts from ST = 1) and which code says what."""

    segment: str
    position: int
    loop: str
    code: str
    element: int | None = None
    component: int | None = None
    element_code: str = ""


@dataclass(frozen=True, slots=True)
class SetResponse:
    """What a 999 says of one transaction set (AK2 to IK5)."""

    set_id: str
    control: str
    verdict: SetVerdict
    codes: tuple[str, ...]
    errors: tuple[SegmentError, ...]


@dataclass(frozen=True, slots=True)
class GroupResponse:
    """What a 999 says of one functional group (AK1, AK9); `control` is the GS06 we sent."""

    functional_id: str
    control: str
    version: str
    verdict: GroupVerdict
    codes: tuple[str, ...]
    sets: tuple[SetResponse, ...]


@dataclass(frozen=True, slots=True)
class InterchangeResponse:
    """What a TA1 says of one interchange; `control` is the ISA13 we sent."""

    control: str
    date: str
    time: str
    verdict: Literal["A", "E", "R"]
    note: str


def interchange_response(segment: Segment) -> InterchangeResponse:
    """Read a TA1 segment."""
    raise NotImplementedError


def group_response(read: TransactionSet) -> GroupResponse:
    """Read a 999 transaction set."""
    raise NotImplementedError


def acknowledge(
    received: Interchange,
    findings: Sequence[Finding],
    *,
    interchange_control: int,
    group_control: int,
    written: datetime,
) -> bytes | None:
    """Return our answer to one interchange: TA1 where asked or due, a 999 set per group.

    `findings` are those of the whole file, of every level. None if there is nothing to answer.
    """
    raise NotImplementedError
