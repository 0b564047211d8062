"""HL7 v2 over HTTP: POST /v2 takes in a message as MLLP does; its exchange can be read again."""

from fhir_server.http.endpoint import Call, Endpoint
from fhir_server.http.exchange import answered, shows
from fhir_server.http.negotiate import HL7_V2, check_body_type
from fhir_server.intake.v2 import receive
from fhir_server.model.rest import FhirResponse
from fhir_server.runtime import Runtime

BODY_TYPES = (HL7_V2, "x-application/hl7-v2+er7")


def post_v2(call: Call, runtime: Runtime) -> FhirResponse:
    """Take in a message and answer 200 with its acknowledgment, also one that refuses it.

    The answer has the media type of the message and the Location of the exchange; its body is
    empty when the sender wants no acknowledgment. Raises UnsupportedMedia, Unavailable.
    """
    sent = call.http.headers.get("content-type")
    check_body_type(sent, BODY_TYPES)
    taken = receive(call.http.body, runtime, call.context, peer="POST /v2")
    media_type = (sent or HL7_V2).partition(";")[0].strip().lower()
    return answered(taken, f"{call.http.base}/v2", media_type)


ENDPOINTS = (
    Endpoint("/v2", "POST", (("*", "cruds"),), post_v2),
    Endpoint("/v2/exchanges/<id>", "GET", (("*", "r"),), shows("v2", HL7_V2)),
)
