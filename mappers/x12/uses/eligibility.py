"""Who is asked for eligibility and who asks: what the guides 270 and 271 share of it."""

from collections.abc import Sequence

from mappers.x12.grammar import ElementUse, Loop, SegmentUse, can, may, must, need, needed_loop
from mappers.x12.uses.party import CITY

SOURCE_KINDS = ("24", "46", "FI", "NI", "PI", "XV", "XX")
RECEIVER_KINDS = ("24", "34", "FI", "PI", "PP", "SV", "XV", "XX")
RECEIVER_IDS = "0B|1C|1D|1J|4A|CT|EL|EO|HPI|JD|N5|N7|Q4|SY|TJ"
ROLES = "AD|AT|BI|CO|CV|H|HH|LA|OT|P1|P2|PC|PE|R|RF|SB|SK|SU"


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


def described_reference(codes: str, name: str, repeat: int = 9) -> SegmentUse:
    """Return a reference that may bear a name of a plan or group."""
    return can("REF", name, need(1, *codes.split("|")), need(2), may(3), repeat=repeat)


def address(name: str) -> tuple[SegmentUse, SegmentUse]:
    """Return a situational address; a city may name a region of the military."""
    return (
        can("N3", f"{name}'s street", need(1), may(2)),
        can("N4", f"{name}'s city", *CITY[:4], may(5, "RJ"), may(6), CITY[4]),
    )
