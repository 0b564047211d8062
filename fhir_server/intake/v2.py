"""HL7 v2 in: a message is kept, becomes resources, and is acknowledged; in this order.

The bytes are committed before anything is read out of them. Resources, the state of the exchange
and the acknowledgment are then one commit, and the acknowledgment leaves after it. The same
message again (sender, control id and bytes) is answered with the acknowledgment it had; one that
was refused, or whose taking in was cut short, is taken up again. AE asks the sender to mend or
repeat, AR says that this message will never be taken (HL7 v2.5.1 chapter 2, 2.9.3).
"""

import logging
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from fhir_server.intake.received import Received
from fhir_server.intake.v2_answer import Refusal, answer, refusal_of
from fhir_server.intake.v2_bundle import Plan, transaction_of
from fhir_server.interactions.transaction import execute
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import Context
from fhir_server.outcome import FhirError, raised_at
from fhir_server.runtime import Runtime
from fhir_server.store import exchanges
from fhir_server.store.exchanges import Exchange, Facts, Link
from fhir_server.store.unit_of_work import UnitOfWork
from hl7.acknowledgment import is_acknowledgment, refuse
from hl7.check import check
from hl7.message import Message, NotHl7, parse
from mappers.v2_fhir.bundle import MapError, Mapped
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.message import map_message

log = logging.getLogger("parity.intake")

FAULTS = {
    "oversize": "the message is larger than this receiver takes",
    "truncated": "the message has no end",
}
UNREADABLE = "no MSH segment found"
APPLIED, ASIDE = "applied", "set-aside"
LONGEST_FACT = 200
"""Characters kept of a header field, so that every header fits the index of exchanges."""
MOST_FINDINGS = 200


class AlreadyApplied(Exception):
    """Another sender of the very same message came first; what was done here is undone."""


@dataclass(frozen=True, slots=True)
class Intake:
    """One message on its way in: the exchange that keeps it, and what it is taken in with.

    `other` is an exchange of the sender that has the same control id and other bytes.
    """

    exchange: Exchange
    other: int | None
    runtime: Runtime
    context: Context

    @property
    def control_id(self) -> str:
        """MSH-10 of the answer: the same whenever the message is answered."""
        return f"P{self.exchange.id}"


def receive(
    data: bytes, runtime: Runtime, context: Context, *, peer: str = "", fault: str = ""
) -> Received:
    """Take in one message; its reply is empty when the sender wants none.

    `peer` is the sender's address; `fault` tells that `data` is only the beginning of a frame
    that could not be read whole. Raises Unavailable or TooCostly when the database cannot take
    the message: nothing may then be answered, and the sender repeats it.
    """
    message, facts = _read(data, runtime.settings.feed, peer)
    kept = runtime.store.transact(
        context, lambda work: exchanges.keep_once(work, "v2", "in", data, facts, "received")
    )
    exchange = kept.exchange
    if exchange.state == APPLIED:
        log.info("v2 exchange=%d kind=%s state=repeated", exchange.id, facts.kind)
        return Received(exchange.id, APPLIED, exchange.reply)
    intake = Intake(exchange, kept.other, runtime, context)
    if message is None or fault:
        taken = _reject_unread(intake, FAULTS.get(fault, UNREADABLE))
    elif is_acknowledgment(message):
        taken = _set_aside(intake, b"", {"reason": "nothing awaits this acknowledgment"})
    else:
        taken = _take(message, intake)
    log.info("v2 exchange=%d kind=%s state=%s", exchange.id, facts.kind, taken.state)
    return taken


def _read(data: bytes, feed: str, peer: str) -> tuple[Message | None, Facts]:
    try:
        message = parse(data)
    except NotHl7:
        return None, Facts(partner=feed, name=peer)
    value = message.header.value
    code, trigger, _ = message.type
    return message, Facts(
        partner=feed,
        kind=_fact(f"{code}^{trigger}"),
        control=_fact(message.control_id),
        sender=_fact(f"{value(3)}|{value(4)}"),
        receiver=_fact(f"{value(5)}|{value(6)}"),
        name=peer,
    )


def _fact(text: str) -> str:
    """Return a header field as it can be stored: short, without control characters."""
    return "".join(one if one.isprintable() else " " for one in text[:LONGEST_FACT])


