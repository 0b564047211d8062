"""The description of the configuration API at /api/openapi.json, from its table and forms.

Source: https://spec.openapis.org/oas/v3.1.0.
"""

import re
from collections.abc import Mapping, Sequence

import msgspec

from fhir_server.http.endpoint import Call, Endpoint
from fhir_server.http.feeds import ENDPOINTS as FEEDS
from fhir_server.http.forms import FeedSchema, PartnerSchema
from fhir_server.http.forms.description import described
from fhir_server.http.messages import CODES
from fhir_server.http.negotiate import JSON
from fhir_server.http.partners import ENDPOINTS as PARTNERS
from fhir_server.model.rest import FhirResponse
from fhir_server.runtime import Runtime

ARGUMENT = re.compile(r"<(\w+)>")
SCHEMAS = {"Partner": PartnerSchema, "Feed": FeedSchema}
BODIES: Mapping[str, Mapping[str, object]] = {
    "/api/partners/<id>": {"$ref": "#/components/schemas/Partner"},
    "/api/feeds/<id>": {"$ref": "#/components/schemas/Feed"},
}
"""What a rule takes by PUT and answers."""
ERROR = {"description": "An OperationOutcome that names each wrong member and the remedy."}
VERSION = "0.1.0"


def openapi(endpoints: Sequence[Endpoint]) -> dict[str, object]:
    """Return the OpenAPI document of these paths."""
    paths: dict[str, dict[str, object]] = {}
    for one in endpoints:
        path = ARGUMENT.sub(r"{\1}", one.rule)
        paths.setdefault(path, {})[one.method.lower()] = _operation(one)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Parity configuration", "version": VERSION},
        "paths": paths,
        "components": {
            "schemas": {name: described(schema()) for name, schema in SCHEMAS.items()},
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
        },
        "security": [{"bearer": []}],
    }


def _operation(endpoint: Endpoint) -> dict[str, object]:
    body = BODIES.get(endpoint.rule)
    content = {JSON: {"schema": body}} if body else {JSON: {"schema": {"type": "object"}}}
    done = "204" if endpoint.method == "DELETE" else "200"
    answer: dict[str, object] = {"description": "Done."}
    told: dict[str, object] = {
        "operationId": endpoint.run.__name__,
        "summary": (endpoint.run.__doc__ or "").split("\n")[0],
        "responses": {
            done: answer if done == "204" else answer | {"content": content},
            "4XX": ERROR,
        },
    }
    names = [*ARGUMENT.findall(endpoint.rule)]
    if names:
        told["parameters"] = [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in names
        ]
    if endpoint.method == "PUT":
        told["requestBody"] = {"required": True, "content": content}
    return told


def show_openapi(call: Call, runtime: Runtime) -> FhirResponse:
    """Return this description."""
    del call, runtime
    return FhirResponse(200, msgspec.json.encode(openapi(DESCRIBED)), media_type=JSON)


ENDPOINTS = (Endpoint("/api/openapi.json", "GET", (), show_openapi),)
DESCRIBED: tuple[Endpoint, ...] = (*PARTNERS, *FEEDS, *CODES, *ENDPOINTS)
