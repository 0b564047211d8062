"""The payer's 835, written from its decisions; reversals repeat a decision with opposite signs."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

from demo.payer.claim import SubmittedClaim, SubmittedLine
from demo.payer.policy import Decision, LineDecision
from mappers.x12.tree import Node, Seg, node, seg

REVERSAL = "22"


def reversed_decision(decision: Decision) -> Decision:
    """Return the reversal of a decision: everything with the opposite sign."""
    claim = decision.claim
    lines = tuple(_reversed_line(one) for one in decision.lines)
    negative = replace(claim, charge=-claim.charge, lines=tuple(one.line for one in lines))
    return Decision(negative, REVERSAL, lines)


def _reversed_line(decision: LineDecision) -> LineDecision:
    line = replace(decision.line, charge=-decision.line.charge, units=-decision.line.units)
    adjustments = tuple((group, code, -amount) for group, code, amount in decision.adjustments)
    return replace(decision, line=line, paid=-decision.paid, adjustments=adjustments)


def payer_number(claim: SubmittedClaim) -> str:
    """Return the payer's own number of a claim."""
    return f"{claim.payer.element(9)}-{claim.number}".replace(" ", "")


def patient_name(claim: SubmittedClaim) -> Seg:
    """Return the patient as the payer knows it."""
    names = [claim.patient.element(number) or None for number in (3, 4, 5)]
    return seg("NM1", "QC", "1", *names, None, None, "MI", claim.member)


def payment_tree(
    decisions: Sequence[Decision], trace: str, written: datetime, withheld: Decimal
) -> Node:
    """Return the 835: one payment for the decisions, balanced at line, claim and payment.

    What is `withheld` reduces it by PLB WO; what would make it negative is carried forward (FB).
    """
    first, day = decisions[0].claim, f"{written:%Y%m%d}"
    owed = sum((one.paid for one in decisions), Decimal()) - withheld
    paid = max(owed, Decimal())
    method = ("I", paid, "C", "CHK") if paid else ("H", Decimal(0), "C", "NON")
    payer = node("1000A", [
        seg("N1", "PR", first.payer.element(3)),
        seg("N3", "1 INSURANCE PLAZA"),
        seg("N4", "PORT ALDER", "WA", "983680001"),
        seg("PER", "BL", "CLAIMS DESK", "TE", "8005550100"),
    ])  # fmt: skip
    payee = node("1000B", [
        seg("N1", "PE", first.provider.element(3), "XX", first.provider.element(9))
    ])  # fmt: skip
    claims = node("2000", [seg("LX", 1)], [_claim_payment(one) for one in decisions])
    header = [
        seg("BPR", *method, *[None] * 11, day),
        seg("TRN", "1", trace, "1999999999"),
        seg("DTM", "405", day),
    ]
    provider, year = first.provider.element(9), f"{written:%Y}1231"
    number = payer_number(first)
    adjusted = [
        *([seg("PLB", provider, year, ("WO", number), withheld)] if withheld else []),
        *([seg("PLB", provider, year, ("FB", number), owed)] if owed < 0 else []),
    ]
    return node("835", [*header, *adjusted], [payer, payee, claims])


def _claim_payment(decision: Decision) -> Node:
    claim = decision.claim
    head = seg(
        "CLP",
        claim.number,
        decision.status,
        claim.charge,
        decision.paid,
        decision.share or None,
        claim.filing if claim.filing in {"12", "13", "HM", "MB", "MC"} else "12",
        payer_number(claim),
        claim.place,
        claim.frequency,
    )
    name = patient_name(claim)
    return node("2100", [head, name], [_service_payment(one) for one in decision.lines])


def _service_payment(decision: LineDecision) -> Node:
    line: SubmittedLine = decision.line
    adjustments = [
        seg("CAS", group, *(value for one, reason, amount in decision.adjustments if one == group
                            for value in (reason, amount, None)))
        for group in dict.fromkeys(group for group, _, _ in decision.adjustments)
    ]  # fmt: skip
    return node(
        "2110",
        [
            seg(
                "SVC",
                line.procedure or ("NU", line.revenue),
                line.charge,
                decision.paid,
                line.revenue if line.procedure else None,
                line.units,
            ),
            *([seg("DTM", "472", line.day)] if line.day else []),
            *adjustments,
            *([seg("REF", "6R", line.control)] if line.control else []),
            *([seg("AMT", "B6", decision.allowed)] if decision.allowed else []),
            *(seg("LQ", "HE", one) for one in decision.remarks),
        ],
    )
