"""The queue of messages worked off, and messages applied again.

A worker takes the oldest message of each free lane under a lease, in one commit, and applies them
together in the next. One that fails is tried again, later and later, and parked after the number
of attempts its feed allows; until then it holds up its own patient alone.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from fhir_server.intake.v2 import receive
from fhir_server.intake.v2_apply import MOST, Failure, Result, apply_all
from fhir_server.intake.v2_letter import Arrival, Kept, lanes_of, read_letter
from fhir_server.interactions.audit import Deed, audit_event
from fhir_server.interactions.write import save
from fhir_server.model.message import DONE, State
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import Context
from fhir_server.outcome import Conflict, FhirError, Invalid, NotFound
from fhir_server.runtime import Runtime
from fhir_server.store import exchange_keys, exchanges, message_queue, message_search
from fhir_server.store.exchange_batch import mark_all
from fhir_server.store.exchanges import Exchange
from fhir_server.store.feeds import KnownFeed
from fhir_server.store.message_queue import Queued, Waiting
from fhir_server.store.unit_of_work import UnitOfWork
from hl7.message import NotHl7, parse

log = logging.getLogger("parity.intake")

LEASE_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Again:
    """What became of a message that was applied again; `reason` tells why it failed."""

    exchange: int
    state: str
    reason: str = ""


def apply_waiting(runtime: Runtime) -> int:
    """Apply what waits, once for each free lane; return how many messages were in hand."""
    context = Context(tenant=runtime.settings.tenant)

    def take(work: UnitOfWork) -> list[Queued]:
        taken = message_queue.take(work, MOST, LEASE_SECONDS)
        mark_all(work, [one.exchange for one in taken], "claimed")
        return taken

    with runtime.store.read(context) as reader:
        if not message_queue.any_due(reader, runtime.clock()):
            return 0
    taken = runtime.store.transact(context, take)
    feeds = runtime.feeds.known(lambda: runtime.store.read(context))
    letters = [_letter(one, feeds.get(one.feed), runtime, context) for one in taken]
    results = apply_all(letters, runtime, context, _take_out)
    failed = {one.exchange: one for one in taken}
    for letter in letters:
        result = results[letter.exchange.id]
        if isinstance(result, Failure | FhirError):
            _give_back(failed[letter.exchange.id], letter.known, result, runtime, context)
    return len(taken)


def apply_again(id: int, runtime: Runtime, context: Context) -> Again:
    """Apply a kept message now by its feed as it is now; what fails stays as it is.

    Raises NotFound, and Invalid where the text holds no message.
    """
    runtime.feeds.forget()
    with runtime.store.read(context) as reader:
        exchange = _inbound(exchanges.get(reader, id))
        feeds = runtime.feeds.read(reader)
    known = feeds.get(exchange.facts.partner) or feeds[runtime.feeds.default]
    kept = replace(_kept(exchange, known), again=True)

    def also(work: UnitOfWork, ids: Sequence[int]) -> None:
        message_queue.remove(work, ids)
        told = {"feed": exchange.facts.partner, "message": str(id)}
        _record("v2-reprocess", told, work, runtime)

    result = apply_all([kept], runtime, context, also)[id]
    if isinstance(result, FhirError):
        raise result
    if isinstance(result, Failure):
        _note_failure(exchange, result, runtime, context)
        return Again(id, result.state, result.refusal.reason)
    return Again(id, result.state)


def queue_again(ids: Sequence[int], runtime: Runtime, context: Context) -> int:
    """Let workers apply kept messages again, in their order; return how many there are.

    Raises NotFound.
    """
    with runtime.store.read(context) as reader:
        found = [_inbound(exchanges.get(reader, id)) for id in sorted(set(ids))]
    open_ones = [one for one in found if one.state != "rejected" or one.facts.kind]

    def put(work: UnitOfWork) -> None:
        message_queue.put_all(work, [_waiting(one) for one in open_ones])
        counts = {"messages": len(open_ones)}
        _record("v2-reprocess", {}, work, runtime, counts)

    runtime.store.transact(context, put)
    return len(open_ones)


def resubmit(id: int, data: bytes, runtime: Runtime, context: Context) -> Again:
    """Take in a mended copy of a message; the original stays, and each is found by the other.

    Raises NotFound, and Conflict where nothing was changed.
    """
    with runtime.store.read(context) as reader:
        original = _inbound(exchanges.get(reader, id))
    if data == original.body:
        raise Conflict("the text is that of the original: reprocess the message instead")
    feed = original.facts.partner
    taken = receive(data, runtime, context, peer=f"resubmitted {id}", feed=feed)

    def note(work: UnitOfWork) -> None:
        exchange_keys.add(work, [(taken.exchange, ("parent", str(id)))])
        told = {"feed": feed, "message": str(id), "resubmitted": str(taken.exchange)}
        _record("v2-resubmit", told, work, runtime)

    runtime.store.transact(context, note)
    with runtime.store.read(context) as reader:
        made = exchanges.get(reader, taken.exchange)
    return Again(taken.exchange, made.state, str((made.report or {}).get("reason", "")))


def prune_feed(feed: str, before: datetime, runtime: Runtime, context: Context) -> int:
    """Remove the texts of the applied messages of a feed older than a moment; return how many."""
    total, removed = 0, -1
    while removed:
        removed = runtime.store.transact(
            context, lambda work: message_search.remove_texts(work, feed, before)
        )
        total += removed
    return total


def _inbound(exchange: Exchange) -> Exchange:
    if (exchange.protocol, exchange.direction) != ("v2", "in"):
        raise NotFound("no such message")
    return exchange


def _kept(exchange: Exchange, known: KnownFeed) -> Kept:
    letter = read_letter(
        Arrival(exchange.body, feed=known.record.id), {known.record.id: known}, known.record.id
    )
    if letter.message is None:
        raise Invalid("the text holds no HL7 v2 message: resubmit a mended copy")
    return Kept(exchange, letter.message, known)


def _letter(queued: Queued, known: KnownFeed | None, runtime: Runtime, context: Context) -> Kept:
    with runtime.store.read(context) as reader:
        exchange = exchanges.get(reader, queued.exchange)
        parked = message_queue.parked_ahead(reader, queued.exchange, queued.lanes)
        if known is None:
            known = runtime.feeds.read(reader)[runtime.feeds.default]
    again = exchange.state in DONE
    return replace(_kept(exchange, known), parked=tuple(parked), again=again)


def _take_out(work: UnitOfWork, ids: Sequence[int]) -> None:
    message_queue.remove(work, ids)


def _give_back(
    queued: Queued, known: KnownFeed, result: Result, runtime: Runtime, context: Context
) -> None:
    """Let a failed message wait, or park it; say why without a value of the message."""
    failure = known.record.failure
    passes = isinstance(result, FhirError)
    attempts = queued.attempts + 1 if passes else failure.attempts
    state: State = result.state if isinstance(result, Failure) else "deferred"
    reason = result.refusal.reason if isinstance(result, Failure) else type(result).__name__
    if state == "rejected":
        attempts = 0  # it will never be taken

    def action(work: UnitOfWork) -> str:
        holds = failure.followers == "hold"
        told = message_queue.fail(work, queued, attempts=attempts, holds=holds)
        final = state if told == "parked" else "deferred"
        report: JsonObject = {"reason": reason, "attempts": queued.attempts}
        exchanges.set_state(work, queued.exchange, final, report=report)
        return told

    told = runtime.store.transact(context, action)
    log.warning("v2 exchange=%d %s after %d attempts", queued.exchange, told, queued.attempts)


def _note_failure(exchange: Exchange, failure: Failure, runtime: Runtime, context: Context) -> None:
    """Say why a message could not be applied again; one whose resources are stored stays so."""
    if exchange.state in DONE:
        return
    findings: list[JsonValue] = [dict(one.to_json()) for one in failure.refusal.findings]
    report: JsonObject = {"reason": failure.refusal.reason, "findings": findings}
    runtime.store.transact(
        context, lambda work: exchanges.set_state(work, exchange.id, failure.state, report=report)
    )


def _waiting(exchange: Exchange) -> Waiting:
    try:
        message = parse(exchange.body)
    except NotHl7:
        message = None
    feed = exchange.facts.partner
    return Waiting(exchange.id, feed, lanes_of(message, feed))


def _record(
    operation: str,
    details: dict[str, str],
    work: UnitOfWork,
    runtime: Runtime,
    counts: dict[str, int] | None = None,
) -> None:
    """Store the AuditEvent of what was done with messages."""
    event = audit_event(
        Deed(operation, "system", counts or {}, details), work.context.client, work.now
    )
    save(event | {"action": "E"}, work, runtime)
