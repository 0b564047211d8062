"""$bill of an account: its charges become a claim."""

from typing import cast

from fhir_server.billing.charging import bill
from fhir_server.model.codec import encode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.outcome import operation_outcome
from fhir_server.runtime import Runtime


def bill_account(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Return the Claim of the account's charges, and what was noticed of them.

    Raises NotFound, Gone; Invalid where nothing is to be billed.
    """
    billed = bill(request.instance[1], request.context, runtime)
    parts: list[JsonValue] = [{"name": "return", "resource": billed.claim}]
    if billed.issues:
        # an outcome is built of text and lists alone, which its type does not say
        outcome = cast("JsonObject", operation_outcome(billed.issues))
        parts.append({"name": "issues", "resource": outcome})
    parameters: JsonObject = {"resourceType": "Parameters", "parameter": parts}
    return FhirResponse(200, encode(parameters))
