"""The configuration API of trading partners: /api/partners.

A partner's ETag is the hash of its content; If-Match and If-None-Match hold as for resources.
"""

import msgspec

from fhir_server.http.condition import check_condition, tag_of
from fhir_server.http.endpoint import Call, Endpoint
from fhir_server.http.forms import PARTNER_ID, read_partner
from fhir_server.http.negotiate import JSON, check_body_type
from fhir_server.model.partner import Partner
from fhir_server.model.rest import FhirResponse
from fhir_server.outcome import BadRequest, Invalid, Issue
from fhir_server.runtime import Runtime
from fhir_server.store import circuits, partners
from fhir_server.store.unit_of_work import UnitOfWork


def list_partners(call: Call, runtime: Runtime) -> FhirResponse:
    """Return every partner by id."""
    with runtime.store.read(call.context) as reader:
        found = partners.all_partners(reader)
    return _json(200, {"partners": found})


def get_partner(call: Call, runtime: Runtime) -> FhirResponse:
    """Return one partner. Raises NotFound."""
    with runtime.store.read(call.context) as reader:
        return _shown(partners.get(reader, call.arguments["id"]))


def put_partner(call: Call, runtime: Runtime) -> FhirResponse:
    """Add a partner, or replace the one with this id.

    Raises Malformed, PreconditionFailed; Invalid with an issue for every wrong member.
    """
    check_body_type(call.http.headers.get("content-type"), (JSON,))
    id = call.arguments["id"]
    if PARTNER_ID.fullmatch(id) is None:
        raise BadRequest("a partner's id is letters, digits, dots, hyphens and underscores")
    partner = read_partner(call.http.body, id)

    def put(work: UnitOfWork) -> None:
        _check(call, id, work, runtime)
        _check_payers(partner, work)
        partners.put(work, partner)

    runtime.store.transact(call.context, put)
    return _shown(partner)


def delete_partner(call: Call, runtime: Runtime) -> FhirResponse:
    """Remove a partner; what was exchanged with it stays. Raises NotFound, PreconditionFailed."""
    id = call.arguments["id"]

    def remove(work: UnitOfWork) -> None:
        _check(call, id, work, runtime)
        partners.remove(work, id)

    runtime.store.transact(call.context, remove)
    return FhirResponse(204)


def circuit_of_partner(call: Call, runtime: Runtime) -> FhirResponse:
    """Return how a partner was reached lately. Raises NotFound."""
    with runtime.store.read(call.context) as reader:
        partner = partners.get(reader, call.arguments["id"])
        circuit = circuits.of(reader, partner.id)
    told = msgspec.to_builtins(circuit) | {"open": circuit.is_open(runtime.clock())}
    return FhirResponse(200, msgspec.json.encode(told), media_type=JSON)


ADMINISTRATOR = (("*", "cruds"),)
ENDPOINTS = (
    Endpoint("/api/partners", "GET", ADMINISTRATOR, list_partners),
    Endpoint("/api/partners/<id>", "GET", ADMINISTRATOR, get_partner),
    Endpoint("/api/partners/<id>", "PUT", ADMINISTRATOR, put_partner),
    Endpoint("/api/partners/<id>", "DELETE", ADMINISTRATOR, delete_partner),
    Endpoint("/api/partners/<id>/circuit", "GET", ADMINISTRATOR, circuit_of_partner),
)


def _check(call: Call, id: str, work: UnitOfWork, runtime: Runtime) -> None:
    def read() -> bytes:
        return msgspec.json.encode(partners.get(work, id))

    check_condition(call, f"partner {id}", read, work, runtime)


def _check_payers(partner: Partner, work: UnitOfWork) -> None:
    """Refuse a payer that is reached by another partner already. Raises Invalid."""
    for other in partners.all_partners(work):
        shared = sorted(set(other.payer_ids) & set(partner.payer_ids))
        if other.id != partner.id and shared:
            told = f"payer_ids: {', '.join(shared)} is reached by partner {other.id} already"
            issue = Issue("error", "duplicate", told, "payer_ids", "bad-member")
            raise Invalid("this is no partner", issues=[issue])


def _shown(partner: Partner) -> FhirResponse:
    body = msgspec.json.encode(partner)
    return FhirResponse(200, body, media_type=JSON, headers={"ETag": f'"{tag_of(body)}"'})


def _json(status: int, value: dict[str, list[Partner]]) -> FhirResponse:
    return FhirResponse(status, msgspec.json.encode(value), media_type=JSON)
