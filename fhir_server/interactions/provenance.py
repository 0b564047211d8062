"""X-Provenance: a Provenance stored in the commit of what it tells about.

Source: https://hl7.org/fhir/R4/provenance.html#header. The server fills in the targets: the
versions the request wrote.
"""

from fhir_server.interactions.content import check_content, check_type
from fhir_server.interactions.write import insert
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.outcome import BadRequest, Invalid, Malformed
from fhir_server.runtime import Runtime
from fhir_server.security.principal import require
from fhir_server.store.unit_of_work import UnitOfWork

HEADER = "x-provenance"
PLACEHOLDER: JsonValue = [{"display": "what the request writes"}]
BAD = "bad-provenance"


def read_provenance(request: FhirRequest, runtime: Runtime) -> JsonObject | None:
    """Return the Provenance in the header, without targets; None without the header.

    Raises BadRequest for one that is not valid, Forbidden without the scope to create one.
    """
    text = request.headers.get(HEADER)
    if text is None:
        return None
    require(request.context, "Provenance", "c")
    try:
        # a header comes as Latin-1, whatever its bytes mean
        resource = without_target(check_type(decode(text.encode("latin-1")), "Provenance"))
        check_content(resource | {"target": PLACEHOLDER}, runtime.validator)
    except (BadRequest, Invalid, Malformed, UnicodeEncodeError) as error:
        raise BadRequest(f"X-Provenance is not a valid Provenance: {error}", detail=BAD) from None
    return resource


def without_target(resource: JsonObject) -> JsonObject:
    """Return the Provenance as it came. Raises BadRequest for one that has targets."""
    if "target" in resource:
        raise BadRequest("Provenance.target is filled in by the server")
    return resource


def record(provenance: JsonObject, answer: FhirResponse, work: UnitOfWork) -> None:
    """Store the Provenance of what a unit of work wrote; a write of nothing has none."""
    written = list(dict.fromkeys(work.written))
    if not written and answer.version is not None and answer.status == 201:
        written = [(answer.version.type, answer.version.id, answer.version.number)]
    if not written:
        return
    targets: list[JsonValue] = [
        {"reference": f"{type}/{id}/_history/{number}"} for type, id, number in written
    ]
    insert(provenance | {"target": targets}, work)
