"""X12 over HTTP: POST /x12 takes in a file of interchanges; its exchange can be read again."""

from fhir_server.billing import STEPS
from fhir_server.http.endpoint import Call, Endpoint
from fhir_server.http.negotiate import EDI_X12, JSON, check_body_type
from fhir_server.intake.x12 import receive
from fhir_server.model.codec import encode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import FhirResponse
from fhir_server.outcome import NotFound
from fhir_server.runtime import Runtime
from fhir_server.store import exchanges
from fhir_server.store.exchanges import Exchange, Link

BODY_TYPES = (EDI_X12, "application/edi-consent", "text/plain", "application/octet-stream")
POSTING = (("Claim", "u"), ("ClaimResponse", "cu"), ("PaymentReconciliation", "cu"))
READING = (("Claim", "r"), ("ClaimResponse", "r"), ("PaymentReconciliation", "r"))


def post_x12(call: Call, runtime: Runtime) -> FhirResponse:
    """Take in a file and answer 200 with its TA1 or 999 and the Location of the exchange.

    The body is empty for an acknowledgment, which is not acknowledged. A file that cannot be
    used is kept and set aside: the acknowledgment says so, and the findings of the exchange.
    Raises UnsupportedMedia, Unavailable.
    """
    check_body_type(call.http.headers.get("content-type"), BODY_TYPES)
    taken = receive(call.http.body, "POST /x12", runtime, call.context, STEPS)
    return FhirResponse(
        200,
        taken.reply,
        location=f"{call.http.base}/x12/exchanges/{taken.exchange}",
        media_type=EDI_X12,
        headers={"X-Exchange-State": taken.state},
    )


def get_exchange(call: Call, runtime: Runtime) -> FhirResponse:
    """Return the bytes of an exchange, or what became of it when Accept names application/json.

    Raises NotFound.
    """
    text = call.arguments["id"]
    if not text.isascii() or not text.isdecimal() or len(text) > 19:
        raise NotFound("no such exchange")
    with runtime.store.read(call.context) as reader:
        exchange = exchanges.get(reader, int(text))
        links = exchanges.links_of(reader, exchange.id)
    if exchange.protocol != "x12":
        raise NotFound("no such exchange")
    if JSON in call.http.headers.get("accept", ""):
        return FhirResponse(200, encode(_told(exchange, links)), media_type=JSON)
    return FhirResponse(200, exchange.body, media_type=EDI_X12)


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


ENDPOINTS = (
    Endpoint("/x12", "POST", POSTING, post_x12),
    Endpoint("/x12/exchanges/<id>", "GET", READING, get_exchange),
)
