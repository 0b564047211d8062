"""Balances of money that was paid (SNIP 3): line, claim and payment of an 835, to the cent."""

from collections.abc import Iterator
from decimal import Decimal

from mappers.x12.rules.amount import adjustment_texts, number, total
from mappers.x12.rules.rule import Hit, Rule
from mappers.x12.rules.sums import Sum, summed
from mappers.x12.rules.view import View

_REMITTANCE = ("835",)
_PREMIUM = ("820",)
_ASK = "set the payment aside and ask the payer"


def _service_payment(line: View) -> Iterator[Hit]:
    opening = line.opening
    charge, paid = number(opening.element(2)), number(opening.element(3))
    adjusted = total(adjustment_texts(line))
    if charge is None or paid is None or adjusted is None:
        return
    if paid != charge - adjusted:
        yield Hit(opening, 3, None, f"SVC03 is {paid}, {charge} less {adjusted} was due")


def _all_adjustments(claim: View) -> Iterator[str]:
    yield from adjustment_texts(claim)
    for line in claim.each("2110"):
        yield from adjustment_texts(line)


def _claim_payment(claim: View) -> Iterator[Hit]:
    opening = claim.opening
    charge, paid = number(opening.element(3)), number(opening.element(4))
    adjusted = total(_all_adjustments(claim))
    if charge is None or paid is None or adjusted is None:
        return
    if paid != charge - adjusted:
        yield Hit(opening, 4, None, f"CLP04 is {paid}, {charge} less {adjusted} was due")


def _patient_share(claim: View) -> Iterator[Hit]:
    stated = number(claim.opening.element(5))
    if stated is None:
        return
    views = (claim, *claim.each("2110"))
    shares = (
        text
        for view in views
        for segment in view.every("CAS")
        if segment.element(1) == "PR"
        for text in segment.elements[3:20:3]
    )
    share = total(shares)
    if share is not None and share != stated:
        yield Hit(claim.opening, 5, None, f"CLP05 is {stated}, group PR sums to {share}")


def _lines_of_claim(claim: View) -> Iterator[Hit]:
    lines = claim.each("2110")
    stated = number(claim.opening.element(3))
    charges = total(line.opening.element(2) for line in lines)
    if lines and stated is not None and charges is not None and stated != charges:
        yield Hit(claim.opening, 3, None, f"CLP03 is {stated}, the lines sum to {charges}")


def _adjusted_twice(claim: View) -> Iterator[Hit]:
    """Find what is adjusted at the claim and again, alike, at a line (X12 RFI 358)."""
    own = {one.elements[1:4]: one for one in claim.every("CAS")}
    if not own:
        return
    for line in claim.each("2110"):
        for segment in line.every("CAS"):
            if segment.elements[1:4] in own:
                yield Hit(own[segment.elements[1:4]], 2)


def _payment(root: View) -> Iterator[Hit]:
    payment = root.first("BPR")
    paid = summed(root, "paid")
    provider = total(text for segment in root.every("PLB") for text in segment.elements[4:15:2])
    stated = number(payment.element(2)) if payment else None
    if payment is None or stated is None or paid is None or provider is None:
        return
    due: Decimal = paid - provider
    if stated != due:
        yield Hit(payment, 2, None, f"BPR02 is {stated}, claims {paid} less PLB {provider}")


def _premium(root: View) -> Iterator[Hit]:
    payment = root.first("BPR")
    stated = number(payment.element(2)) if payment else None
    paid, adjusted = summed(root, "premiums"), summed(root, "premium-adjustments")
    if payment is None or stated is None or paid is None or adjusted is None:
        return
    if stated != paid + adjusted:
        yield Hit(payment, 2, None, f"BPR02 is {stated}, remitted {paid} and adjusted {adjusted}")


def _remitted(detail: View) -> Decimal | None:
    return total(one.element(4) for one in detail.every("RMR"))


def _adjusted(loop: View) -> Decimal | None:
    return total(one.element(1) for one in loop.every("ADX"))


def _claim_paid(claim: View) -> Decimal | None:
    return number(claim.opening.element(4) or "0")


def _one(_: View) -> Decimal:
    return Decimal(1)


SUMS: tuple[Sum, ...] = (
    Sum("paid", _REMITTANCE, "2100", _claim_paid),
    Sum("claims", _REMITTANCE, "2100", _one),
    *(Sum("premiums", _PREMIUM, loop, _remitted) for loop in ("2300A", "2300B")),
    *(Sum("premium-adjustments", _PREMIUM, loop, _adjusted) for loop in ("2200A", "2200B")),
)
RULES: tuple[Rule, ...] = (
    Rule(
        "line-payment-balance",
        _REMITTANCE,
        "2110",
        3,
        "error",
        "the line's payment is not its charge less its adjustments",
        _ASK,
        _service_payment,
    ),
    Rule(
        "claim-payment-balance",
        _REMITTANCE,
        "2100",
        3,
        "error",
        "the claim's payment is not its charge less all adjustments",
        _ASK,
        _claim_payment,
    ),
    Rule(
        "patient-share-balance",
        _REMITTANCE,
        "2100",
        3,
        "warning",
        "the patient's share is not the sum of group PR",
        "bill the patient by the adjustments, not by CLP05",
        _patient_share,
    ),
    Rule(
        "payment-charge-balance",
        _REMITTANCE,
        "2100",
        3,
        "warning",
        "the claim's charge is not the sum of its lines",
        "post by the lines and ask the payer for those that lack",
        _lines_of_claim,
    ),
    Rule(
        "adjustment-twice",
        _REMITTANCE,
        "2100",
        3,
        "warning",
        "the same adjustment stands at the claim and at a line",
        "post it once; an adjustment belongs to one of the two",
        _adjusted_twice,
        segment="CAS",
    ),
    Rule(
        "payment-balance",
        _REMITTANCE,
        "835",
        3,
        "error",
        "the payment is not the claims' payments less provider adjustments",
        "set the remittance aside and ask the payer",
        _payment,
    ),
    Rule(
        "premium-balance",
        _PREMIUM,
        "820",
        3,
        "warning",
        "the payment is not the premiums remitted and their adjustments",
        "set the payment aside and ask who paid",
        _premium,
    ),
)
