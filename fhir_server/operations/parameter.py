"""The parameters of an operation: from its query or the Parameters in its body, and its answer's.

Source: https://hl7.org/fhir/R4/operations.html#request.
"""

from collections.abc import Mapping, Sequence

from fhir_server.model.codec import encode
from fhir_server.model.date import date_span
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import FhirRequest
from fhir_server.outcome import BadRequest, UnknownParameter


def read_parameters(request: FhirRequest, known: Sequence[str]) -> dict[str, str]:
    """Return the simple parameters of a request as texts. Raises BadRequest, UnknownParameter."""
    pairs = list(request.parameters)
    body = request.resource
    if body is not None:
        if body.get("resourceType") != "Parameters":
            raise BadRequest("the body of this operation is a Parameters resource")
        rows = body.get("parameter", [])
        pairs += [_pair(row) for row in (rows if isinstance(rows, list) else [None])]
    for name, _ in pairs:
        if name not in known:
            raise UnknownParameter(f"this operation knows {', '.join(known)} only")
    if len({name for name, _ in pairs}) < len(pairs):
        raise BadRequest("a parameter of this operation comes once")
    return dict(pairs)


def _pair(row: JsonValue) -> tuple[str, str]:
    members = row if isinstance(row, dict) else {}
    values = [value for key, value in members.items() if key.startswith("value")]
    name = members.get("name")
    if not isinstance(name, str) or len(values) != 1 or isinstance(values[0], dict | list):
        raise BadRequest("a parameter of this operation has a name and one simple value")
    value = values[0]
    return name, ("true" if value else "false") if isinstance(value, bool) else str(value)


def read_flag(parameters: Mapping[str, str], name: str) -> bool:
    """Return a boolean parameter, false without it. Raises BadRequest."""
    text = parameters.get(name, "false")
    if text not in ("true", "false"):
        raise BadRequest(f"{name} is true or false")
    return text == "true"


def read_moment(parameters: Mapping[str, str], name: str) -> int:
    """Return the first microsecond of a date, dateTime or instant. Raises BadRequest."""
    try:
        return date_span(parameters[name].replace(" ", "+")).low
    except (KeyError, ValueError):
        raise BadRequest(f"{name} is needed: a date, dateTime or instant") from None


def parameters_body(values: Sequence[tuple[str, str, JsonValue]]) -> bytes:
    """Return a Parameters resource of triples of name, member name and value."""
    rows: list[JsonValue] = [{"name": name, key: value} for name, key, value in values]
    resource: JsonObject = {"resourceType": "Parameters"}
    return encode(resource | {"parameter": rows} if rows else resource)
