"""Patch: a change to the current version (https://hl7.org/fhir/R4/http.html#patch).

A change that leaves the resource as it is makes no version. A change whose result breaks the
definition is refused as a whole.
"""

from fhir_server.interactions.content import check_content, check_whole
from fhir_server.interactions.criteria import Criteria
from fhir_server.interactions.etag import check_match
from fhir_server.interactions.integrity import check_references
from fhir_server.interactions.maintained import with_maintained
from fhir_server.interactions.match import match_one
from fhir_server.interactions.patch_format import Change, read_change
from fhir_server.interactions.read import found
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, Version
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.outcome import BadRequest, Invalid, NotFound
from fhir_server.runtime import Runtime
from fhir_server.store.unit_of_work import UnitOfWork


def patch(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Store the changed resource as the next version.

    Raises UnsupportedMedia, NotFound, Gone, PreconditionFailed, BadRequest for a patch that is
    none, Invalid for one that cannot be carried out or whose result breaks the definition.
    """
    type, id = request.instance
    change = read_change(request.body, request.headers.get("content-type"), runtime.definitions)
    version = runtime.store.transact(
        request.context, lambda work: _patch(type, id, change, work, request, runtime)
    )
    return FhirResponse(200, version.body, version)


def conditional_patch(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Store the changed form of the one resource the criteria match.

    Raises as `patch` does; NotFound without a match, MultipleMatches, BadRequest without criteria.
    """
    if not request.parameters:
        raise BadRequest("a patch without an id needs search criteria", detail="no-criteria")
    change = read_change(request.body, request.headers.get("content-type"), runtime.definitions)
    wanted = Criteria.of(request.subject, request.parameters, runtime, request.context)

    def action(work: UnitOfWork) -> Version:
        match = match_one(wanted, work)
        if match is None:
            raise NotFound(f"no {request.subject} matches the criteria", detail="no-match")
        return _patch(match.type, match.id, change, work, request, runtime)

    version = runtime.store.transact(request.context, action)
    return FhirResponse(200, version.body, version)


def _patch(
    type: str, id: str, change: Change, work: UnitOfWork, request: FhirRequest, runtime: Runtime
) -> Version:
    current = work.replaceable(type, id)
    check_match(request.headers.get("if-match"), current, runtime.settings)
    version = found(current, f"{type}/{id}")
    resource = patched(version, change)
    check_content(resource, runtime.validator)
    written = work.update(version, with_maintained(resource, version))
    check_references([resource], work, runtime, request.base)
    return written


def patched(current: Version, change: Change) -> JsonObject:
    """Return what a change makes of the current version.

    Raises Invalid for another resource or a part of one.
    """
    resource = change(decode(current.body))
    for name, value in (("resourceType", current.type), ("id", current.id)):
        if resource.get(name) != value:
            raise Invalid(
                f"a patch cannot change {current.type}.{name}",
                expression=f"{current.type}.{name}",
                detail="id-mismatch",
            )
    check_whole(resource)
    return resource
