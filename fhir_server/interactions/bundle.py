"""Batch and transaction: many interactions in one request.

Source: https://hl7.org/fhir/R4/http.html#transaction. A transaction is all or nothing; the
entries of a batch stand alone and may fail alone.
"""

from fhir_server.interactions.batch import FindOperation, run_batch
from fhir_server.interactions.content import check_content, check_type
from fhir_server.interactions.entry import bundle_type
from fhir_server.interactions.preference import parse_preference
from fhir_server.interactions.table import Run
from fhir_server.interactions.transaction import execute
from fhir_server.model.codec import encode
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.runtime import Runtime


def bundle_runner(find: FindOperation) -> Run:
    """Return the interaction of batch and transaction; `find` knows the operations of a batch."""
    return lambda request, runtime: run_bundle(request, runtime, find)


def run_bundle(request: FhirRequest, runtime: Runtime, find: FindOperation) -> FhirResponse:
    """Return the response Bundle of a batch or transaction, its entries in the order sent."""
    bundle = check_type(request.resource, "Bundle")
    kind = bundle_type(bundle)
    check_content(bundle, runtime.validator, entries=False)
    preference = parse_preference(request.headers.get("prefer"))
    if kind == "batch":
        return FhirResponse(200, encode(run_batch(bundle, request, preference, runtime, find)))
    answer = runtime.store.transact(
        request.context,
        lambda work: execute(bundle, work, runtime, base=request.base, preference=preference),
    )
    return FhirResponse(200, encode(answer))
