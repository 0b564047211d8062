"""Situations of a remittance (SNIP 4): status and amounts, how it was paid, what matches."""

from collections.abc import Iterator

from mappers.x12.rules.amount import number
from mappers.x12.rules.rule import Hit, Rule
from mappers.x12.rules.sums import summed
from mappers.x12.rules.view import View

_REMITTANCE = ("835",)
_MOST_CLAIMS = 10_000
_FORWARDED = frozenset({"19", "20", "21", "23"})


def _reversal(claim: View) -> Iterator[Hit]:
    charge = number(claim.opening.element(3))
    if claim.opening.element(2) == "22" and charge is not None and charge > 0:
        yield Hit(claim.opening, 3)


def _negative(claim: View) -> Iterator[Hit]:
    paid = number(claim.opening.element(4))
    if claim.opening.element(2) != "22" and paid is not None and paid < 0:
        yield Hit(claim.opening, 4)


def _forwarded(claim: View) -> Iterator[Hit]:
    if claim.opening.element(2) in _FORWARDED and claim.first("NM1", "TT") is None:
        yield Hit(claim.opening, 2, missing="NM1")


def _denied_paid(claim: View) -> Iterator[Hit]:
    paid = number(claim.opening.element(4))
    if claim.opening.element(2) == "4" and paid:
        yield Hit(claim.opening, 4)


def _zero(view: View) -> Iterator[Hit]:
    for segment in view.every("CAS"):
        for at in range(3, len(segment.elements), 3):
            if segment.elements[at] and number(segment.elements[at]) == 0:
                yield Hit(segment, at)


def _line_number_length(line: View) -> Iterator[Hit]:
    reference = line.first("REF", "6R")
    if reference is not None and len(reference.element(2)) > 30:
        yield Hit(reference, 2)


def _no_service_date(claim: View) -> Iterator[Hit]:
    if claim.first("DTM", "232") is not None:
        return
    lines = claim.each("2110")
    for line in lines:
        if not line.every("DTM"):
            yield Hit(line.opening, missing="DTM")
    if not lines:
        yield Hit(claim.opening, missing="DTM")


def _negative_payment(root: View) -> Iterator[Hit]:
    payment = root.first("BPR")
    if payment is not None and payment.element(2).startswith("-"):
        yield Hit(payment, 2)


def _no_method(root: View) -> Iterator[Hit]:
    payment = root.first("BPR")
    amount = number(payment.element(2)) if payment is not None else None
    if payment is not None and payment.element(4) == "NON" and amount:
        yield Hit(payment, 4)


def _notice(root: View) -> Iterator[Hit]:
    payment = root.first("BPR")
    amount = number(payment.element(2)) if payment is not None else None
    if payment is not None and payment.element(1) == "H" and amount:
        yield Hit(payment, 1)


def _bank(root: View) -> Iterator[Hit]:
    payment = root.first("BPR")
    if payment is None or payment.element(4) != "ACH":
        return
    for at in (5, 10):
        if not payment.element(at):
            yield Hit(payment, at)


def _trace(root: View) -> Iterator[Hit]:
    trace = root.first("TRN")
    payer = trace.element(3) if trace is not None else ""
    if trace is not None and not (len(payer) == 10 and payer.isdigit() and payer[0] in "139"):
        yield Hit(trace, 3)


def _count(root: View) -> Iterator[Hit]:
    claims = summed(root, "claims")
    if claims is not None and claims > _MOST_CLAIMS:
        yield Hit(root.opening, None, None, f"{claims} claims")


RULES: tuple[Rule, ...] = (
    Rule(
        "reversal-sign",
        _REMITTANCE,
        "2100",
        4,
        "warning",
        "a reversal repeats the claim with opposite signs, the charge is not negative",
        "net it against the claim it reverses by hand",
        _reversal,
    ),
    Rule(
        "payment-sign",
        _REMITTANCE,
        "2100",
        4,
        "warning",
        "the payment of the claim is negative, but the claim is no reversal",
        "ask the payer; a takeback is a reversal or a PLB",
        _negative,
    ),
    Rule(
        "crossover-carrier",
        _REMITTANCE,
        "2100",
        4,
        "warning",
        "the claim was forwarded, the payer it went to is not named",
        "ask the payer before the next one is billed",
        _forwarded,
    ),
    Rule(
        "denied-paid",
        _REMITTANCE,
        "2100",
        4,
        "warning",
        "the claim is denied and yet paid",
        "post by the amounts, and ask the payer",
        _denied_paid,
    ),
    Rule(
        "adjustment-zero",
        _REMITTANCE,
        "",
        4,
        "warning",
        "an adjustment of zero says nothing",
        "read its reason as a remark",
        _zero,
        segment="CAS",
        alone=("CAS",),
    ),
    Rule(
        "paid-line-number-length",
        _REMITTANCE,
        "2110",
        4,
        "warning",
        "the line control number is longer than the 30 characters a claim may send",
        "match the line by its code, date and charge",
        _line_number_length,
        segment="REF",
        alone=("REF",),
    ),
    Rule(
        "paid-service-date",
        _REMITTANCE,
        "2100",
        4,
        "warning",
        "neither the claim nor the line tells the date of service",
        "match by claim number and line number",
        _no_service_date,
    ),
    Rule(
        "payment-negative",
        _REMITTANCE,
        "835",
        4,
        "error",
        "a payment is not below zero: what is owed is carried forward in PLB",
        "set the remittance aside and ask the payer",
        _negative_payment,
        report="IK4",
        code="I12",
    ),
    Rule(
        "payment-method",
        _REMITTANCE,
        "835",
        4,
        "warning",
        "an amount is paid by no means (BPR04 NON)",
        "look for the deposit before posting",
        _no_method,
    ),
    Rule(
        "payment-notice",
        _REMITTANCE,
        "835",
        4,
        "warning",
        "the remittance is a notice only (BPR01 H) and yet pays an amount",
        "look for the deposit before posting",
        _notice,
    ),
    Rule(
        "payment-bank",
        _REMITTANCE,
        "835",
        4,
        "warning",
        "an electronic payment does not tell its format or its originator",
        "match the deposit by TRN02 and amount",
        _bank,
    ),
    Rule(
        "payment-trace",
        _REMITTANCE,
        "835",
        4,
        "warning",
        "TRN03 is not 1 and the payer's tax id",
        "match the deposit by TRN02 alone",
        _trace,
    ),
    Rule(
        "payments-per-set",
        _REMITTANCE,
        "835",
        4,
        "warning",
        "receivers need to take only 10,000 claims in one remittance",
        "ask the payer for smaller files",
        _count,
    ),
)
