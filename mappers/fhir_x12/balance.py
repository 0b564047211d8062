"""Does a remittance add up? Three equations, exact to the cent; AMT and QTY take no part.

Line: SVC03 = SVC02 - CAS of the line. Claim: CLP04 = CLP03 - CAS of the claim and its lines.
Payment: BPR02 = CLP04 of all claims - PLB. A line that names no procedure is garbled: only its CAS
counts, towards the claim.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from mappers.fhir_x12.remittance import Adjustment, ClaimPayment, Remittance

ZERO = Decimal()
Level = Literal["line", "claim", "payment"]


@dataclass(frozen=True, slots=True)
class Imbalance:
    """One equation that does not hold: what should be, and what is stated, in dollars.

    `claim` and `line` are the positions of CLP in the set and of SVC in the claim, 0 for none.
    """

    level: Level
    claim: int
    line: int
    expected: Decimal
    stated: Decimal

    def __str__(self) -> str:
        at = "".join(
            f" {name} {number}"
            for name, number in (("CLP", self.claim), ("SVC", self.line))
            if number
        )
        off = self.stated - self.expected
        return (
            f"{self.level}{at}: stated {self.stated:f}, adds up to {self.expected:f}, off {off:f}"
        )


def imbalances(remittance: Remittance) -> tuple[Imbalance, ...]:
    """Return every equation of the remittance that does not hold."""
    return tuple(_all(remittance))


def _all(remittance: Remittance) -> Iterator[Imbalance]:
    for claim in remittance.claims:
        yield from claim_imbalances(claim)
    yield from payment_imbalances(remittance, sum((one.paid for one in remittance.claims), ZERO))


def payment_imbalances(remittance: Remittance, claims: Decimal) -> Iterator[Imbalance]:
    """Yield the equation of the payment where it does not hold; `claims` is what they are paid."""
    provider = sum((one.amount for one in remittance.provider_adjustments), ZERO)
    if remittance.paid != claims - provider:
        yield Imbalance("payment", 0, 0, claims - provider, remittance.paid)


def claim_imbalances(claim: ClaimPayment) -> Iterator[Imbalance]:
    """Yield the equations of a claim and its lines that do not hold."""
    for line in claim.services:
        expected = line.charge - _sum(line.adjustments)
        if line.is_readable and line.paid != expected:
            yield Imbalance("line", claim.number, line.number, expected, line.paid)
    expected = claim.charge - _sum(claim.every_adjustment())
    if claim.paid != expected:
        yield Imbalance("claim", claim.number, 0, expected, claim.paid)


def _sum(adjustments: Iterable[Adjustment]) -> Decimal:
    return sum((one.amount for one in adjustments), ZERO)
