"""X12 in: a file is kept, its sets are applied, and it is acknowledged; in this order.

The bytes are committed before anything is read out of them. What the sets lead to, the state of
the exchange and the acknowledgment are then one commit. The same file again (sender, control
number and bytes) is answered with what was answered then. A file that breaks a rule is set aside
with its findings, never lost; a part of which segments are lacking is not applied. An
acknowledgment is not acknowledged.
"""

import logging
from collections.abc import Sequence

from fhir_server.intake.received import Received
from fhir_server.intake.repetition import ID as REPEATED
from fhir_server.intake.repetition import marked
from fhir_server.intake.step import Steps
from fhir_server.intake.survey import Head, Survey, blocks, first_header, survey
from fhir_server.intake.taking import Part, take_units
from fhir_server.intake.x12_answer import Answering
from fhir_server.interactions.claim_record import record_moves
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import Context
from fhir_server.outcome import FhirError, Invalid, raised_at
from fhir_server.runtime import Runtime
from fhir_server.store import exchanges, partners
from fhir_server.store.exchanges import Effect, Exchange, Facts
from fhir_server.store.partners import Partner
from fhir_server.store.reader import Reader
from fhir_server.store.terms import terms_of
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.x12.check import all_findings
from mappers.x12.findings import Finding, verdict
from mappers.x12.reader import Document
from mappers.x12.rules.terms import PLAIN, Terms
from mappers.x12.streaming import spare_collector

log = logging.getLogger("parity.intake")

MOST_FINDINGS = 200


def receive(
    data: bytes,
    name: str,
    runtime: Runtime,
    context: Context,
    steps: Steps,
    *,
    delivers: bool = False,
) -> Received:
    """Take in one file of interchanges.

    With `delivers` the answer also leaves through the partner's outbox. Raises Unavailable or
    TooCostly when the database cannot take the file: nothing was acknowledged then.
    """

    def keep(work: UnitOfWork) -> tuple[Exchange, Partner | None]:
        partner = _partner_of(head, work)
        facts = _facts(head, name, partner)
        kept = exchanges.keep_once(work, "x12", "in", data, facts, "received").exchange
        return kept, partner

    head = first_header(blocks(data))
    exchange, partner = runtime.store.transact(context, keep)
    if exchange.state != "received":
        return Received(exchange.id, exchange.state, exchange.reply)
    with spare_collector():
        found = survey(blocks(data), _terms(exchange, runtime, context), steps)
        found = _marked(found, exchange.id, partner, runtime, context)
        answering = Answering(exchange, found.document, found.by_rules, delivers)
        taken = _taken(data, found, answering, runtime, context, steps)
    log.info("x12 exchange=%d kind=%s state=%s", exchange.id, exchange.facts.kind, taken.state)
    return taken


def _taken(
    data: bytes,
    found: Survey,
    answering: Answering,
    runtime: Runtime,
    context: Context,
    steps: Steps,
) -> Received:
    """Apply a file that was surveyed; one that cannot be applied is set aside."""
    id = answering.exchange.id
    try:
        parts = take_units(data, found, steps, id, runtime, context)
        return runtime.store.transact(context, lambda work: _apply(answering, parts, work, runtime))
    except FhirError as error:
        if error.may_pass:
            raise
        return _refuse(answering, str(error), runtime, context)
    except Exception as error:  # noqa: BLE001  whatever a file does, it is kept and told
        reason = f"it could not be applied: {type(error).__name__}"
        log.error("x12 exchange=%d %s at %s", id, reason, raised_at(error))  # noqa: TRY400
        return _refuse(answering, reason, runtime, context)


def _marked(
    found: Survey, id: int, partner: Partner | None, runtime: Runtime, context: Context
) -> Survey:
    """Return the survey with the interchanges told whose number was used before."""
    if partner is None or partner.repeats_controls:
        return found
    return found.with_marks(
        runtime.store.transact(context, lambda work: marked(found.document, id, partner, work))
    )


