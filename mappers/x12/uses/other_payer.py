"""Another payer of an 837 claim: its coverage, what it paid and took off, whom it knows."""

from collections.abc import Sequence

from mappers.x12.grammar import (
    ElementUse,
    Loop,
    SegmentUse,
    can,
    loop,
    may,
    must,
    need,
    needed_loop,
)
from mappers.x12.uses.batch_837 import RELATIONS, coverage
from mappers.x12.uses.fact import amount, date, reference, some
from mappers.x12.uses.party import maybe_street, party, person

OUTPATIENT = can("MOA", "outpatient adjudication", *some(1, 9))


def other_cover(*more: ElementUse) -> SegmentUse:
    """Return the SBR of another payer, in which the patient's relation is required."""
    return coverage("other coverage", need(2, "18", *RELATIONS), *more)


def other_coverage(
    cover: SegmentUse,
    adjudication: Sequence[SegmentUse],
    providers: Sequence[Loop],
    *numbers: SegmentUse,
) -> Loop:
    """Return another payer of the claim: what it covers, what it paid, whom it knows."""
    return loop(
        "2320",
        "other coverage",
        cover,
        adjustments("other payer's adjustments of the claim"),
        amount("D", "other payer paid"),
        amount("A8", "not covered"),
        amount("EAF", "left for the patient"),
        must(
            "OI",
            "other coverage's consents",
            need(3, "N", "W", "Y"),
            may(4, "P"),
            need(6, "I", "Y"),
        ),
        *adjudication,
        needed_loop(
            "2330A",
            "other subscriber's name",
            person("IL", "other subscriber", need(8, "II", "MI"), need(9)),
            *maybe_street("other subscriber"),
            reference("SY", "other subscriber's second id", 2),
        ),
        needed_loop(
            "2330B",
            "other payer's name",
            party("PR", "other payer", ("PI", "XV")),
            *maybe_street("other payer"),
            date("573", "other payer's date of payment"),
            reference("2U|EI|FY|NF", "other payer's second id", 2),
            reference("G1", "other payer's prior authorization"),
            reference("9F", "other payer's referral"),
            reference("T4", "other payer's claim is adjusted"),
            reference("F8", "other payer's claim number"),
            *numbers,
        ),
        *providers,
        repeat=10,
    )


def known_provider(
    id: str, code: str, name: str, ids: str, repeat: int, occurrences: int = 1
) -> Loop:
    """Return a provider as another payer knows it: no name, only references."""
    return loop(
        id,
        name,
        must("NM1", name, need(1, *code.split("|")), need(2, "1", "2"), may(3)),
        must("REF", f"{name}'s id", need(1, *ids.split("|")), need(2), repeat=repeat),
        repeat=occurrences,
    )


def line_adjudication(*payment: ElementUse) -> Loop:
    """Return what another payer did with a line; `payment` are SVD03 to SVD06."""
    return loop(
        "2430",
        "other payer's line adjudication",
        must("SVD", "other payer's line payment", need(1), need(2), *payment),
        adjustments("other payer's adjustments of the line"),
        must("DTP", "line's date of payment", need(1, "573"), need(2, "D8"), need(3)),
        amount("EAF", "line's amount left for the patient"),
        repeat=15,
    )


def adjustments(name: str) -> SegmentUse:
    """Return what an earlier payer took off: up to six triplets in each CAS."""
    group = need(1, "CO", "CR", "OA", "PI", "PR")
    return can("CAS", name, group, need(2), need(3), *some(4, 19), repeat=5)
