"""Whose benefits are meant: what the guides 270 and 271 share of subscriber and dependent."""

from collections.abc import Sequence

from mappers.x12.grammar import ElementUse, Loop, SegmentUse, can, may, must, need, needed_loop
from mappers.x12.uses.claim import health_elements
from mappers.x12.uses.eligibility import ROLES, address, described_reference
from mappers.x12.uses.party import GENDER

PROCEDURE_KIND = need(1, "AD", "CJ", "HC", "ID", "IV", "N4", "ZZ")
SUBSCRIBER = must(
    "NM1",
    "subscriber",
    need(1, "IL"),
    need(2, "1", "2"),
    may(3),
    may(4),
    may(5),
    may(7),
    may(8, "II", "MI"),
    may(9),
)
DEPENDENT = must("NM1", "dependent", need(1, "03"), need(2, "1"), may(3), may(4), may(5), may(7))


def member(
    id: str,
    name: str,
    person: SegmentUse,
    ids: str,
    relation: SegmentUse,
    *more: SegmentUse | Loop,
    validation: Sequence[SegmentUse] = (),
    provider_ids: Sequence[str] = ("PXC",),
) -> Loop:
    """Return the loop of the person whose benefits are meant."""
    return needed_loop(
        id,
        name,
        person,
        described_reference(ids, f"{name}'s further id"),
        *address(name),
        *validation,
        can("PRV", f"{name}'s provider", need(1, *ROLES.split("|")), may(2, *provider_ids), may(3)),
        can("DMG", f"{name}'s birth and gender", may(1, "D8"), may(2), may(3, *GENDER)),
        relation,
        can("HI", f"{name}'s diagnoses", *health_elements("ABK|BK", "ABF|BF", most=8)),
        *more,
    )


def relation(name: str, is_insured: str, codes: Sequence[str], *more: ElementUse) -> SegmentUse:
    """Return how a person belongs to the subscriber, and the order of multiple births."""
    return can("INS", name, need(1, is_insured), need(2, *codes), *more, may(17))


def periods(codes: str, name: str, repeat: int) -> SegmentUse:
    """Return dates or periods of one of several kinds."""
    return can(
        "DTP", name, need(1, *codes.split("|")), need(2, "D8", "RD8"), need(3), repeat=repeat
    )