def _take(message: Message, intake: Intake) -> Received:
    settings = intake.runtime.settings
    feed = Feed(settings.feed, zone=ZoneInfo(settings.time_zone))
    try:
        mapped = map_message(message, feed)
        return intake.runtime.store.transact(
            intake.context, lambda work: _apply(message, mapped, intake, work)
        )
    except AlreadyApplied:
        return _as_applied(intake)
    except MapError as error:
        return _refuse(message, intake, refusal_of(error, message))
    except FhirError as error:
        if error.may_pass:
            raise
        return _refuse(message, intake, Refusal("error", _reason(error)))
    except Exception as error:  # noqa: BLE001 - the sender must be told, whatever failed
        # its text may hold values of the message, so only its type is told
        reason = f"the message could not be applied: {type(error).__name__}"
        log.error("v2 exchange=%d %s at %s", intake.exchange.id, reason, raised_at(error))  # noqa: TRY400
        return _refuse(message, intake, Refusal("error", reason))


def _reason(error: FhirError) -> str:
    return "; ".join(
        f"{issue.expression}: {issue.diagnostics}" if issue.expression else issue.diagnostics
        for issue in error.issues
    )


def _apply(message: Message, mapped: Mapped, intake: Intake, work: UnitOfWork) -> Received:
    """Write the resources of a message and its acknowledgment, in one unit of work."""
    plan = transaction_of(mapped, work, intake.runtime)
    response = execute(plan.bundle, work, intake.runtime)
    now = intake.runtime.clock()
    reply = answer(message, "accept", control_id=intake.control_id, now=now)
    report = _report(mapped, plan, intake)
    id = intake.exchange.id
    if not exchanges.settle(work, id, APPLIED, reply=reply, report=report, unless=APPLIED):
        raise AlreadyApplied
    exchanges.link(work, id, _links(response))
    return Received(id, APPLIED, reply)


def _as_applied(intake: Intake) -> Received:
    """Return the answer that the first sender of the same message was given."""
    with intake.runtime.store.read(intake.context) as reader:
        exchange = exchanges.get(reader, intake.exchange.id)
    return Received(exchange.id, exchange.state, exchange.reply)


def _report(mapped: Mapped, plan: Plan, intake: Intake) -> JsonObject:
    """Return what is to be known of an applied message: paths and codes, never other values."""
    unmapped: list[JsonValue] = [
        {"path": one.path, "reason": one.reason} for one in mapped.unmapped
    ]
    untranslated: list[JsonValue] = [
        {"path": one.source, "codes": one.codes, "code": one.code} for one in mapped.untranslated
    ]
    report: JsonObject = {
        "unmapped": unmapped,
        "untranslated": untranslated,
        "kept": list(plan.kept),
    }
    if plan.flags:
        report["flags"] = list(plan.flags)
    if intake.other is not None and intake.exchange.facts.control:
        report["control-id-also-of"] = str(intake.other)
    return report


def _links(response: JsonObject) -> list[Link]:
    links = []
    entries = response.get("entry")
    for entry in entries if isinstance(entries, list) else []:
        answered = entry.get("response") if isinstance(entry, dict) else None
        place = str(answered.get("location", "")) if isinstance(answered, dict) else ""
        parts = place.split("/_history/", maxsplit=1)[0].rsplit("/", 2)
        if len(parts) >= 2:
            links.append(Link(parts[-2], parts[-1]))
    return links


def _refuse(message: Message, intake: Intake, refusal: Refusal) -> Received:
    """Set a message aside that cannot be taken, and say why, with the places that are wrong."""
    found = check(intake.exchange.body).findings[:MOST_FINDINGS]
    shown = refusal.findings if refusal.disposition == "reject" else (*refusal.findings, *found)
    reply = answer(
        message,
        refusal.disposition,
        control_id=intake.control_id,
        now=intake.runtime.clock(),
        findings=shown,
        text=refusal.reason,
    )
    findings: list[JsonValue] = [dict(one.to_json()) for one in (*refusal.findings, *found)]
    return _set_aside(intake, reply, {"reason": refusal.reason, "findings": findings})


def _reject_unread(intake: Intake, reason: str) -> Received:
    reply = refuse(
        intake.exchange.body,
        control_id=intake.control_id,
        now=intake.runtime.clock(),
        text=reason,
    )
    return _set_aside(intake, reply, {"reason": reason})


def _set_aside(intake: Intake, reply: bytes, report: JsonObject) -> Received:
    id = intake.exchange.id

    def action(work: UnitOfWork) -> bool:
        return exchanges.settle(work, id, ASIDE, reply=reply, report=report, unless=APPLIED)

    if not intake.runtime.store.transact(intake.context, action):
        return _as_applied(intake)
    return Received(id, ASIDE, reply)
