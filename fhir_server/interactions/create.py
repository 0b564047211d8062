"""Create: a new resource under an id of the server (https://hl7.org/fhir/R4/http.html#create)."""

from collections.abc import Sequence

from fhir_server.interactions.content import check_content, check_type
from fhir_server.interactions.criteria import Criteria
from fhir_server.interactions.integrity import check_references
from fhir_server.interactions.match import match_one
from fhir_server.interactions.subset import PARAMETERS
from fhir_server.interactions.write import insert
from fhir_server.model.resource import JsonObject, Version
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.outcome import BadRequest
from fhir_server.runtime import Runtime
from fhir_server.security.principal import require
from fhir_server.store.unit_of_work import UnitOfWork


def create(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Store the body as a new resource; with If-None-Exist only when nothing matches.

    When one resource matches it is returned as it is with 200. Raises BadRequest for criteria in
    the URL, Invalid, MultipleMatches. Parallel creates with the same criteria are let in one after
    the other.
    """
    refuse_criteria(request.parameters)
    resource = check_type(request.resource, request.subject)
    check_content(resource, runtime.validator)
    criteria = request.headers.get("if-none-exist")
    if criteria is not None:
        return _create_once(resource, criteria, request, runtime)

    def action(work: UnitOfWork) -> Version:
        version = insert(resource, work)
        check_references([resource], work, runtime, request.base)
        return version

    return created(runtime.store.transact(request.context, action), request.base)


def refuse_criteria(parameters: Sequence[tuple[str, str]]) -> None:
    """Refuse search criteria in the URL of a create, where they would be no condition at all.

    Raises BadRequest.
    """
    if any(name not in PARAMETERS for name, _ in parameters):
        raise BadRequest(
            "the URL of a create takes no criteria: send them in If-None-Exist (in a Bundle "
            "request.ifNoneExist), or search by POST to _search",
            detail="criteria-in-create",
        )


def _create_once(
    resource: JsonObject, criteria: str, request: FhirRequest, runtime: Runtime
) -> FhirResponse:
    require(request.context, request.subject, "s")
    wanted = Criteria.parse(request.subject, criteria, runtime, request.context)

    def action(work: UnitOfWork) -> FhirResponse:
        work.claim(wanted.key)
        match = match_one(wanted, work)
        if match is None:
            version = insert(resource, work)
            check_references([resource], work, runtime, request.base)
            return created(version, request.base)
        return FhirResponse(200, match.body, match, location(match, request.base))

    return runtime.store.transact(request.context, action)


def created(version: Version, base: str) -> FhirResponse:
    """Return the answer to a write that made a resource."""
    return FhirResponse(201, version.body, version, location(version, base))


def location(version: Version, base: str) -> str:
    """Return the absolute URL of a version."""
    return f"{base}/{version.reference}/_history/{version.number}"
