"""Delete: a tombstone as the last version (https://hl7.org/fhir/R4/http.html#delete).

History and old versions stay readable. Deleting what is deleted, or never was, answers 204 too.
"""

from collections.abc import Sequence

from fhir_server.interactions.criteria import Criteria
from fhir_server.interactions.etag import check_match
from fhir_server.interactions.integrity import check_unreferenced
from fhir_server.interactions.match import matches, sole
from fhir_server.interactions.report import informed
from fhir_server.model.resource import Version
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.outcome import BadRequest, PreconditionFailed
from fhir_server.runtime import Runtime
from fhir_server.settings import Settings
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork
from fhir_server.store.write import Delete


def delete(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Delete the resource.

    Raises PreconditionFailed when If-Match does not hold, Conflict when it is referred to and the
    settings forbid that.
    """
    type, id = request.instance
    if_match = request.headers.get("if-match")

    def action(work: UnitOfWork) -> Version | None:
        tombstone = remove(type, id, work, runtime, if_match=if_match)
        check_unreferenced([(type, id)], work, runtime)
        return tombstone

    return gone(runtime.store.transact(request.context, action))


def conditional_delete(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Delete what the criteria match: one resource, or all where the settings allow it.

    Of several the number deleted is told, in an OperationOutcome. Raises MultipleMatches,
    PreconditionFailed above the limit, BadRequest without criteria, Conflict as `delete` does.
    """
    if not request.parameters:
        raise BadRequest("a delete without an id needs search criteria", detail="no-criteria")
    wanted = Criteria.of(request.subject, request.parameters, runtime, request.context)
    if_match = request.headers.get("if-match")

    def action(work: UnitOfWork) -> Sequence[Version]:
        found = doomed(wanted, work, runtime.settings)
        held = work.lock_many([(one.type, one.id) for one in found])
        for one in held.values():
            check_match(if_match, one, runtime.settings)
        tombstones = work.apply([Delete(one) for one in held.values() if not one.deleted])
        check_unreferenced([(one.type, one.id) for one in tombstones], work, runtime)
        return tombstones

    return all_gone(runtime.store.transact(request.context, action))


def doomed(wanted: Criteria, reader: Reader, settings: Settings) -> Sequence[Version]:
    """Return what the criteria of a deletion match. Raises MultipleMatches, PreconditionFailed."""
    if settings.conditional_delete == "single":
        match = sole(matches(wanted, reader))
        return [] if match is None else [match]
    limit = settings.conditional_delete_limit
    found = matches(wanted, reader, limit=limit + 1)
    if len(found) > limit:
        raise PreconditionFailed(
            f"the criteria match more than {limit} resources, the most one request deletes",
            detail="too-many-matches",
        )
    return found


def remove(
    type: str, id: str, work: UnitOfWork, runtime: Runtime, *, if_match: str | None = None
) -> Version | None:
    """Delete a resource in a unit of work; return its tombstone, None when it never was."""
    current = work.replaceable(type, id)
    check_match(if_match, current, runtime.settings)
    if current is None or current.deleted:
        return current
    return work.delete(current)


def all_gone(tombstones: Sequence[Version]) -> FhirResponse:
    """Return the answer to a deletion by criteria; of several it tells how many they were."""
    if len(tombstones) > 1:
        text = f"{len(tombstones)} {tombstones[0].type} resources were deleted"
        return FhirResponse(200, informed(text))
    return gone(tombstones[0] if tombstones else None)


def gone(tombstone: Version | None) -> FhirResponse:
    """Return 204, with the version number of the deletion as ETag where there is one."""
    headers = {} if tombstone is None else {"ETag": tombstone.etag}
    return FhirResponse(204, headers=headers)
