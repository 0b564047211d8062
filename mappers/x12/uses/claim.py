"""What claims and lines of the three 837 guides share: codes, papers, prices, drugs."""

from mappers.x12.grammar import (
    ElementUse,
    Loop,
    SegmentUse,
    can,
    loop,
    may,
    may_parts,
    must,
    need,
    need_parts,
)
from mappers.x12.uses.fact import reference, some

MODIFIERS = (may(3), may(4), may(5), may(6))
PROCEDURE_KIND = need(1, "HC", "ER", "IV", "WK")
OWN_IDS = "0B|1G|G2|LU"
DELAYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "15")
_DRUG_UNIT = need(1, "F2", "GR", "ME", "ML", "UN")
_DELIVERY = ("AA", "BM", "EL", "EM", "FT", "FX")


def pricing(name: str) -> SegmentUse:
    """Return what a repricer decided."""
    return can("HCP", name, need(1), need(2), *some(3, 15))


def conditions(name: str, *codes: str, repeat: int) -> SegmentUse:
    """Return a certified condition."""
    return can("CRC", name, need(1, *codes), need(2, "N", "Y"), need(3), *some(4, 7), repeat=repeat)


def health_codes(
    name: str, codes: str, *parts: ElementUse, most: int = 12, repeat: int = 1
) -> SegmentUse:
    """Return codes of one kind: the first required, `most` in all, each with the further parts."""
    return can("HI", name, *health_elements(codes, codes, *parts, most=most), repeat=repeat)


def health_elements(
    first: str, rest: str, *parts: ElementUse, most: int = 12
) -> tuple[ElementUse, ...]:
    """Return the elements of HI where the first code is of another kind than the rest."""
    opening = need_parts(1, need(1, *first.split("|")), need(2), *parts)
    further = (need(1, *rest.split("|")), need(2), *parts)
    return (opening, *(may_parts(at, *further) for at in range(2, most + 1)))


def paperwork(name: str) -> SegmentUse:
    """Return what is sent beside the claim, and its control number (PWK06)."""
    return can("PWK", name, need(1), need(2, *_DELIVERY), may(5, "AC"), may(6), repeat=10)


def contract(name: str) -> SegmentUse:
    """Return the contract a claim or line is billed under."""
    return can("CN1", name, need(1), *some(2, 6))


def line_reference(codes: str, name: str, repeat: int) -> SegmentUse:
    """Return a reference that may name the payer it belongs to."""
    payer = may_parts(4, need(1, "2U"), need(2))
    return can("REF", name, need(1, *codes.split("|")), need(2), payer, repeat=repeat)


def drug(*codes: str) -> Loop:
    """Return the drug of a line, by NDC or what else a guide allows."""
    return loop(
        "2410",
        "drug",
        must("LIN", "drug", need(2, *codes), need(3)),
        must("CTP", "drug quantity", need(4), need_parts(5, _DRUG_UNIT)),
        reference("VY|XZ", "prescription number"),
    )
