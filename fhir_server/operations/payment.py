"""$link of an unmatched payment, $post of a stranger's, and $eob: what stands of a claim."""

from fhir_server.billing.gathering import read_claim
from fhir_server.billing.linking import link_payment, responses_of
from fhir_server.billing.stranger import let_in
from fhir_server.model.codec import encode
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.operations.inputs import read_inputs
from fhir_server.outcome import BadRequest, NotFound
from fhir_server.runtime import Runtime
from mappers.fhir_x12.explanation import explanation


def link(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Link an unmatched payment to the claim a person names.

    Raises NotFound, Gone, Conflict; BadRequest without a claim.
    """
    claim = read_inputs(request, ("claim",)).text("claim")
    if not claim:
        raise BadRequest("claim is needed: Claim/id", detail="bad-parameter")
    id = claim.rpartition("/")[2]
    version = link_payment(request.instance[1], id, request.context, runtime)
    return FhirResponse(200, version.body, version)


def post_remittance(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Let a remittance of an unknown sender be posted; the worker does it.

    Raises NotFound; Conflict for one that does not wait for this.
    """
    version = let_in(request.instance[1], request.context, runtime)
    return FhirResponse(202, version.body, version)


def show_explanation(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Return the ExplanationOfBenefit of a claim as its remittances stand; nothing is stored.

    Raises NotFound, also where no remittance has come; Gone.
    """
    id = request.instance[1]
    with runtime.store.read(request.context) as reader:
        claim = read_claim(id, reader)
        responses = responses_of(id, reader, runtime)
    tree = explanation(claim, responses, runtime.clock().isoformat())
    if tree is None:
        raise NotFound(f"no remittance has come for Claim/{id}")
    return FhirResponse(200, encode(tree))
