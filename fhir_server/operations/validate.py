"""$validate: what the server would say to a resource, without storing it.

Source: https://hl7.org/fhir/R4/resource-operation-validate.html. The answer is 200 with an
OperationOutcome whether the resource is good or bad. Structure, cardinality, types, formats,
required bindings and narrative are judged; of profiles, those of R4's own resource types are
known, and for any other the answer says that it is not.
"""

from collections.abc import Iterator
from dataclasses import replace

import msgspec

from fhir_server.interactions.read import found
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.operations.inputs import read_inputs
from fhir_server.outcome import BadRequest, FhirError, Issue, operation_outcome
from fhir_server.runtime import Runtime

MODES = ("create", "update", "delete", "profile")
BASE = "http://hl7.org/fhir/StructureDefinition/"
VERSION = "4.0.1"
UNKNOWN = "unknown-profile"
GOOD = Issue("information", "informational", "no issue was found")


def validate(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Return an OperationOutcome of every issue found.

    The resource is the body, or the parameter `resource`; of an instance without either it is the
    stored one. Raises BadRequest when there is none, for an unknown mode; NotFound, Gone.
    """
    resource, mode, profile = _asked(request, runtime)
    if mode is not None and mode not in MODES:
        raise BadRequest(f"mode takes {', '.join(MODES)}", detail="bad-parameter")
    if mode in ("update", "delete") and request.id is None:
        raise BadRequest(f"mode {mode} is for an instance", detail="bad-parameter")
    issues = [] if mode == "delete" else list(_judged(resource, request, runtime, profile))
    if mode in ("update", "delete"):
        issues += _state(request, runtime, mode)
    if mode == "update" and resource is not None and resource.get("id") != request.id:
        text = f"{request.type}.id must be there and equal the id in the URL"
        issues.append(Issue("error", "invalid", text, f"{request.type}.id", "id-mismatch"))
    return FhirResponse(200, msgspec.json.encode(operation_outcome(issues or [GOOD])))


def _asked(
    request: FhirRequest, runtime: Runtime
) -> tuple[JsonObject | None, str | None, str | None]:
    """Return the resource to be judged, the mode and the profile."""
    body = request.resource
    if body is not None and body.get("resourceType") != "Parameters":
        inputs = read_inputs(replace(request, resource=None), ("mode", "profile"))
        return body, inputs.text("mode"), inputs.text("profile")
    inputs = read_inputs(request, ("mode", "profile", "resource"))
    resource, mode = inputs.object("resource"), inputs.text("mode")
    if resource is None and request.id is not None and mode != "delete":
        with runtime.store.read(request.context) as reader:
            type, id = request.instance
            resource = decode(found(reader.current(type, id), f"{type}/{id}").body)
    if resource is None and mode != "delete":
        raise BadRequest("no resource to be validated was given", detail="no-body")
    return resource, mode, inputs.text("profile")


def _judged(
    resource: JsonObject | None, request: FhirRequest, runtime: Runtime, profile: str | None
) -> Iterator[Issue]:
    if resource is None:
        return
    name = resource.get("resourceType")
    if request.type is not None and name != request.type:
        text = f"the resource is not a {request.type}, which the URL names"
        yield Issue("error", "invalid", text, "resourceType", "type-mismatch")
    yield from runtime.validator.check(resource)
    fault = _fault(profile, name)
    if fault is not None:
        yield Issue("error", "not-found", f"the profile asked for {fault}", None, UNKNOWN)
    meta = resource.get("meta")
    claimed = meta.get("profile") if isinstance(meta, dict) else None
    for index, one in enumerate(claimed if isinstance(claimed, list) else ()):
        fault = _fault(one, name)
        if fault is not None and isinstance(name, str):
            place = f"{name}.meta.profile[{index}]"
            yield Issue("warning", "not-found", f"{place}: the profile {fault}", place, UNKNOWN)


def _fault(profile: JsonValue, name: JsonValue) -> str | None:
    """Return why a resource is not judged by a profile; None for the one of its type in R4."""
    if profile is None:
        return None
    url, _, version = str(profile).partition("|")
    if url != f"{BASE}{name}":
        return "is not known here; nothing was judged by it"
    if version not in ("", VERSION):
        return f"is known here in version {VERSION} only; nothing was judged by another"
    return None


def _state(request: FhirRequest, runtime: Runtime, mode: str) -> Iterator[Issue]:
    """Yield what the state of the server has against an update or a deletion."""
    type, id = request.instance
    with runtime.store.read(request.context) as reader:
        current = reader.current(type, id)
    if mode == "update" and current is None and runtime.settings.update_create:
        return
    try:
        if mode == "delete" or current is None:
            found(current, f"{type}/{id}")
    except FhirError as error:
        yield from error.issues
