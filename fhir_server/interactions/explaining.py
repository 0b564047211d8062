"""A search explained instead of answered: `_explain=true`, or the resource it is asked about.

Ours, not of the standard. The answer is a Parameters resource.
"""

from fhir_server.model.codec import encode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.outcome import BadRequest
from fhir_server.search.explain import Explanation, Part

EXPLAIN = "_explain"


def asked_id(request: FhirRequest) -> str | None:
    """Return the id of the resource asked about. Raises BadRequest for one of another type."""
    values = [value for name, value in request.parameters if name == EXPLAIN]
    if len(values) != 1 or not values[0]:
        raise BadRequest(f"{EXPLAIN} takes true, an id or Type/id, once")
    if values[0] == "true":
        return None
    type, _, id = values[0].rpartition("/")
    if type and type != request.type and request.type is not None:
        raise BadRequest(f"{EXPLAIN}: the search is of {request.type}")
    return id


def explained(told: Explanation, id: str | None) -> FhirResponse:
    """Return the Parameters that tell an explanation."""
    parameters: list[JsonValue] = [
        {"name": "query", "valueString": told.told},
        {"name": "statement", "valueString": told.statement},
    ]
    parameters += [{"name": "step", "valueString": step} for step in told.steps]
    parameters += [{"name": "index", "valueString": index} for index in told.indexes]
    parameters += [_criterion(part) for part in told.parts]
    if id is not None:
        parameters.append(_resource(told, id))
    return FhirResponse(200, encode({"resourceType": "Parameters", "parameter": parameters}))


def _criterion(part: Part) -> JsonObject:
    count = "found" if part.exact else "found-at-least"
    told: list[JsonValue] = [
        {"name": "parameter", "valueString": part.name},
        {"name": "value", "valueString": part.value},
        {"name": count, "valueInteger": part.found},
    ]
    if part.meets is not None:
        told.append({"name": "meets", "valueBoolean": part.meets})
        told += [{"name": "held", "valueString": one} for one in part.held]
    return {"name": "criterion", "part": told}


def _resource(told: Explanation, id: str) -> JsonObject:
    """Return what is said of the resource asked about: nothing of one that is not seen."""
    seen = told.resource is not None
    parts: list[JsonValue] = [
        {"name": "id", "valueString": id},
        {"name": "visible", "valueBoolean": seen},
    ]
    if seen:
        parts.append({"name": "matches", "valueBoolean": told.matches})
    return {"name": "resource", "part": parts}