def _partner_of(head: Head | None, reader: Reader) -> Partner | None:
    """Return whose a file is by the envelope of its first interchange."""
    if head is None:
        return None
    names = (head.header.sender, head.header.receiver)
    known = partners.all_partners(reader)
    return next((one for one in known if (one.other.id, one.own.id) == names), None)


def _facts(head: Head | None, name: str, partner: Partner | None) -> Facts:
    """Return what the envelope of the first interchange says."""
    if head is None:
        return Facts(name=name)
    header = head.header
    return Facts(
        partner.id if partner else "",
        head.kind[:10],
        header.control,
        header.sender,
        header.receiver,
        name,
    )


def _terms(exchange: Exchange, runtime: Runtime, context: Context) -> Terms:
    """Return the terms a file is judged on: of its partner, or plain where they cannot be read."""
    try:
        with runtime.store.read(context) as reader:
            return terms_of(reader, exchange.facts.partner)
    except Invalid as error:
        log.warning("x12 exchange=%d judged without overlay: %s", exchange.id, error)
        return PLAIN


def _apply(
    answering: Answering, parts: Sequence[Part], work: UnitOfWork, runtime: Runtime
) -> Received:
    """Apply every set of a file and answer it, in one unit of work."""
    id, document = answering.exchange.id, answering.document
    exchange = exchanges.lock(work, id)
    if exchange.state != "received":
        return Received(id, exchange.state, exchange.reply)
    effects = [
        _not_applied(part.gap)
        if part.gap or part.step is None
        else part.step(part.received, part.one, work, runtime)
        for part in parts
    ]
    reply, kept = answering.answer(work, runtime)
    unread = sum(1 for _ in document.sets()) - sum(1 for part in parts if part.one is not None)
    notes = [note for one in effects for note in one.notes]
    if unread:
        notes.append(f"{unread} transaction sets are of a kind that is not applied here")
    elif not effects:
        notes.append("the file holds no transaction set")
    is_aside = not effects or bool(unread) or any(one.is_aside for one in effects)
    state = "set-aside" if is_aside else "applied"
    report = _report(answering.by_rules, notes, kept)
    exchanges.set_state(work, id, state, reply=reply, report=report)
    exchanges.link(work, id, [link for one in effects for link in one.links])
    record_moves(work, exchange)
    return Received(id, state, reply)


def _not_applied(gap: Finding | None) -> Effect:
    """Return the effect of a part that is not whole, or a repeated number: none."""
    if gap is None:
        return Effect(is_aside=True)
    reason = "" if gap.id == REPEATED else ", as it is not whole"
    return Effect(notes=(f"not applied{reason}: {gap.message}",), is_aside=True)


def _refuse(answering: Answering, reason: str, runtime: Runtime, context: Context) -> Received:
    """Set a file aside whose sets cannot be applied; its syntax is still acknowledged."""
    id = answering.exchange.id

    def action(work: UnitOfWork) -> Received:
        exchange = exchanges.lock(work, id)
        if exchange.state != "received":
            return Received(id, exchange.state, exchange.reply)
        reply = answering.acknowledge(work, runtime)
        report = _report(answering.by_rules, [reason], ())
        exchanges.set_state(work, id, "set-aside", reply=reply, report=report)
        return Received(id, "set-aside", reply)

    return runtime.store.transact(context, action)


def _report(by_rules: Document, notes: Sequence[str], kept: Sequence[Exchange]) -> JsonObject:
    found = all_findings(by_rules)
    findings: list[JsonValue] = [_finding(one) for one in found[:MOST_FINDINGS]]
    answers: list[JsonValue] = [{"exchange": str(one.id), "kind": one.facts.kind} for one in kept]
    return {
        "notes": list(notes),
        "verdict": verdict(found),
        "findings": findings,
        **({"answers": answers} if answers else {}),
    }


def _finding(finding: Finding) -> JsonObject:
    return dict(finding.as_json())
