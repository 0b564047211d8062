"""HL7 v2 in: a message is kept, becomes resources, and is acknowledged; in this order.

The bytes are committed before anything is made of them. Resources, the state of the exchange and
the acknowledgment are then one commit, and the acknowledgment leaves after it; a feed whose
messages are acknowledged when they are safe leaves the rest to the queue. The same message again
(feed, control id and bytes) is answered with the acknowledgment it had; one that was refused, or
whose taking in was cut short, is taken up again. AE asks the sender to mend or repeat, AR says
that this message will never be taken (HL7 v2.5.1 chapter 2, 2.9.3).
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from fhir_server.intake.received import Received
from fhir_server.intake.v2_answer import Refusal, answer
from fhir_server.intake.v2_apply import Failure, Result, apply_all
from fhir_server.intake.v2_letter import Arrival, Kept, Letter, read_letter, refusal_at_door
from fhir_server.model.message import DONE, WAITING, State
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import Context
from fhir_server.outcome import FhirError
from fhir_server.runtime import Runtime
from fhir_server.store import exchange_keys, exchanges, message_queue
from fhir_server.store.exchange_batch import Incoming, Outcome, keep_all, settle_all
from fhir_server.store.exchanges import Exchange
from fhir_server.store.exchanges import Kept as KeptExchange
from fhir_server.store.unit_of_work import UnitOfWork
from hl7.acknowledgment import is_acknowledgment, refuse
from hl7.check import check

log = logging.getLogger("parity.intake")

FAULTS = {
    "oversize": "the message is larger than this receiver takes",
    "truncated": "the message has no end",
}
UNREADABLE = "no MSH segment found"
MOST_FINDINGS = 200


@dataclass(frozen=True, slots=True)
class Settled:
    """What was decided about a message without applying it."""

    state: State
    reply: bytes
    report: JsonObject


def receive(
    data: bytes,
    runtime: Runtime,
    context: Context,
    *,
    peer: str = "",
    fault: str = "",
    feed: str = "",
) -> Received:
    """Take in one message; its reply is empty when the sender wants none.

    `peer` is the sender's address; `fault` tells that `data` is only the beginning of a frame
    that could not be read whole; `feed` is the feed it came by, without it the header decides.
    Raises Unavailable or TooCostly when the database cannot take the message: nothing may then be
    answered, and the sender repeats it.
    """
    taken = receive_many([Arrival(data, peer, fault, feed)], runtime, context)[0]
    if isinstance(taken, FhirError):
        raise taken
    return taken


def receive_many(
    arrivals: Sequence[Arrival], runtime: Runtime, context: Context
) -> list[Received | FhirError]:
    """Take in messages that arrived together, in a few commits; return what is answered to each.

    An error in the place of an answer says that the database could not take that message.
    """
    feeds = runtime.feeds.known(lambda: runtime.store.read(context))
    letters = [read_letter(one, feeds, runtime.feeds.default) for one in arrivals]
    kept = runtime.store.transact(context, lambda work: _keep(letters, work, runtime))
    taken: dict[int, Received | FhirError] = {}
    open_ones: dict[int, Kept] = {}
    for letter, one in zip(letters, kept, strict=True):
        id = one.exchange.id
        if _is_answered(one.exchange, letter):
            taken[id] = Received(id, one.exchange.state, one.exchange.reply)
            continue
        settled = _at_door(letter, one.exchange, runtime)
        if settled is not None:
            taken.setdefault(id, _settle(one.exchange, settled, runtime, context))
        elif letter.message is not None:
            open_ones.setdefault(id, Kept(one.exchange, letter.message, letter.known, one.other))
    results = apply_all(list(open_ones.values()), runtime, context) if open_ones else {}
    for id, result in results.items():
        taken[id] = _answered(open_ones[id], result, runtime, context)
    for letter, one in zip(letters, kept, strict=True):
        _log(letter, one, taken[one.exchange.id])
    return [taken[one.exchange.id] for one in kept]


def _keep(letters: Sequence[Letter], work: UnitOfWork, runtime: Runtime) -> list[KeptExchange]:
    """Keep what arrived, so that it is found by its numbers whatever becomes of it.

    What its feed acknowledges when it is safe is queued, and its acknowledgment kept, with it.
    """
    incoming = [_incoming(one, work.new_key(), runtime) for one in letters]
    kept = keep_all(work, incoming)
    new = [(letter, one.exchange) for letter, one in zip(letters, kept, strict=True) if one.is_new]
    exchange_keys.add(work, [(one.id, name) for letter, one in new for name in letter.names])
    waiting = [
        message_queue.Waiting(one.id, letter.known.record.id, letter.lanes)
        for letter, one in new
        if one.reply is not None
    ]
    message_queue.put_all(work, waiting)
    return kept


def _incoming(letter: Letter, id: int, runtime: Runtime) -> Incoming:
    """Return what is to be kept of a letter; one that a worker applies is answered already."""
    message, record = letter.message, letter.known.record
    is_safe = record.acknowledgment.after == "persisted" and not letter.arrival.fault
    if message is None or not is_safe or is_acknowledgment(message):
        return Incoming(id, letter.arrival.data, letter.facts)
    if refusal_at_door(message, record) is not None:
        return Incoming(id, letter.arrival.data, letter.facts)
    mode = record.acknowledgment.mode
    control_id = f"P{id}"
    reply = answer(message, "accept", control_id=control_id, now=runtime.clock(), agreed=mode)
    return Incoming(id, letter.arrival.data, letter.facts, reply)


def _is_answered(exchange: Exchange, letter: Letter) -> bool:
    """Tell whether a message was taken before, so that it is answered as it was then."""
    was_safe = letter.known.record.acknowledgment.after == "persisted"
    states = (*WAITING, "map_error") if was_safe else WAITING
    return exchange.state in DONE or (exchange.reply is not None and exchange.state in states)


def _at_door(letter: Letter, exchange: Exchange, runtime: Runtime) -> Settled | None:
    """Return what is decided about a message at the door; None when it is let in."""
    message, fault = letter.message, letter.arrival.fault
    control_id, now = f"P{exchange.id}", runtime.clock()
    if message is None or fault:
        reason = FAULTS.get(fault, UNREADABLE)
        reply = refuse(letter.arrival.data, control_id=control_id, now=now, text=reason)
        return Settled("parse_error", reply, {"reason": reason})
    if is_acknowledgment(message):
        return Settled("rejected", b"", {"reason": "nothing awaits this acknowledgment"})
    refusal = refusal_at_door(message, letter.known.record)
    if refusal is None:
        return None
    return _refused(Kept(exchange, message, letter.known), refusal, "rejected", runtime)


def _refused(kept: Kept, refusal: Refusal, state: State, runtime: Runtime) -> Settled:
    """Return the refusal of a message, with the places that are wrong."""
    found = check(kept.exchange.body).findings[:MOST_FINDINGS]
    shown = refusal.findings if refusal.disposition == "reject" else (*refusal.findings, *found)
    reply = answer(
        kept.message,
        refusal.disposition,
        control_id=kept.control_id,
        now=runtime.clock(),
        findings=shown,
        text=refusal.reason,
        agreed=kept.known.record.acknowledgment.mode,
    )
    findings: list[JsonValue] = [dict(one.to_json()) for one in (*refusal.findings, *found)]
    return Settled(state, reply, {"reason": refusal.reason, "findings": findings})


def _answered(
    kept: Kept, result: Result, runtime: Runtime, context: Context
) -> Received | FhirError:
    if isinstance(result, FhirError):
        return result
    if isinstance(result, Failure):
        settled = _refused(kept, result.refusal, result.state, runtime)
        return _settle(kept.exchange, settled, runtime, context)
    return Received(result.exchange, result.state, result.reply)


def _settle(exchange: Exchange, settled: Settled, runtime: Runtime, context: Context) -> Received:
    """Write what was decided, unless the message was applied meanwhile by another."""
    outcome = Outcome(exchange.id, settled.state, settled.reply, settled.report)
    if runtime.store.transact(context, lambda work: settle_all(work, [outcome])):
        return Received(exchange.id, settled.state, settled.reply)
    with runtime.store.read(context) as reader:
        found = exchanges.get(reader, exchange.id)
    return Received(found.id, found.state, found.reply)


def _log(letter: Letter, kept: KeptExchange, taken: Received | FhirError) -> None:
    if isinstance(taken, FhirError):
        return
    repeated = not kept.is_new and _is_answered(kept.exchange, letter)
    state = "repeated" if repeated else taken.state
    log.info("v2 exchange=%d kind=%s state=%s", taken.exchange, kept.exchange.facts.kind, state)
