"""$status of claims: ask the payer where they stand."""

from fhir_server.billing.status import ask_status, send_status_questions
from fhir_server.model.codec import decode, encode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.operations.inputs import read_inputs
from fhir_server.outcome import BadRequest
from fhir_server.runtime import Runtime


def claim_status(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Ask the payer for the status of a claim now and return the Task that holds the answer.

    Raises NotFound, Gone, Invalid with every issue; NotReached, NoAnswer, NotTrusted, NotTaken.
    """
    read_inputs(request, ())
    version = ask_status(request.instance[1], request.context, runtime)
    return FhirResponse(200, version.body, version)


def claims_status(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Ask for many claims in one file for each payer; the Tasks are requested until they come."""
    inputs = read_inputs(request, ("claim",))
    ids = [one.rpartition("/")[2] for one in inputs.texts("claim")]
    if not ids:
        raise BadRequest("claim is needed: the claims to ask for", detail="bad-parameter")
    versions = send_status_questions(ids, request.context, runtime)
    entries: list[JsonValue] = [{"resource": decode(one.body)} for one in versions]
    bundle: JsonObject = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    return FhirResponse(200, encode(bundle))
