"""The levels of an 837 batch: submitter, receiver, billing provider, subscriber, patient."""

from collections.abc import Sequence

from mappers.x12.grammar import (
    UNBOUNDED,
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
from mappers.x12.uses.fact import END, batch, begin, reference
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
RELATIONS = ("01", "19", "20", "21", "39", "40", "53", "G8")
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
