"""Balances of claims (SNIP 3): lines to claim, and another payer's payment to the charge.

What another payer decided must explain the charge, of each line it took as billed and of the
claim it decided whole. Of lines that it split or bundled, and of claims of which it tells some
lines only, the parts may lie elsewhere: there a gap is a warning.
"""

from collections.abc import Iterator, Sequence

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


def _line_as_billed(adjudication: View) -> Iterator[Hit]:
    """Compare the charge of a line with what one payer paid and adjusted of it."""
    if not _is_regrouped(adjudication):
        yield from _line_gap(adjudication, (adjudication,))


def _line_regrouped(adjudication: View) -> Iterator[Hit]:
    """Compare a line that the payer split or bundled with all it told of the line."""
    same = _of_payer(adjudication)
    if _is_regrouped(adjudication) and same[0].opening is adjudication.opening:
        yield from _line_gap(adjudication, same)


def _of_payer(adjudication: View) -> tuple[View, ...]:
    """Return what the payer of an adjudication tells of the same line."""
    line, payer = adjudication.up("2400"), adjudication.opening.element(1)
    every = line.each("2430") if line is not None else ()
    return tuple(one for one in every if one.opening.element(1) == payer) or (adjudication,)


def _is_regrouped(adjudication: View) -> bool:
    """Tell whether the payer split a line into several, or bundled it into another (SVD06)."""
    same = _of_payer(adjudication)
    return len(same) > 1 or any(one.opening.element(6) for one in same)


def _line_gap(adjudication: View, told: Sequence[View]) -> Iterator[Hit]:
    line = adjudication.up("2400")
    segment = service(line) if line is not None else None
    if line is None or segment is None:
        return
    charge = number(segment.element(charge_at(line.scene.kind)))
    texts = [each for one in told for each in (one.opening.element(2), *adjustment_texts(one))]
    explained = total(texts)
    if charge is not None and explained is not None and explained != charge:
        hit = f"charge {charge}, paid and adjusted {explained}"
        yield Hit(adjudication.opening, 2, None, hit)


def _claim_as_decided(other: View) -> Iterator[Hit]:
    """Compare CLM02 with what one payer paid and adjusted, of the claim and of its lines."""
    if not _is_in_part(other):
        yield from _claim_gap(other)


def _claim_in_part(other: View) -> Iterator[Hit]:
    """Compare the charge where the payer tells some of the lines only."""
    if _is_in_part(other):
        yield from _claim_gap(other)


def _is_in_part(other: View) -> bool:
    """Tell whether a payer tells some lines of a claim and others not."""
    claim, payer = other.up("2300"), _payer(other)
    lines = list(claim.each("2400")) if claim is not None else []
    told = [any(one.opening.element(1) == payer for one in each.each("2430")) for each in lines]
    return any(told) and not all(told)


def _payer(other: View) -> str:
    payer = other.child("2330B")
    name = payer.first("NM1") if payer is not None else None
    return name.element(9) if name is not None else ""


def _claim_gap(other: View) -> Iterator[Hit]:
    paid, claim, payer = other.first("AMT", "D"), other.up("2300"), _payer(other)
    if paid is None or claim is None:
        return
    texts = [paid.element(2), *adjustment_texts(other)]
    for line in claim.each("2400"):
        for one in line.each("2430"):
            if payer and one.opening.element(1) == payer:
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
        "error",
        "the other payer's payment and adjustments do not explain the line's charge",
        "make SVD02 plus the amounts of CAS equal the line's charge",
        _line_as_billed,
        segment="SVD",
        status="A8:693",
    ),
    Rule(
        "other-payer-line-regrouped",
        CLAIMS,
        "2430",
        3,
        "warning",
        "what the other payer paid and adjusted of a split or bundled line is not its charge",
        "tell each part with its SVD02 and CAS, so that they sum to the line's charge",
        _line_regrouped,
        segment="SVD",
        status="A8:693",
    ),
    Rule(
        "other-payer-claim-balance",
        CLAIMS,
        "2320",
        3,
        "error",
        "the other payer's payment and adjustments do not explain the claim's charge",
        "make AMT*D plus the amounts of CAS, of the claim and of its lines, equal CLM02",
        _claim_as_decided,
        segment="AMT",
        status="A8:693",
    ),
    Rule(
        "other-payer-claim-part",
        CLAIMS,
        "2320",
        3,
        "warning",
        "the other payer's payment and adjustments, told of some lines, do not explain the charge",
        "tell what the other payer decided of the remaining lines (2430)",
        _claim_in_part,
        segment="AMT",
        status="A8:693",
    ),
)
