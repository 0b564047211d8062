"""HL7 v2 in: a message is kept, becomes resources, and is acknowledged; in this order.

The bytes are committed before anything is read out of them. Resources, the state of the exchange
and the acknowledgment are then one commit, and the acknowledgment leaves after it. The same
message again (sender, control id and bytes) is answered with the acknowledgment it had; one that
was refused, or whose taking in was cut short, is taken up again. AE asks the sender to mend or
repeat, AR says that this message will never be taken (HL7 v2.5.1 chapter 2, 2.9.3).
"""

import logging
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from fhir_server.intake.v2_bundle import Plan, transaction_of
from fhir_server.interactions.transaction import execute
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import Context
from fhir_server.outcome import FhirError, TooCostly, Unavailable
from fhir_server.runtime import Runtime
from fhir_server.store import exchanges
from fhir_server.store.exchanges import Exchange, Facts, Link
from fhir_server.store.unit_of_work import UnitOfWork
from hl7.acknowledgment import (
    Disposition,
    Mode,
    acknowledge,
    is_acknowledgment,
    is_wanted,
    mode_of,
    refuse,
)
from hl7.check import check
from hl7.finding import Finding
from hl7.message import Message, NotHl7, parse
from mappers.v2_fhir.bundle import MapError, Mapped
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.message import UnsupportedMessage, map_message

log = logging.getLogger("parity.intake")

FAULTS = {
    "oversize": "the message is larger than this receiver takes",
    "truncated": "the message has no end",
}


def receive(data: bytes, runtime: Runtime, *, peer: str = "", fault: str = "") -> bytes:
    """Take in one message and return its acknowledgment; empty when none is wanted.

    `peer` is the sender's address; `fault` tells that `data` is only the beginning of a frame
    that could not be read whole. Raises Unavailable or TooCostly when the database cannot take
    the message: nothing may then be answered, and the sender repeats it.
    """
    context = Context(tenant=runtime.settings.tenant)
    message, facts = _read(data, runtime.settings.feed, peer)
    exchange, is_new = runtime.store.transact(
        context, lambda work: exchanges.keep_once(work, "v2", "in", data, facts, "received")
    )
    if exchange.state == "applied" and exchange.reply is not None:
        return exchange.reply
    if message is None or fault:
        return _reject_unread(exchange, FAULTS.get(fault, "no MSH segment found"), runtime, context)
    if is_acknowledgment(message):
        return _settle(
            exchange, b"", "set-aside", {"reason": "nothing awaits it"}, runtime, context
        )
    log.info("v2 message exchange=%d kind=%s new=%s", exchange.id, facts.kind, is_new)
    return _take(message, exchange, runtime, context)


def _read(data: bytes, feed: str, peer: str) -> tuple[Message | None, Facts]:
    try:
        message = parse(data)
    except NotHl7:
        return None, Facts(partner=feed, name=peer)
    value = message.header.value
    code, trigger, _ = message.type
    return message, Facts(
        partner=feed,
        kind=f"{code}^{trigger}",
        control=message.control_id,
        sender=f"{value(3)}|{value(4)}",
        receiver=f"{value(5)}|{value(6)}",
        name=peer,
    )


def _take(message: Message, exchange: Exchange, runtime: Runtime, context: Context) -> bytes:
    feed = Feed(runtime.settings.feed, zone=ZoneInfo(runtime.settings.time_zone))
    try:
        mapped = map_message(message, feed)
        return runtime.store.transact(
            context, lambda work: _apply(message, mapped, exchange, work, runtime)
        )
    except UnsupportedMessage as error:
        return _refuse(message, exchange, "reject", str(error), runtime, context)
    except MapError as error:
        return _refuse(message, exchange, "error", str(error), runtime, context)
    except (Unavailable, TooCostly):
        raise
    except FhirError as error:
        reason = "; ".join(
            f"{issue.expression}: {issue.diagnostics}" if issue.expression else issue.diagnostics
            for issue in error.issues
        )
        return _refuse(message, exchange, "error", reason, runtime, context)


def _apply(
    message: Message, mapped: Mapped, exchange: Exchange, work: UnitOfWork, runtime: Runtime
) -> bytes:
    """Write the resources of a message and its acknowledgment, in one unit of work."""
    plan = transaction_of(mapped, work, runtime)
    response = execute(plan.bundle, work, runtime)
    reply = _acknowledge(message, exchange, "accept", runtime)
    report = _report(mapped, plan)
    exchanges.set_state(work, exchange.id, "applied", reply=reply, report=report)
    exchanges.link(work, exchange.id, _links(response))
    return reply


def _report(mapped: Mapped, plan: Plan) -> JsonObject:
    unmapped: list[JsonValue] = [
        {"path": one.path, "reason": one.reason} for one in mapped.unmapped
    ]
    untranslated: list[JsonValue] = [
        {"path": one.source, "codes": one.codes, "code": one.code} for one in mapped.untranslated
    ]
    return {"unmapped": unmapped, "untranslated": untranslated, "kept": list(plan.kept)}


def _links(response: JsonObject) -> list[Link]:
    links = []
    entries = response.get("entry")
    for entry in entries if isinstance(entries, list) else []:
        answer = entry.get("response") if isinstance(entry, dict) else None
        place = str(answer.get("location", "")) if isinstance(answer, dict) else ""
        parts = place.split("/_history/", maxsplit=1)[0].rsplit("/", 2)
        if len(parts) >= 2:
            links.append(Link(parts[-2], parts[-1]))
    return links


def _refuse(
    message: Message,
    exchange: Exchange,
    disposition: Disposition,
    reason: str,
    runtime: Runtime,
    context: Context,
) -> bytes:
    """Set a message aside that cannot be taken, and say why, with the places that are wrong."""
    findings = check(exchange.body).findings
    reply = _acknowledge(message, exchange, disposition, runtime, findings, reason)
    report: JsonObject = {"reason": reason, "findings": [dict(one.to_json()) for one in findings]}
    return _settle(exchange, reply, "set-aside", report, runtime, context)


def _acknowledge(
    message: Message,
    exchange: Exchange,
    disposition: Disposition,
    runtime: Runtime,
    findings: Sequence[Finding] = (),
    text: str = "",
) -> bytes:
    modes: tuple[Mode, ...] = ("original",)
    if mode_of(message) == "commit":
        modes = ("commit", "application")
    mode = next((one for one in modes if is_wanted(message, one, disposition)), None)
    if mode is None:
        return b""
    return acknowledge(
        message,
        disposition,
        control_id=f"P{exchange.id}",
        now=runtime.store.clock(),
        mode=mode,
        findings=findings,
        text=text,
    )


def _reject_unread(exchange: Exchange, reason: str, runtime: Runtime, context: Context) -> bytes:
    reply = refuse(
        exchange.body, control_id=f"P{exchange.id}", now=runtime.store.clock(), text=reason
    )
    return _settle(exchange, reply, "set-aside", {"reason": reason}, runtime, context)


def _settle(
    exchange: Exchange,
    reply: bytes,
    state: str,
    report: JsonObject,
    runtime: Runtime,
    context: Context,
) -> bytes:
    runtime.store.transact(
        context,
        lambda work: exchanges.set_state(work, exchange.id, state, reply=reply, report=report),
    )
    log.info("v2 message exchange=%d state=%s", exchange.id, state)
    return reply
