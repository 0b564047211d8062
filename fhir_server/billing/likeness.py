"""The last rung of matching: claims of the same member, first day of service and charge.

A payment whose numbers nobody knows is held against the claims of the member it names. What is
found is a proposal for a person; only where the partner of the payer says so, and exactly one
claim is like it, the payment is that claim's.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from fhir_server.billing.certified import days_of
from fhir_server.billing.emission import payer_id
from fhir_server.billing.gathering import gather
from fhir_server.billing.state import State, state_of
from fhir_server.interactions.criteria import Criteria
from fhir_server.interactions.match import matches
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from fhir_server.runtime import Runtime
from fhir_server.store import partners
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.fhir_x12.reference import literal
from mappers.fhir_x12.remittance import ClaimPayment
from mappers.path import read, text

OPEN: tuple[State, ...] = ("sent", "received", "accepted", "pending")
"""Claims that wait for a payment."""
MOST_COVERAGES = 20
MOST_CLAIMS = 200


@dataclass(frozen=True, slots=True)
class Alike:
    """The ids of the claims a payment may be of, and whether the only one is taken for it."""

    claims: tuple[str, ...] = ()
    is_certain: bool = False


def alike(payment: ClaimPayment, work: UnitOfWork, runtime: Runtime) -> Alike:
    """Return the claims that a payment of unknown numbers may be of."""
    day = first_day(payment)
    if not payment.member_id or not payment.charge or not day or payment.is_reversal:
        return Alike()
    found = {
        str(claim["id"]): claim
        for claim in _of_member(payment.member_id, work, runtime)
        if _is_like(claim, payment.charge, day)
    }
    return Alike(tuple(sorted(found)), len(found) == 1 and _is_trusted(found, work))


def first_day(payment: ClaimPayment) -> str:
    """Return the first day of service a payment tells (YYYY-MM-DD), of its lines or its own."""
    told = [one.serviced[:10] for one in payment.services if one.serviced]
    own = (payment.loop.first("DTM", one) for one in ("232", "233"))
    days = (one.element(2) for one in own if one is not None)
    return min(told, default=next((f"{d[:4]}-{d[4:6]}-{d[6:8]}" for d in days), ""))


def _of_member(member: str, work: UnitOfWork, runtime: Runtime) -> Iterator[JsonObject]:
    """Yield the claims of a member that wait for a payment."""
    number = "".join(f"\\{one}" if one in "\\,|$" else one for one in member)
    covers = matches(
        Criteria.of("Coverage", (("member", number),), runtime), work, limit=MOST_COVERAGES
    )
    ids = {f"Coverage/{one.id}": decode(one.body) for one in covers}
    patients = sorted({text(p) for one in ids.values() for p in read(one, "beneficiary.reference")})
    if not patients:
        return
    asked = (("patient", ",".join(patients)), ("state", ",".join(OPEN)))
    for version in matches(Criteria.of("Claim", asked, runtime), work, limit=MOST_CLAIMS):
        claim = decode(version.body)
        named = {literal(text(one)) for one in read(claim, "insurance.coverage.reference")}
        if state_of(claim) in OPEN and not named.isdisjoint(ids):
            yield claim


def _is_like(claim: JsonObject, charge: Decimal, day: str) -> bool:
    totals = [Decimal(text(one)) for one in read(claim, "total.value")]
    items = [one for one in read(claim, "item") if isinstance(one, dict)]
    days = [each for one in items for each in days_of(one, claim)]
    return charge in totals and min(days, default="") == day


def _is_trusted(found: Mapping[str, JsonObject], work: UnitOfWork) -> bool:
    """Tell whether the partner of the payer takes a claim that is alike for the one meant."""
    claim = next(iter(found.values()))
    partner = partners.of_payer(work, payer_id(claim, gather(claim, work)))
    return partner is not None and partner.matches_alike
