"""The Provenance of claims' moves, in the commit that moves them: what, why, from which exchange.

One for all claims that a unit of work brings into one state. Its targets are their versions, its
activity the state, its entity the exchange; its agent is who called, or the server itself.
Source: https://hl7.org/fhir/R4/provenance.html.
"""

from collections.abc import Iterator, Mapping

from fhir_server.interactions.maintained import CLAIM_STATE
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.store.content import instant
from fhir_server.store.exchanges import Exchange
from fhir_server.store.unit_of_work import UnitOfWork

STATES = "https://parity.example/fhir/CodeSystem/claim-state"
EXCHANGE = "https://parity.example/fhir/exchange"
NONE_KNOWN: Mapping[str, str] = {}
CLIENT = "https://parity.example/fhir/client"


def record_moves(
    work: UnitOfWork,
    exchange: Exchange | None = None,
    reason: str = "",
    states: Mapping[str, str] = NONE_KNOWN,
) -> None:
    """Store the Provenance of every claim that this unit of work has moved.

    `states` are those of claims, by id, that the caller has brought into them: the rest is read.
    """
    for state, targets in _moved(work, states).items():
        work.create("Provenance", None, provenance(state, targets, work, exchange, reason))


def provenance(
    state: str,
    targets: list[str],
    work: UnitOfWork,
    exchange: Exchange | None,
    reason: str,
) -> JsonObject:
    """Return the Provenance of claims brought into a state; `targets` are their versions."""
    references: list[JsonValue] = [{"reference": one} for one in targets]
    client: JsonObject = {"identifier": {"system": CLIENT, "value": work.context.client}}
    told: JsonObject = {
        "resourceType": "Provenance",
        "target": references,
        "recorded": instant(work.now),
        "activity": {"coding": [{"system": STATES, "code": state}]},
        "agent": [{"who": client}],
    }
    if reason:
        told["reason"] = [{"text": reason}]
    if exchange is not None:
        told["entity"] = [{"role": "source", "what": exchange_reference(exchange)}]
    return told


def exchange_reference(exchange: Exchange) -> JsonObject:
    """Return a Reference to a kept text by its number, with what it is and its hash."""
    facts = exchange.facts
    kind = facts.kind or "X12"
    return {
        "identifier": {"system": EXCHANGE, "value": str(exchange.id)},
        "display": f"{kind} {facts.control} of {facts.sender}, sha256 {exchange.sha256}",
    }


def _moved(work: UnitOfWork, states: Mapping[str, str]) -> Mapping[str, list[str]]:
    """Return the new versions of claims by the state they are in; drafts were not moved."""
    newest = {id: number for type, id, number in work.written if type == "Claim"}
    moved: dict[str, list[str]] = {}
    for id, number in newest.items():
        if id in states:
            moved.setdefault(states[id], []).append(f"Claim/{id}/_history/{number}")
    found = work.many([("Claim", id) for id in newest if id not in states])
    for one in found.values():
        state = next(_states(decode(one.body)), "") if not one.deleted else ""
        if state:
            moved.setdefault(state, []).append(f"Claim/{one.id}/_history/{one.number}")
    return moved


def _states(claim: JsonObject) -> Iterator[str]:
    extensions = claim.get("extension")
    for one in extensions if isinstance(extensions, list) else []:
        if isinstance(one, dict) and one.get("url") == CLAIM_STATE:
            yield str(one.get("valueCode"))
