"""Delete: a tombstone as the last version (https://hl7.org/fhir/R4/http.html#delete).

History and old versions stay readable. Deleting what is deleted, or never was, answers 204 too.
"""

from fhir_server.interactions.etag import require_match
from fhir_server.interactions.match import Criteria, match_one
from fhir_server.model.resource import Version
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.outcome import BadRequest
from fhir_server.runtime import Runtime
from fhir_server.store.unit_of_work import UnitOfWork


def delete(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Delete the resource. Raises PreconditionFailed when If-Match does not hold."""
    type, id = request.instance
    if_match = request.headers.get("if-match")
    tombstone = runtime.store.transact(
        request.context, lambda work: remove(type, id, work, if_match=if_match)
    )
    return gone(tombstone)


def conditional_delete(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Delete the one resource the criteria match, if any.

    Raises MultipleMatches, BadRequest without criteria.
    """
    if not request.parameters:
        raise BadRequest("a delete without an id needs search criteria", detail="no-criteria")
    wanted = Criteria.of(request.subject, request.parameters, runtime)

    def action(work: UnitOfWork) -> Version | None:
        match = match_one(wanted, work)
        return None if match is None else remove(match.type, match.id, work)

    return gone(runtime.store.transact(request.context, action))


def remove(type: str, id: str, work: UnitOfWork, *, if_match: str | None = None) -> Version | None:
    """Delete a resource in a unit of work; return its tombstone, None when it never was."""
    current = work.lock(type, id)
    if if_match is not None:
        require_match(if_match, current)
    if current is None or current.deleted:
        return current
    return work.delete(current)


def gone(tombstone: Version | None) -> FhirResponse:
    """Return 204, with the version number of the deletion as ETag where there is one."""
    headers = {} if tombstone is None else {"ETag": tombstone.etag}
    return FhirResponse(204, headers=headers)
