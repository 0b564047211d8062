"""Balances of claims (SNIP 3): lines to claim, and another payer's payment to the charge."""

from collections.abc import Iterator

from mappers.x12.kind import CLAIMS
from mappers.x12.rules.amount import adjustment_texts, number, total
from mappers.x12.rules.claim import charge_at, service
from mappers.x12.rules.rule import Hit, Rule
from mappers.x12.rules.view import View


def _claim_charge(claim: View) -> Iterator[Hit]:
    at = charge_at(claim.scene.kind)
    services = [service(line) for line in claim.each("2400")]
    charges = total(one.element(at) for one in services if one is not None)
    stated = number(claim.opening.element(2))
    if charges is not None and stated is not None and charges != stated and services:
        yield Hit(claim.opening, 2, None, f"CLM02 is {stated}, the lines sum to {charges}")


def _other_payer_line(adjudication: View) -> Iterator[Hit]:
    line = adjudication.up("2400")
    segment = service(line) if line is not None else None
    if line is None or segment is None:
        return
    charge = number(segment.element(charge_at(line.scene.kind)))
    opening = adjudication.opening
    explained = total((opening.element(2), *adjustment_texts(adjudication)))
    if charge is not None and explained is not None and explained != charge:
        yield Hit(opening, 2, None, f"charge {charge}, paid and adjusted {explained}")


def _other_payer_claim(other: View) -> Iterator[Hit]:
    """Compare CLM02 with what one payer paid and adjusted, of the claim and of its lines."""
    paid, claim = other.first("AMT", "D"), other.up("2300")
    if paid is None or claim is None:
        return
    payer = other.child("2330B")
    name = payer.first("NM1") if payer is not None else None
    texts = [paid.element(2), *adjustment_texts(other)]
    for line in claim.each("2400"):
        for one in line.each("2430"):
            if name is not None and one.opening.element(1) == name.element(9):
                texts.extend(adjustment_texts(one))
    charge, explained = number(claim.opening.element(2)), total(texts)
    if charge is not None and explained is not None and charge != explained:
        yield Hit(paid, 2, None, f"CLM02 is {charge}, paid and adjusted {explained}")


RULES: tuple[Rule, ...] = (
    Rule(
        "claim-charge-balance",
        CLAIMS,
        "2300",
        3,
        "error",
        "the claim's charge is not the sum of its lines",
        "make CLM02 the sum of the lines' charges",
        _claim_charge,
        status="A8:178",
    ),
    Rule(
        "other-payer-line-balance",
        CLAIMS,
        "2430",
        3,
        "warning",
        "the other payer's payment and adjustments do not explain the line's charge",
        "make SVD02 plus the amounts of CAS equal the line's charge",
        _other_payer_line,
        segment="SVD",
        status="A8:693",
    ),
    Rule(
        "other-payer-claim-balance",
        CLAIMS,
        "2320",
        3,
        "warning",
        "the other payer's payment and adjustments do not explain the claim's charge",
        "make AMT*D plus the amounts of CAS, of the claim and of its lines, equal CLM02",
        _other_payer_claim,
        segment="AMT",
        status="A8:693",
    ),
)
