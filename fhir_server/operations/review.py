"""Claim/$submit and Claim/$inquire of the type level: prior authorization in Da Vinci PAS shape.

Source: https://hl7.org/fhir/us/davinci-pas/. The body is the request Bundle, or a Parameters with
it as `resource`; the answer is the response Bundle.
"""

from collections.abc import Callable

from fhir_server.billing.review import inquire_review, submit_review
from fhir_server.model.codec import encode
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import Context, FhirRequest, FhirResponse
from fhir_server.operations.inputs import read_inputs
from fhir_server.outcome import BadRequest
from fhir_server.runtime import Runtime

Ask = Callable[[JsonObject, str, Context, Runtime], JsonObject]


def submit(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Ask the payer for a prior authorization. Raises BadRequest, Invalid, Unavailable."""
    return _answered(request, runtime, submit_review)


def inquire(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Ask the payer what became of one. Raises BadRequest, Invalid, Unavailable."""
    return _answered(request, runtime, inquire_review)


def _answered(request: FhirRequest, runtime: Runtime, ask: Ask) -> FhirResponse:
    bundle = ask(_bundle(request), request.base, request.context, runtime)
    return FhirResponse(200, encode(bundle))


def _bundle(request: FhirRequest) -> JsonObject:
    body = request.resource
    if body is not None and body.get("resourceType") == "Parameters":
        body = read_inputs(request, ("resource",)).object("resource")
    if body is None or body.get("resourceType") != "Bundle":
        raise BadRequest("the body must be a Bundle", expression="Bundle", detail="no-body")
    return body
