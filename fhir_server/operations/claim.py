"""$x12, $submit, $scrub and $evidence of a claim: see, send, ask what is wrong, prove.

Our own operations; a Claim/$submit of the type level, which R4 defines, is another one.
"""

from base64 import b64encode

import msgspec

from fhir_server.billing.evidence import evidence
from fhir_server.billing.submission import scrubbed, shown, submit
from fhir_server.model.codec import encode
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.outcome import Issue, operation_outcome
from fhir_server.runtime import Runtime

EDI_X12 = "application/edi-x12"
NO_ISSUE = Issue("information", "informational", "nothing keeps the claim from being submitted")


def show_claim(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Return the interchange of a claim as it left, or as it would leave; nothing is changed.

    A Binary; the bare text when Accept names application/edi-x12. Raises NotFound, Gone, Invalid.
    """
    with runtime.store.read(request.context) as reader:
        data = shown(request.instance[1], reader, runtime)
    if EDI_X12 in request.headers.get("accept", "").lower():
        return FhirResponse(200, data, media_type=EDI_X12)
    binary: JsonObject = {
        "resourceType": "Binary",
        "contentType": EDI_X12,
        "data": b64encode(data).decode(),
    }
    return FhirResponse(200, encode(binary))


def submit_claim(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Make a claim ready to leave and return it in its new state.

    Raises NotFound, Gone; Conflict for a claim that was submitted; Invalid with every issue.
    """
    submitted = submit(request.instance[1], request.context, runtime)
    return FhirResponse(200, submitted.claim.body, submitted.claim)


def show_evidence(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Return the Bundle that leads from answered lines back to bytes, charges and encounters.

    Raises NotFound, Gone.
    """
    with runtime.store.read(request.context) as reader:
        bundle = evidence(request.instance[1], reader, runtime)
    return FhirResponse(200, encode(bundle))


def scrub_claim(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Return an OperationOutcome of what keeps a claim from being submitted, and of warnings."""
    with runtime.store.read(request.context) as reader:
        issues = scrubbed(request.instance[1], reader, runtime)
    outcome = operation_outcome(issues or (NO_ISSUE,))
    return FhirResponse(200, msgspec.json.encode(outcome))
