"""What the three 837 guides share: batch, billing, subscriber, patient, payers, adjudication."""

from collections.abc import Sequence

from mappers.x12.grammar import (
    UNBOUNDED,
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
    needed_loop,
)
from mappers.x12.uses.fact import END, amount, batch, begin, date, reference, some
from mappers.x12.uses.party import (
    BIRTH,
    MEMBER_ID,
    birth,
    contact_elements,
    entity,
    maybe_street,
    party,
    person,
    specialty,
    street,
)

PAYER_ORDER = need(1, *"PSTABCDEFGHU")
MSP = may(5, "12", "13", "14", "15", "16", "41", "42", "43", "47")
MODIFIERS = (may(3), may(4), may(5), may(6))
PROCEDURE_KIND = need(1, "HC", "ER", "IV", "WK")
RELATIONS = ("01", "19", "20", "21", "39", "40", "53", "G8")
OWN_IDS = "0B|1G|G2|LU"
DELAYS = ("1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "15")
_DRUG_UNIT = need(1, "F2", "GR", "ME", "ML", "UN")
_DELIVERY = ("AA", "BM", "EL", "EM", "FT", "FX")

PAY_TO = loop("2010AB", "pay-to address", entity("87", "pay-to address"), *street("pay-to address"))
PAY_TO_PLAN = loop(
    "2010AC",
    "pay-to plan",
    party("PE", "pay-to plan", ("PI", "XV")),
    *street("pay-to plan"),
    reference("2U|FY|NF", "pay-to plan's second id"),
    must("REF", "pay-to plan's tax id", need(1, "EI"), need(2)),
)
PAYER = needed_loop(
    "2010BB",
    "payer's name",
    party("PR", "payer", ("PI", "XV")),
    *maybe_street("payer"),
    reference("2U|EI|FY|NF", "payer's second id", 3),
    reference("G2|LU", "billing provider's id at the payer", 2),
)


def billing(types: tuple[str, ...], tax_ids: tuple[str, ...], *more: SegmentUse) -> Loop:
    """Return the loop of the billing provider: who may bill, by which tax ids, and the rest."""
    return needed_loop(
        "2010AA",
        "billing provider",
        entity("85", "billing provider", types),
        *street("billing provider"),
        must("REF", "billing provider's tax id", need(1, *tax_ids), need(2)),
        *more,
    )


def subscriber(*more: SegmentUse) -> Loop:
    """Return the loop of the subscriber's name."""
    return needed_loop(
        "2010BA",
        "subscriber's name",
        person("IL", "subscriber", *MEMBER_ID),
        *maybe_street("subscriber"),
        birth("subscriber's birth and gender"),
        reference("SY", "subscriber's social security number"),
        reference("Y4", "subscriber's casualty claim number"),
        *more,
    )


def patient(*more: SegmentUse) -> Loop:
    """Return the loop of the name of a patient who is not the subscriber."""
    return needed_loop(
        "2010CA",
        "patient's name",
        person("QC", "patient"),
        *street("patient"),
        must("DMG", "patient's birth and gender", *BIRTH),
        reference("Y4", "patient's casualty claim number"),
        reference("1W|SY", "patient's second id"),
        *more,
    )


def coverage(name: str, relation: ElementUse, *more: ElementUse) -> SegmentUse:
    """Return a coverage: order of the payer, relation of the patient, group, plan."""
    return must("SBR", name, PAYER_ORDER, relation, may(3), may(4), *more, may(9))


def claims(
    name: str,
    payee: Loop,
    level: Sequence[SegmentUse | Loop],
    relation: Sequence[ElementUse],
    dependent: Loop,
    claim: Loop,
) -> Loop:
    """Return the root of an 837: submitter, receiver, billing, subscriber and patient levels.

    `level` is what stands at the subscriber level before the payer, `relation` what PAT adds.
    """
    return needed_loop(
        "837",
        name,
        begin("837"),
        batch("claims batch", "0019", "00|18", "31|CH|RP"),
        needed_loop(
            "1000A",
            "submitter",
            must(
                "NM1",
                "submitter",
                need(1, "41"),
                need(2, "1", "2"),
                need(3),
                may(4),
                may(5),
                need(8, "46"),
                need(9),
            ),
            must("PER", "submitter's contact", *contact_elements(), repeat=2),
        ),
        needed_loop("1000B", "receiver", party("40", "receiver", ("46",))),
        needed_loop(
            "2000A",
            "billing provider level",
            must("HL", "billing provider level", need(1), need(3, "20"), need(4, "1")),
            specialty("BI", "billing provider's specialty"),
            can("CUR", "currency", need(1, "85"), need(2)),
            payee,
            PAY_TO,
            PAY_TO_PLAN,
            needed_loop(
                "2000B",
                "subscriber level",
                must("HL", "subscriber level", need(1), need(2), need(3, "22"), need(4, "0", "1")),
                *level,
                PAYER,
                claim,
                _patient_level(relation, dependent, claim),
                repeat=UNBOUNDED,
            ),
            repeat=UNBOUNDED,
        ),
        END,
    )


def _patient_level(relation: Sequence[ElementUse], dependent: Loop, claim: Loop) -> Loop:
    return loop(
        "2000C",
        "patient level",
        must("HL", "patient level", need(1), need(2), need(3, "23"), need(4, "0")),
        must("PAT", "patient's relation to the subscriber", need(1, *RELATIONS), *relation),
        dependent,
        needed_loop(claim.id, claim.name, *claim.items, repeat=claim.repeat),
        repeat=UNBOUNDED,
    )


def adjustments(name: str) -> SegmentUse:
    """Return what an earlier payer took off: up to six triplets in each CAS."""
    group = need(1, "CO", "CR", "OA", "PI", "PR")
    return can("CAS", name, group, need(2), need(3), *some(4, 19), repeat=5)


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


def other_coverage(
    cover: SegmentUse, adjudication: Sequence[SegmentUse], providers: Sequence[Loop]
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
        ),
        *providers,
        repeat=10,
    )


def other_cover(*more: ElementUse) -> SegmentUse:
    """Return the SBR of another payer, in which the patient's relation is required."""
    return coverage("other coverage", need(2, "18", *RELATIONS), *more)


OUTPATIENT = can("MOA", "outpatient adjudication", *some(1, 9))


def drug(*codes: str) -> Loop:
    """Return the drug of a line, by NDC or what else a guide allows."""
    return loop(
        "2410",
        "drug",
        must("LIN", "drug", need(2, *codes), need(3)),
        must("CTP", "drug quantity", need(4), need_parts(5, _DRUG_UNIT)),
        reference("VY|XZ", "prescription number"),
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
