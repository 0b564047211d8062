"""The configuration API of trading partners: /api/partners."""

import msgspec

from fhir_server.http.endpoint import Call, Endpoint
from fhir_server.http.forms import PARTNER_ID, read_partner
from fhir_server.http.negotiate import JSON, check_body_type
from fhir_server.model.rest import FhirResponse
from fhir_server.outcome import BadRequest
from fhir_server.runtime import Runtime
from fhir_server.store import partners
from fhir_server.store.partners import Partner


def list_partners(call: Call, runtime: Runtime) -> FhirResponse:
    """Return every partner by id."""
    with runtime.store.read(call.context) as reader:
        found = partners.all_partners(reader)
    return _json(200, {"partners": found})


def get_partner(call: Call, runtime: Runtime) -> FhirResponse:
    """Return one partner. Raises NotFound."""
    with runtime.store.read(call.context) as reader:
        return _json(200, partners.get(reader, call.arguments["id"]))


def put_partner(call: Call, runtime: Runtime) -> FhirResponse:
    """Add a partner, or replace the one with this id. Raises Malformed, Invalid."""
    check_body_type(call.http.headers.get("content-type"), (JSON,))
    id = call.arguments["id"]
    if PARTNER_ID.fullmatch(id) is None:
        raise BadRequest("a partner's id is letters, digits, dots, hyphens and underscores")
    partner = read_partner(call.http.body, id)
    runtime.store.transact(call.context, lambda work: partners.put(work, partner))
    return _json(200, partner)


def delete_partner(call: Call, runtime: Runtime) -> FhirResponse:
    """Remove a partner; what was exchanged with it stays. Raises NotFound."""
    id = call.arguments["id"]
    runtime.store.transact(call.context, lambda work: partners.remove(work, id))
    return FhirResponse(204)


ADMINISTRATOR = (("*", "cruds"),)
ENDPOINTS = (
    Endpoint("/api/partners", "GET", ADMINISTRATOR, list_partners),
    Endpoint("/api/partners/<id>", "GET", ADMINISTRATOR, get_partner),
    Endpoint("/api/partners/<id>", "PUT", ADMINISTRATOR, put_partner),
    Endpoint("/api/partners/<id>", "DELETE", ADMINISTRATOR, delete_partner),
)


def _json(status: int, value: Partner | dict[str, list[Partner]]) -> FhirResponse:
    return FhirResponse(status, msgspec.json.encode(value), media_type=JSON)
