"""Exchanges over HTTP: what a sender is answered, and the exchange as it can be read again."""

from collections.abc import Callable

from fhir_server.http.endpoint import Call
from fhir_server.http.negotiate import JSON
from fhir_server.intake.received import Received
from fhir_server.model.codec import encode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import FhirResponse
from fhir_server.outcome import NotFound
from fhir_server.runtime import Runtime
from fhir_server.store import exchanges
from fhir_server.store.exchanges import Exchange, Link, Protocol


def answered(taken: Received, place: str, media_type: str) -> FhirResponse:
    """Return 200 with the acknowledgment and the Location of the exchange below `place`."""
    return FhirResponse(
        200,
        taken.reply,
        location=f"{place}/exchanges/{taken.exchange}",
        media_type=media_type,
        headers={"X-Exchange-State": taken.state},
    )


def shows(protocol: Protocol, media_type: str) -> Callable[[Call, Runtime], FhirResponse]:
    """Return the function that answers with an exchange of one protocol.

    The answer is its bytes, or what became of it when Accept names application/json. It raises
    NotFound.
    """

    def show(call: Call, runtime: Runtime) -> FhirResponse:
        text = call.arguments["id"]
        if not text.isascii() or not text.isdecimal() or len(text) > 19 or int(text) >= 1 << 63:
            raise NotFound("no such exchange")
        with runtime.store.read(call.context) as reader:
            exchange = exchanges.get(reader, int(text))
            links = exchanges.links_of(reader, exchange.id)
        if exchange.protocol != protocol:
            raise NotFound("no such exchange")
        if JSON in call.http.headers.get("accept", ""):
            return FhirResponse(200, encode(_told(exchange, links)), media_type=JSON)
        return FhirResponse(200, exchange.body, media_type=media_type)

    return show


def _told(exchange: Exchange, links: list[Link]) -> JsonObject:
    facts = exchange.facts
    made: list[JsonValue] = [f"{one.type}/{one.id}" for one in links]
    return {
        "id": str(exchange.id),
        "direction": exchange.direction,
        "state": exchange.state,
        "kind": facts.kind,
        "partner": facts.partner,
        "control": facts.control,
        "sender": facts.sender,
        "receiver": facts.receiver,
        "received": exchange.received.isoformat(),
        "sha256": exchange.sha256,
        "resources": list(dict.fromkeys(made)),
        **(exchange.report or {}),
    }
