"""X12 over HTTP: POST /x12 takes in a file of interchanges; its exchange can be read again."""

from fhir_server.billing import STEPS
from fhir_server.http.endpoint import Call, Endpoint
from fhir_server.http.exchange import answered, shows
from fhir_server.http.negotiate import EDI_X12, check_body_type
from fhir_server.intake.x12 import receive
from fhir_server.model.rest import FhirResponse
from fhir_server.runtime import Runtime

BODY_TYPES = (EDI_X12, "application/edi-consent", "text/plain", "application/octet-stream")
POSTING = (("Claim", "u"), ("ClaimResponse", "cu"), ("PaymentReconciliation", "cu"))
READING = (("Claim", "r"), ("ClaimResponse", "r"), ("PaymentReconciliation", "r"))


def post_x12(call: Call, runtime: Runtime) -> FhirResponse:
    """Take in a file and answer 200 with its TA1 or 999 and the Location of the exchange.

    The body is empty for an acknowledgment, which is not acknowledged. A file that cannot be
    used is kept and set aside: the acknowledgment says so, and the findings of the exchange.
    Raises UnsupportedMedia, Unavailable.
    """
    check_body_type(call.http.headers.get("content-type"), BODY_TYPES)
    taken = receive(call.http.body, "POST /x12", runtime, call.context, STEPS)
    return answered(taken, f"{call.http.base}/x12", EDI_X12)


ENDPOINTS = (
    Endpoint("/x12", "POST", POSTING, post_x12),
    Endpoint("/x12/exchanges/<id>", "GET", READING, shows("x12", EDI_X12)),
)
