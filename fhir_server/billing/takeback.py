"""Provider adjustments, PLB: what is taken off or added outside claims, and for which claim.

A recovery (WO) names the claim by the payer's number, by ours or by an earlier trace number. One
that names a claim here is linked to it; one that names none is work for a person. A forwarding
balance (FB), interest (L6) and the rest belong to no claim.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from fhir_server.billing.matching import Held, hold
from fhir_server.billing.posting import Posting
from fhir_server.billing.work_queue import Subject, task
from fhir_server.model.resource import JsonObject
from fhir_server.runtime import Runtime
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.fhir_x12.payment_detail import provider_detail
from mappers.fhir_x12.remittance import ClaimPayment, ProviderAdjustment
from mappers.x12.tree import LoopNode

OF_A_CLAIM = frozenset({"WO", "CS", "72"})
"""Recovery, adjustment, and the return of what was paid too much: each is for some claim."""
INTEREST = "L6"


@dataclass(frozen=True, slots=True)
class Taken:
    """The details of the provider adjustments, the Tasks about them, and remarks."""

    details: tuple[JsonObject, ...]
    tasks: tuple[JsonObject, ...]
    notes: tuple[str, ...]


def takebacks(posting: Posting, interest: Decimal, work: UnitOfWork, runtime: Runtime) -> Taken:
    """Return the provider adjustments as details, with the claims they speak of.

    `interest` is what the claims tell of it.
    """
    adjustments = posting.facts.provider_adjustments
    asked = [one for one in adjustments if one.reason in OF_A_CLAIM and one.reference]
    held = hold([_as_payment(one) for one in asked], work, runtime) if asked else Held()
    claims = {one.reference: held.find(_as_payment(one), None) for one in asked}
    details = tuple(_detail(one, claims, posting) for one in adjustments)
    unknown = [one for one in adjustments if one.reason in OF_A_CLAIM and one.amount]
    unknown = [one for one in unknown if not claims.get(one.reference)]
    tasks = tuple(_tasks(unknown, posting))
    notes = [f"PLB {one.reason} names no claim here" for one in unknown]
    return Taken(details, tasks, (*notes, *_interest(posting, interest)))


def _as_payment(one: ProviderAdjustment) -> ClaimPayment:
    """Return what is looked for: a claim of this number, ours or the payer's."""
    number = one.reference.split()[0] if one.reference.split() else one.reference
    return ClaimPayment(
        number=0,
        group="",
        claim_number=number,
        status="22",
        charge=Decimal(),
        paid=Decimal(),
        patient_share=None,
        payer_claim_number=number,
        member_id="",
        rendering_npi="",
        adjustments=(),
        remarks=(),
        services=(),
        loop=LoopNode("2100", (), ()),
    )


def _detail(
    one: ProviderAdjustment, claims: Mapping[str, JsonObject | None], posting: Posting
) -> JsonObject:
    detail = provider_detail(one, posting.facts)
    claim = claims.get(one.reference)
    return {**detail, "request": {"reference": f"Claim/{claim['id']}"}} if claim else detail


def _tasks(unknown: list[ProviderAdjustment], posting: Posting) -> Iterator[JsonObject]:
    for number, one in enumerate(unknown, 1):
        amount: JsonObject = {"valueMoney": {"value": -one.amount, "currency": "USD"}}
        subject = Subject(
            f"PaymentReconciliation/{posting.id}",
            reason=f"PLB {one.reason}",
            part=str(number),
            inputs=(("reference", {"valueString": one.reference or "none"}), ("amount", amount)),
        )
        yield task("provider-adjustment", subject, posting.moment)


def _interest(posting: Posting, told: Decimal) -> Iterator[str]:
    """Yield a remark where the interest of the claims (AMT*I) is not that of the payment (L6)."""
    paid = sum(
        (-one.amount for one in posting.facts.provider_adjustments if one.reason == INTEREST),
        Decimal(),
    )
    if told != paid and (told or paid):
        yield f"interest of the claims is {told:f}, that of PLB L6 {paid:f}"
