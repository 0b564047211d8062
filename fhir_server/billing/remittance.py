"""835: one ClaimResponse a CLP, one PaymentReconciliation, the claims' moves; or set aside.

A remittance that does not add up to the cent is not posted: a draft PaymentReconciliation says
why. The payer and its trace number (TRN03, TRN02) name a payment; one posted is not posted again,
whatever envelope it comes in.
"""

from uuid import NAMESPACE_URL, uuid5

from fhir_server.billing.moving import claim_numbered, move
from fhir_server.billing.state import Event
from fhir_server.interactions.write import save
from fhir_server.model.codec import decode
from fhir_server.runtime import Runtime
from fhir_server.store.exchanges import Effect, Link
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.fhir_x12.balance import imbalances
from mappers.fhir_x12.payment_835 import (
    Answered,
    claim_response,
    payment_reconciliation,
    set_aside,
)
from mappers.fhir_x12.remittance import ClaimPayment, Remittance, remittance
from mappers.x12.envelope import Interchange, TransactionSet


def take_remittance(
    received: Interchange, one: TransactionSet | None, work: UnitOfWork, runtime: Runtime
) -> Effect:
    """Post a remittance, or set it aside with the reason."""
    if one is None:
        return Effect()
    facts = remittance(one.root)
    id = str(uuid5(NAMESPACE_URL, f"835/{_name(facts, received, one)}"))
    work.claim(f"835 {id}")
    if is_posted(id, work):
        note = "the payment was posted before under the same trace number"
        return Effect(notes=(note,), is_aside=True)
    moment = runtime.clock().isoformat()
    reasons = why_not(facts)
    if reasons:
        reason = f"set aside: {'; '.join(reasons)}"
        draft = save(set_aside(facts, id, moment, reason), work, runtime)
        return Effect((Link(draft.type, draft.id),), reasons, is_aside=True)
    return _post(facts, id, moment, work, runtime)


def _name(facts: Remittance, received: Interchange, one: TransactionSet) -> str:
    """Return what tells a payment from all others; without a trace number the place it came in."""
    if facts.payer_id and facts.trace:
        return f"{facts.payer_id}/{facts.trace}"
    header = received.header
    return f"unnamed/{header.sender}/{header.control}/{one.header.control}"


def why_not(facts: Remittance) -> tuple[str, ...]:
    """Return the reasons against posting a remittance; none when it adds up and is complete."""
    unnamed = () if facts.trace and facts.payer_id else ("TRN names no payment",)
    unreadable = tuple(f"{place} is no number" for place in facts.unreadable)
    return (*unnamed, *unreadable, *(str(one) for one in imbalances(facts)))


def event_of(payment: ClaimPayment) -> Event | None:
    """Return what a claim payment does to its claim; None for a mere prediction or forwarding."""
    if payment.status in {"23", "25"}:
        return None
    if payment.is_reversal:
        return "reverse"
    if payment.is_denial:
        return "deny"
    return "pay-partly" if any(one.is_denied for one in payment.services) else "pay"


def is_posted(id: str, work: UnitOfWork) -> bool:
    """Tell whether the payment of this id was posted; one set aside was not."""
    known = work.current("PaymentReconciliation", id)
    return known is not None and not known.deleted and decode(known.body)["status"] == "active"


def _post(facts: Remittance, id: str, moment: str, work: UnitOfWork, runtime: Runtime) -> Effect:
    answered, notes = [], []
    for payment in facts.claims:
        event = event_of(payment)
        claim = claim_numbered(payment.claim_number, event, work, runtime)
        response_id = str(uuid5(NAMESPACE_URL, f"{id}/{payment.number}"))
        one = Answered(payment, claim, response_id)
        answered.append(one)
        save(claim_response(facts, one, moment), work, runtime)
        notes += [
            f"CLP {payment.number} SVC {line.number} names no procedure: only its CAS is posted"
            for line in payment.services
            if not line.is_readable
        ]
        if claim is None:
            notes.append(f"CLP {payment.number} answers no claim here")
        elif event is not None:
            notes.append(move(str(claim["id"]), event, work))
    whole = save(payment_reconciliation(facts, answered, id, moment), work, runtime)
    claims = (str(one.claim["id"]) for one in answered if one.claim)
    links = (
        Link(whole.type, whole.id),
        *(Link("ClaimResponse", one.response_id) for one in answered),
        *dict.fromkeys(Link("Claim", one) for one in claims),
    )
    return Effect(links, tuple(one for one in notes if one))
