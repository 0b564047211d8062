"""X12 in: a file is kept, its sets are applied, and it is acknowledged; in this order.

The bytes are committed before anything is read out of them. What the sets lead to, the state of
the exchange and the acknowledgment are then one commit. The same file again (sender, control
number and bytes) is answered with what was answered then. A file that breaks a rule is set aside
with its findings, never lost; a part of which segments are lacking is not applied. An
acknowledgment is not acknowledged.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Protocol, runtime_checkable

from fhir_server.intake.received import Received
from fhir_server.intake.repetition import ID as REPEATED
from fhir_server.intake.repetition import marked, repetition
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
from mappers.x12.check import all_findings, judged
from mappers.x12.envelope import Interchange, TransactionSet
from mappers.x12.findings import Finding, verdict
from mappers.x12.reader import Document, read
from mappers.x12.rules.terms import PLAIN, Terms
from mappers.x12.wholeness import loss

log = logging.getLogger("parity.intake")

Step = Callable[[Interchange, TransactionSet | None, UnitOfWork, Runtime], Effect]
"""What is done with a transaction set, or with the TA1s of an interchange (set is None)."""


@runtime_checkable
class Staged(Protocol):
    """A step before which parts are committed on their own, for sets too large for one commit."""

    def ahead(
        self, received: Interchange, one: TransactionSet, runtime: Runtime, context: Context
    ) -> Step:
        """Commit the parts and return the step that does the rest.

        Run again after it was cut short, it finds what it has committed.
        """


Part = tuple[Step, Interchange, TransactionSet | None, Finding | None]
"""A step, what it is given, and what of that was lost."""
Steps = Mapping[str, Step]
"""The steps by kind of the guide (`835`); that of TA1 by `TA1`."""
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

    def keep(work: UnitOfWork) -> tuple[Exchange, Document]:
        partner = _partner_of(document, work)
        facts = _facts(document, name, partner)
        kept = exchanges.keep_once(work, "x12", "in", data, facts, "received").exchange
        return kept, marked(document, kept.id, partner, work)

    document = read(data)
    exchange, document = runtime.store.transact(context, keep)
    if exchange.state != "received":
        return Received(exchange.id, exchange.state, exchange.reply)
    by_rules = judged(document, _terms(exchange, runtime, context))
    answering = Answering(exchange, document, by_rules, delivers)
    try:
        parts = [_ahead(one, runtime, context) for one in _parts(by_rules, steps)]
        taken = runtime.store.transact(
            context, lambda work: _apply(answering, parts, work, runtime)
        )
    except FhirError as error:
        if error.may_pass:
            raise
        taken = _refuse(answering, str(error), runtime, context)
    except Exception as error:  # noqa: BLE001  whatever a file does, it is kept and told
        reason = f"it could not be applied: {type(error).__name__}"
        log.error("x12 exchange=%d %s at %s", exchange.id, reason, raised_at(error))  # noqa: TRY400
        taken = _refuse(answering, reason, runtime, context)
    log.info("x12 exchange=%d kind=%s state=%s", exchange.id, exchange.facts.kind, taken.state)
    return taken


def _partner_of(document: Document, reader: Reader) -> Partner | None:
    """Return whose a file is by the envelope of its first interchange."""
    if not document.interchanges:
        return None
    known = partners.all_partners(reader)
    return next((one for one in known if _is_from(one, document.interchanges[0])), None)


def _facts(document: Document, name: str, partner: Partner | None) -> Facts:
    """Return what the envelope of the first interchange says."""
    if not document.interchanges:
        return Facts(name=name)
    first = document.interchanges[0]
    kinds = [one.header.id for _, _, one in document.sets()]
    header = first.header
    kind = next(iter(kinds), "TA1" if first.acknowledgments else "")
    return Facts(
        partner.id if partner else "",
        kind[:10],
        header.control,
        header.sender,
        header.receiver,
        name,
    )


def _is_from(partner: Partner, received: Interchange) -> bool:
    header = received.header
    return (partner.other.id, partner.own.id) == (header.sender, header.receiver)


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
        _not_applied(gap) if gap else step(received, one, work, runtime)
        for step, received, one, gap in parts
    ]
    reply, kept = answering.answer(work, runtime)
    unread = sum(1 for _ in document.sets()) - sum(1 for part in parts if part[2] is not None)
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


def _parts(document: Document, steps: Steps) -> Iterator[Part]:
    """Yield each part of a file with its step and what of it was lost, in the order of the file."""
    for received in document.interchanges:
        if received.acknowledgments:
            yield steps["TA1"], received, None, repetition(received) or loss(received)
        sets = ((group, one) for group in received.groups for one in group.sets)
        for group, one in sets:
            if one.kind in steps:
                gap = repetition(received) or loss(received, group, one)
                yield steps[one.kind], received, one, gap


def _ahead(part: Part, runtime: Runtime, context: Context) -> Part:
    """Return the part with the step that is left once it was done ahead what is."""
    step, received, one, gap = part
    staged: object = step
    if isinstance(staged, Staged) and one is not None and gap is None:
        return staged.ahead(received, one, runtime, context), received, one, gap
    return part


def _not_applied(gap: Finding) -> Effect:
    """Return the effect of a part that is not whole, or a repeated number: none."""
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
