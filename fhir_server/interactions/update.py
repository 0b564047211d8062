"""Update: a new version under a known id (https://hl7.org/fhir/R4/http.html#update, #cond-update).

An update that changes nothing makes no version and answers 200 with the current one.
"""

from collections.abc import Callable
from typing import TypedDict

from fhir_server.interactions.content import check_content, check_id, check_type
from fhir_server.interactions.create import created
from fhir_server.interactions.criteria import Criteria
from fhir_server.interactions.etag import check_match
from fhir_server.interactions.integrity import check_references
from fhir_server.interactions.match import match_one
from fhir_server.interactions.write import Written, insert, replace
from fhir_server.model.resource import JsonObject, Version
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.outcome import BadRequest, Conflict
from fhir_server.runtime import Runtime
from fhir_server.security.principal import require
from fhir_server.store.unit_of_work import UnitOfWork


class WriteConditions(TypedDict):
    """The headers an update holds to."""

    if_match: str | None
    if_none_match: str | None


def update(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Store the body as the next version, or as the first where the id is free.

    Raises BadRequest for an id that differs, PreconditionFailed when If-Match does not hold.
    """
    type, id = request.instance
    resource = check_type(request.resource, type)
    check_id(resource, id)
    check_content(resource, runtime.validator)
    conditions = write_conditions(request)

    def action(work: UnitOfWork) -> Written:
        written = replace(resource, work, runtime.settings, **conditions)
        if written.is_new:
            require(request.context, type, "c")
        check_references([resource], work, runtime, request.base)
        return written

    return answer(_until_settled(action, request, runtime), request.base)


def _until_settled(
    action: Callable[[UnitOfWork], Written], request: FhirRequest, runtime: Runtime
) -> Written:
    """Run the action; when the id was taken meanwhile, run it again and find the resource."""
    try:
        return runtime.store.transact(request.context, action)
    except Conflict:
        return runtime.store.transact(request.context, action)


def conditional_update(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Store the body as the next version of the one resource the criteria match, or as a new one.

    Raises MultipleMatches; BadRequest without criteria or when the body has another id; Conflict
    when it has the id of a resource that does not match.
    """
    resource = check_type(request.resource, request.subject)
    if not request.parameters:
        raise BadRequest("an update without an id needs search criteria", detail="no-criteria")
    wanted = Criteria.of(request.subject, request.parameters, runtime, request.context)
    check_content(resource, runtime.validator)
    conditions = write_conditions(request)

    def action(work: UnitOfWork) -> Written:
        work.claim(wanted.key)
        match = match_one(wanted, work)
        target = settle_id(resource, match)
        if "id" in target:
            if match is None:
                check_free(work.lock(request.subject, str(target["id"])))
            written = replace(target, work, runtime.settings, **conditions)
        else:
            check_match(conditions["if_match"], None, runtime.settings)
            written = Written(insert(target, work), is_new=True)
        if written.is_new:
            require(request.context, request.subject, "c")
        check_references([resource], work, runtime, request.base)
        return written

    return answer(runtime.store.transact(request.context, action), request.base)


def write_conditions(request: FhirRequest) -> WriteConditions:
    """Return the conditional headers of an update."""
    return {
        "if_match": request.headers.get("if-match"),
        "if_none_match": request.headers.get("if-none-match"),
    }


def settle_id(resource: JsonObject, match: Version | None) -> JsonObject:
    """Return the resource with the id of its match. Raises BadRequest when it has another."""
    if match is None:
        return resource
    if resource.get("id", match.id) != match.id:
        name = resource["resourceType"]
        raise BadRequest(
            f"{name}.id is not the id of the resource the criteria match",
            expression=f"{name}.id",
            detail="id-mismatch",
        )
    return resource | {"id": match.id}


def check_free(current: Version | None) -> None:
    """Refuse to replace a resource that the criteria of the update do not match. Raises Conflict.

    Source: https://hl7.org/fhir/R5/http.html#cond-update, which says what R4 leaves open.
    """
    if current is not None and not current.deleted:
        raise Conflict(
            f"{current.reference} is there, and the criteria do not match it", detail="no-match"
        )


def answer(written: Written, base: str) -> FhirResponse:
    """Return 201 for a resource that is new (or back from deletion), else 200."""
    if written.is_new:
        return created(written.version, base)
    return FhirResponse(200, written.version.body, written.version)
