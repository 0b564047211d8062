"""835: one ClaimResponse a CLP, one PaymentReconciliation, the claims' moves; or set aside.

A remittance that does not add up to the cent is not posted: a draft PaymentReconciliation says
why. The payer and its trace number (TRN03, TRN02) name a payment; one posted is not posted again,
whatever envelope it comes in. A large one is posted in parts, each a commit of its own, before
the last part and the reconciliation are committed together (docs/decisions/0096).
"""

from collections.abc import Callable, Iterator
from functools import partial
from uuid import NAMESPACE_URL, uuid5

from fhir_server.billing.posting import Posted, Posting, post
from fhir_server.billing.setting_apart import set_apart
from fhir_server.billing.takeback import takebacks
from fhir_server.billing.work_queue import Subject, task
from fhir_server.interactions.claim_record import record_moves
from fhir_server.interactions.write import save
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.store.exchanges import Effect, Link
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.fhir_x12.balance import imbalances
from mappers.fhir_x12.payment_835 import Answered, of_payment, set_aside
from mappers.fhir_x12.payment_detail import claim_detail
from mappers.fhir_x12.remittance import Remittance, remittance
from mappers.x12.envelope import Interchange, TransactionSet

Rest = Callable[[Interchange, TransactionSet | None, UnitOfWork, Runtime], Effect]
PART = 250
"""Claim payments in one commit: about a quarter of a second during which SQLite's writers wait."""


def take_parts(
    received: Interchange,
    one: TransactionSet,
    runtime: Runtime,
    context: Context,
    *,
    part: int = PART,
) -> Rest:
    """Post all but the last part of a large remittance, each part a commit; return the rest."""
    facts = remittance(one.root)
    id, moment = payment_id(facts, received, one), runtime.clock().isoformat()
    whole = Posting(facts, id, moment)

    def action(start: int, work: UnitOfWork) -> Posting:
        posting = Posting(facts, id, moment)
        work.claim(f"835 {id}")
        if not is_posted(id, work):
            post(posting, facts.claims[start : start + part], work, runtime)
            reason = f"835, posted in parts: PaymentReconciliation/{id}"
            record_moves(work, reason=reason, states=posting.states)
        return posting

    if not why_not(facts):
        with set_apart():
            for start in range(0, len(facts.claims) - part, part):
                whole.add(runtime.store.transact(context, partial(action, start)))
    return lambda _, __, work, runtime: _take(whole.copy(), work, runtime)


def take_remittance(
    received: Interchange, one: TransactionSet | None, work: UnitOfWork, runtime: Runtime
) -> Effect:
    """Post a remittance in one commit, or set it aside with the reason."""
    if one is None:
        return Effect()
    facts = remittance(one.root)
    moment = runtime.clock().isoformat()
    return _take(Posting(facts, payment_id(facts, received, one), moment), work, runtime)


def _take(posting: Posting, work: UnitOfWork, runtime: Runtime) -> Effect:
    facts, id, moment = posting.facts, posting.id, posting.moment
    work.claim(f"835 {id}")
    if is_posted(id, work):
        note = "the payment was posted before under the same trace number"
        return Effect(notes=(note,), is_aside=True)
    reasons = why_not(facts)
    if reasons:
        reason = f"set aside: {'; '.join(reasons)}"
        draft = save(set_aside(facts, id, moment, reason), work, runtime)
        about = Subject(f"PaymentReconciliation/{id}", reason="; ".join(reasons))
        asked = save(task("unbalanced-remittance", about, moment), work, runtime)
        links = (Link(draft.type, draft.id), Link(asked.type, asked.id))
        return Effect(links, reasons, is_aside=True)
    return _post(posting, work, runtime)


def payment_id(facts: Remittance, received: Interchange, one: TransactionSet) -> str:
    """Return the id of the PaymentReconciliation of a remittance."""
    return str(uuid5(NAMESPACE_URL, f"835/{_name(facts, received, one)}"))


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


def is_posted(id: str, reader: Reader) -> bool:
    """Tell whether the payment of this id was posted; one set aside was not."""
    known = reader.current("PaymentReconciliation", id)
    return known is not None and not known.deleted and decode(known.body)["status"] == "active"


def _post(posting: Posting, work: UnitOfWork, runtime: Runtime) -> Effect:
    facts, id = posting.facts, posting.id
    done = {one.payment.number for one in posting.posted}
    left = [one for one in facts.claims if one.number not in done]
    for start in range(0, len(left), PART):
        post(posting, left[start : start + PART], work, runtime)
    taken = takebacks(posting, work, runtime)
    details: list[JsonValue] = [*_details(posting), *taken.details]
    whole = save(of_payment(facts, details, id, posting.moment), work, runtime)
    lost = {one.number for one in facts.claims} - {one.payment.number for one in posting.posted}
    for one in (*taken.tasks, *(_unposted(posting, number) for number in sorted(lost))):
        save(one, work, runtime)
    links = (
        Link(whole.type, whole.id),
        *(Link("ClaimResponse", one.response_id) for one in posting.posted),
        *dict.fromkeys(Link("Claim", one.claim) for one in posting.posted if one.claim),
    )
    return Effect(links, (*posting.notes, *taken.notes), is_aside=bool(lost))


def _unposted(posting: Posting, number: int) -> JsonObject:
    about = Subject(f"PaymentReconciliation/{posting.id}", reason=f"CLP {number}", part=str(number))
    return task("unposted-payment", about, posting.moment)


def _details(posting: Posting) -> Iterator[JsonObject]:
    by_number = {one.payment.number: one for one in posting.posted}
    for payment in posting.facts.claims:
        found = by_number.get(payment.number) or Posted(payment, "", "")
        claim: JsonObject | None = {"id": found.claim} if found.claim else None
        detail = claim_detail(posting.facts, Answered(payment, claim, found.response_id))
        if not found.response_id:
            del detail["response"]
        yield detail
