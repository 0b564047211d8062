"""Messages as an operator is shown them: states, reports and texts, as JSON members."""

from datetime import datetime
from typing import cast

from fhir_server.intake.v2_dry_run import Trial
from fhir_server.model.message import MEANING, State
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import BadRequest, NotFound
from fhir_server.store import exchanges, message_search
from fhir_server.store.message_search import Listed, Wanted
from fhir_server.store.reader import Reader
from fhir_server.store.unmapped_codes import Unmapped


def listed(one: Listed) -> JsonObject:
    """Return one message of a list."""
    facts = one.facts
    return {
        "id": str(one.id),
        "state": one.state,
        "parked": one.parked,
        "feed": facts.partner,
        "kind": facts.kind,
        "control": facts.control,
        "sender": facts.sender,
        "received": one.received.isoformat(),
    }


def shown(reader: Reader, id: int) -> JsonObject:
    """Return one message with what became of it. Raises NotFound."""
    exchange = exchanges.get(reader, id)
    if (exchange.protocol, exchange.direction) != ("v2", "in"):
        raise NotFound("no such message")
    made: list[JsonValue] = [f"{one.type}/{one.id}" for one in exchanges.links_of(reader, id)]
    copies: list[JsonValue] = [
        str(one.id) for one in message_search.find(reader, Wanted(parent=str(id)))
    ]
    head = Listed(id, exchange.facts, exchange.received, exchange.state)
    reply = None if exchange.reply is None else exchange.reply.decode("utf-8", "replace")
    return {
        **listed(head),
        "meaning": MEANING.get(cast("State", exchange.state), ""),
        "peer": exchange.facts.name,
        "sha256": exchange.sha256,
        "resources": list(dict.fromkeys(made)),
        "copies": copies,
        "acknowledgment": reply,
        **(exchange.report or {}),
    }


def tried(trial: Trial) -> JsonObject:
    """Return what would become of a message."""
    changes: list[JsonValue] = list(trial.changes)
    return {
        "feed": trial.feed,
        "state": trial.state,
        "reason": trial.reason,
        "changes": changes,
        **trial.report,
    }


def code_told(one: Unmapped) -> JsonObject:
    """Return a code that waits for a row."""
    return {
        "feed": one.feed,
        "table": one.table,
        "code": one.code,
        "messages": one.count,
        "first": str(one.first),
    }


def moment(text: str, name: str) -> datetime:
    """Return a moment of ISO 8601 with its offset. Raises BadRequest, naming the parameter."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise BadRequest(f"{name} must be a moment, as 2026-11-30T08:00:00Z") from None
    if found.tzinfo is None:
        raise BadRequest(f"{name} must tell its offset, as 2026-11-30T08:00:00Z")
    return found
