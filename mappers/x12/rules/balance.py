"""Balances (SNIP 3): what must add up, to the cent."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from mappers.x12.rules.rule import Hit, Rule, adjustment_texts, number, total
from mappers.x12.tree import LoopNode

_SINCE = date(2000, 1, 1)
_PATIENT_TRIPLETS = range(3, 20, 3)
_CHARGES = {"SV1": 2, "SV2": 3, "SV3": 2}  # where a line tells its charge: 837P, 837I, 837D


def _claim_charge(claim: LoopNode) -> Iterator[Hit]:
    opening = claim.opening
    charges = total(charge for line in claim.each("2400") for charge, _ in _line_charge(line))
    stated = number(opening.element(2)) if opening else None
    if opening and charges is not None and stated is not None and charges != stated:
        yield Hit(opening, 2, None, f"CLM02 is {stated}, the lines sum to {charges}")


def _line_charge(line: LoopNode) -> Iterator[tuple[str, str]]:
    """Yield the charge of a line and the place that tells it."""
    for segment in line.segments:
        if segment.id in _CHARGES:
            position = _CHARGES[segment.id]
            yield segment.element(position), f"{segment.id}{position:02d}"


def _other_payer_line(line: LoopNode) -> Iterator[Hit]:
    stated, place = next(_line_charge(line), ("", ""))
    charge = number(stated)
    for adjudication in line.each("2430"):
        opening = adjudication.opening
        if opening is None or charge is None:
            continue
        explained = total((opening.element(2), *adjustment_texts(adjudication)))
        if explained is not None and explained != charge:
            yield Hit(opening, 2, None, f"{place} is {charge}, paid and adjusted {explained}")


def _service_payment(line: LoopNode) -> Iterator[Hit]:
    opening = line.opening
    if opening is None:
        return
    charge, paid = number(opening.element(2)), number(opening.element(3))
    adjusted = total(adjustment_texts(line))
    if charge is None or paid is None or adjusted is None:
        return
    if paid != charge - adjusted:
        yield Hit(opening, 3, None, f"SVC03 is {paid}, {charge} less {adjusted} was due")


def _claim_payment(claim: LoopNode) -> Iterator[Hit]:
    opening = claim.opening
    if opening is None:
        return
    charge, paid = number(opening.element(3)), number(opening.element(4))
    adjusted = total(text for node in claim.walk() for text in adjustment_texts(node))
    if charge is None or paid is None or adjusted is None:
        return
    if paid != charge - adjusted:
        yield Hit(opening, 4, None, f"CLP04 is {paid}, {charge} less {adjusted} was due")


def _patient_share(claim: LoopNode) -> Iterator[Hit]:
    opening = claim.opening
    stated = number(opening.element(5)) if opening else None
    if opening is None or stated is None:
        return
    shares = (
        segment.element(position)
        for node in claim.walk()
        for segment in node.every("CAS", "PR")
        for position in _PATIENT_TRIPLETS
    )
    share = total(shares)
    if share is not None and share != stated:
        yield Hit(opening, 5, None, f"CLP05 is {stated}, group PR sums to {share}")


def _payment(root: LoopNode) -> Iterator[Hit]:
    payment = root.first("BPR")
    claims = (node.opening for node in root.walk() if node.id == "2100")
    paid = total(opening.element(4) for opening in claims if opening)
    provider = total(
        segment.element(position) for segment in root.every("PLB") for position in range(4, 15, 2)
    )
    stated = number(payment.element(2)) if payment else None
    if payment is None or stated is None or paid is None or provider is None:
        return
    due: Decimal = paid - provider
    if stated != due:
        yield Hit(payment, 2, None, f"BPR02 is {stated}, claims {paid} less PLB {provider}")


RULES: tuple[Rule, ...] = (
    Rule(
        "claim-charge-balance",
        ("837",),
        "2300",
        3,
        "error",
        _SINCE,
        "the claim's charge is not the sum of its lines",
        "make CLM02 the sum of SV102",
        _claim_charge,
    ),
    Rule(
        "other-payer-line-balance",
        ("837",),
        "2400",
        3,
        "warning",
        _SINCE,
        "the other payer's payment and adjustments do not explain the line's charge",
        "make SVD02 plus the amounts of CAS equal SV102",
        _other_payer_line,
    ),
    Rule(
        "line-payment-balance",
        ("835",),
        "2110",
        3,
        "error",
        _SINCE,
        "the line's payment is not its charge less its adjustments",
        "set the payment aside and ask the payer",
        _service_payment,
    ),
    Rule(
        "claim-payment-balance",
        ("835",),
        "2100",
        3,
        "error",
        _SINCE,
        "the claim's payment is not its charge less all adjustments",
        "set the payment aside and ask the payer",
        _claim_payment,
    ),
    Rule(
        "patient-share-balance",
        ("835",),
        "2100",
        3,
        "warning",
        _SINCE,
        "the patient's share is not the sum of group PR",
        "bill the patient by the adjustments, not by CLP05",
        _patient_share,
    ),
    Rule(
        "payment-balance",
        ("835",),
        "835",
        3,
        "error",
        _SINCE,
        "the payment is not the claims' payments less provider adjustments",
        "set the remittance aside and ask the payer",
        _payment,
    ),
)
