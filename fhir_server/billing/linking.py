"""`ClaimResponse/{id}/$link`: a person says which claim an unmatched payment answers.

The payment is read again from the remittance as it came, and posted as it would have been, had the
claim been found: the response, the claim's move, the detail of the reconciliation, the Task.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from fhir_server.billing.matching import earlier_response
from fhir_server.billing.posting import event_of, response_id, work_of
from fhir_server.billing.remittance_tally import payment_id
from fhir_server.billing.state import moved
from fhir_server.billing.worklist import settle
from fhir_server.interactions.claim_record import record_moves
from fhir_server.interactions.criteria import Criteria
from fhir_server.interactions.match import matches
from fhir_server.interactions.write import save
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, JsonValue, Version
from fhir_server.model.rest import Context
from fhir_server.outcome import Conflict, Gone, NotFound
from fhir_server.runtime import Runtime
from fhir_server.store import exchanges
from fhir_server.store.exchanges import Exchange, Link
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork
from fhir_server.store.version import Stored
from mappers.fhir_x12.payment_835 import Answered, claim_response
from mappers.fhir_x12.remittance import (
    ClaimPayment,
    PaymentReader,
    Remittance,
    group_of,
    remittance,
)
from mappers.path import read
from mappers.x12.envelope import InterchangeHeader, SetHeader, interchange_header
from mappers.x12.reader import Unit, read_stream
from mappers.x12.sets import PAYMENT_835
from mappers.x12.tree import LoopNode

MOST_RESPONSES = 50


@dataclass(frozen=True, slots=True)
class Source:
    """Where a response came from: the remittance, its place there, and the file."""

    facts: Remittance
    payment: ClaimPayment
    reconciliation: str
    exchange: Exchange


def link_payment(id: str, claim: str, context: Context, runtime: Runtime) -> Version:
    """Link an unmatched payment to a claim and return the response, now of that claim.

    Raises NotFound, Gone; Conflict for a response that has a claim, or came in no remittance, and
    for a claim in a state in which it cannot be paid.
    """
    return runtime.store.transact(context, lambda work: _link(id, claim, work, runtime))


def _link(id: str, claim_id: str, work: UnitOfWork, runtime: Runtime) -> Version:
    current = _locked("ClaimResponse", id, work)
    response = decode(current.body)
    if read(response, "request"):
        raise Conflict(f"ClaimResponse/{id} has a claim already")
    source = next(_sources(id, work), None)
    if source is None:
        raise Conflict(f"ClaimResponse/{id} came in no remittance that is kept here")
    held = _locked("Claim", claim_id, work)
    claim = decode(held.body)
    event = event_of(source.payment)
    after = moved(claim, event) if event else claim
    earlier = earlier_response(source.payment, responses_of(claim_id, work, runtime))
    answered = Answered(source.payment, claim, id, str(earlier["id"]) if earlier else "")
    made = claim_response(source.facts, answered, str(response["created"]))
    written = save(made, work, runtime)
    if event:
        work.update(held, after)
    _note(source, id, claim_id, work, runtime)
    settle(f"ClaimResponse/{id}", ("match-payment",), f"linked to Claim/{claim_id}", work, runtime)
    for one in work_of(source.payment, made, claim, runtime.clock().isoformat()):
        save(one, work, runtime)
    exchanges.link(work, source.exchange.id, [Link("Claim", claim_id)])
    record_moves(work, source.exchange, "linked by hand")
    return written


def _locked(type: str, id: str, work: UnitOfWork) -> Stored:
    current = work.lock(type, id)
    if current is None:
        raise NotFound(f"{type}/{id} is not known")
    if current.deleted:
        raise Gone(f"{type}/{id} was deleted")
    return current


def _sources(id: str, reader: Reader) -> Iterator[Source]:
    """Yield where a response came from; read again from the files that made it."""
    for exchange in exchanges.of_resource(reader, "ClaimResponse", id):
        header, control, count = interchange_header(None), "", 0
        for part in read_stream((exchange.body,)):
            if isinstance(part, InterchangeHeader):
                header = part
            elif isinstance(part, SetHeader):
                control, count = part.control, 0
            elif isinstance(part, Unit) and part.above[0].id == PAYMENT_835.set_id:
                count += 1
                yield from _of_unit(id, exchange, (header, control, count), part)


def _of_unit(
    id: str, exchange: Exchange, place: tuple[InterchangeHeader, str, int], unit: Unit
) -> Iterator[Source]:
    header, control, count = place
    facts = remittance(LoopNode("835", unit.above[0].segments, unit.above[0].children))
    whole = payment_id(facts, header, control)
    if response_id(whole, count) == id:
        payment = PaymentReader().claim(unit.node, count, group_of(unit.above[-1]))
        yield Source(facts, payment, whole, exchange)


def responses_of(claim: str, reader: Reader, runtime: Runtime) -> list[JsonObject]:
    """Return what was answered to a claim, the oldest first."""
    criteria = Criteria.of("ClaimResponse", (("request", f"Claim/{claim}"),), runtime)
    found = [decode(one.body) for one in matches(criteria, reader, limit=MOST_RESPONSES)]
    return sorted(found, key=lambda one: str(one.get("created")))


def _note(source: Source, id: str, claim: str, work: UnitOfWork, runtime: Runtime) -> None:
    """Name the claim in the detail of the reconciliation, where there is one yet."""
    whole = work.lock("PaymentReconciliation", source.reconciliation)
    if whole is None or whole.deleted:
        return
    tree = decode(whole.body)
    details: list[JsonValue] = [
        _of_claim(one, claim)
        if isinstance(one, dict) and read(one, "response.reference") == [f"ClaimResponse/{id}"]
        else one
        for one in read(tree, "detail")
    ]
    save({**tree, "detail": details}, work, runtime)


def _of_claim(detail: JsonObject, claim: str) -> JsonObject:
    return {**detail, "request": {"reference": f"Claim/{claim}"}}
