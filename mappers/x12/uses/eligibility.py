"""What the eligibility guides 270 and 271 share: who is asked, who asks, whose benefits."""

from collections.abc import Sequence

from mappers.x12.grammar import (
    ElementUse,
    Loop,
    SegmentUse,
    can,
    may,
    must,
    need,
    needed_loop,
)
from mappers.x12.uses.claim import health_elements
from mappers.x12.uses.party import CITY, GENDER

SOURCE_KINDS = ("24", "46", "FI", "NI", "PI", "XV", "XX")
RECEIVER_KINDS = ("24", "34", "FI", "PI", "PP", "SV", "XV", "XX")
RECEIVER_IDS = "0B|1C|1D|1J|4A|CT|EL|EO|HPI|JD|N5|N7|Q4|SY|TJ"
ROLES = "AD|AT|BI|CO|CV|H|HH|LA|OT|P1|P2|PC|PE|R|RF|SB|SK|SU"
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


def level(code: str, name: str, children: Sequence[str], *parent: ElementUse) -> SegmentUse:
    """Return the HL of a level; only the first has no parent."""
    return must("HL", name, need(1), *parent, need(3, code), need(4, *children))


def source(*more: SegmentUse) -> Loop:
    """Return the loop of the payer or other source of information that is asked."""
    return needed_loop(
        "2100A",
        "information source",
        must(
            "NM1",
            "information source",
            need(1, "2B", "36", "GP", "P5", "PR"),
            need(2, "1", "2"),
            need(3),
            may(4),
            may(5),
            may(7),
            need(8, *SOURCE_KINDS),
            need(9),
        ),
        *more,
    )


def receiver(*validation: SegmentUse) -> Loop:
    """Return the loop of the provider who asks."""
    return needed_loop(
        "2100B",
        "information receiver",
        must(
            "NM1",
            "information receiver",
            need(1, "1P", "2B", "36", "80", "FA", "GP", "P5", "PR"),
            need(2, "1", "2"),
            may(3),
            may(4),
            may(5),
            may(7),
            need(8, *RECEIVER_KINDS),
            need(9),
        ),
        described_reference(RECEIVER_IDS, "receiver's further id"),
        *address("receiver"),
        *validation,
        can("PRV", "receiver's specialty", need(1, *ROLES.split("|")), may(2, "PXC"), may(3)),
    )


def trace(name: str, codes: Sequence[str], repeat: int) -> SegmentUse:
    """Return the trace numbers by which question and answer find each other."""
    return can("TRN", name, need(1, *codes), need(2), need(3), may(4), repeat=repeat)


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


def described_reference(codes: str, name: str, repeat: int = 9) -> SegmentUse:
    """Return a reference that may bear a name of a plan or group."""
    return can("REF", name, need(1, *codes.split("|")), need(2), may(3), repeat=repeat)


def address(name: str) -> tuple[SegmentUse, SegmentUse]:
    """Return a situational address; a city may name a region of the military."""
    return (
        can("N3", f"{name}'s street", need(1), may(2)),
        can("N4", f"{name}'s city", *CITY[:4], may(5, "RJ"), may(6), CITY[4]),
    )


def periods(codes: str, name: str, repeat: int) -> SegmentUse:
    """Return dates or periods of one of several kinds."""
    return can(
        "DTP", name, need(1, *codes.split("|")), need(2, "D8", "RD8"), need(3), repeat=repeat
    )
