"""Which of the four 278 guides (X217, X215) it is, and how they name a party."""

from collections.abc import Sequence
from dataclasses import dataclass

from mappers.x12.grammar import (
    ElementUse,
    SegmentUse,
    can,
    may,
    must,
    need,
)
from mappers.x12.uses.party import CITY

NUMBERS = ("EM", "FX", "TE", "UR")
PROVIDER_IDS = "0B|1G|1J|EI|N5|N7|SY|ZH"
ORGANIZATION_KINDS = ("24", "34", "46", "PI", "XV", "XX")
PROVIDER_KINDS = ("24", "34", "46", "XX")
VALIDATION = can(
    "AAA", "why the request is not answered", need(1, "N", "Y"), may(3), may(4), repeat=9
)


@dataclass(frozen=True, slots=True)
class Review:
    """One of the four guides: its name and BHT, and whether it answers or inquires.

    An inquiry may name the decision and the validity by which the review is to be found.
    """

    name: str
    batch: SegmentUse
    is_answer: bool = False
    is_inquiry: bool = False

    @property
    def validation(self) -> tuple[SegmentUse, ...]:
        """The reasons an answer may give at each level."""
        return (VALIDATION,) if self.is_answer else ()


def named(code: str, name: str, types: Sequence[str], ids: Sequence[ElementUse]) -> SegmentUse:
    """Return a name of a person or an organization with all its parts."""
    parts = (may(3), may(4), may(5), may(6), may(7))
    return must("NM1", name, need(1, *code.split("|")), need(2, *types), *parts, *ids)


def place(name: str) -> tuple[SegmentUse, SegmentUse]:
    """Return a situational address."""
    return can("N3", f"{name}'s street", need(1), may(2)), can("N4", f"{name}'s city", *CITY)


def contact(name: str) -> SegmentUse:
    """Return a situational contact."""
    further = (*NUMBERS, "EX")
    return can(
        "PER",
        name,
        need(1, "IC"),
        may(2),
        may(3, *NUMBERS),
        may(4),
        may(5, *further),
        may(6),
        may(7, *further),
        may(8),
    )


def references(codes: str, name: str, repeat: int) -> SegmentUse:
    """Return further ids; a license may name its state."""
    return can("REF", name, need(1, *codes.split("|")), need(2), may(3), repeat=repeat)
