"""$hold, $release, $void, $appeal and $close of a claim: a person's decisions, each recorded."""

from collections.abc import Callable, Mapping

from fhir_server.billing.state import Event
from fhir_server.billing.step import take_step
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.operations.inputs import read_inputs
from fhir_server.runtime import Runtime

MOST_WORDS = 500


def step(event: Event) -> Callable[[FhirRequest, Runtime], FhirResponse]:
    """Return the operation that moves a claim by an event."""

    def run(request: FhirRequest, runtime: Runtime) -> FhirResponse:
        reason = (read_inputs(request, ("reason",)).text("reason") or "")[:MOST_WORDS]
        moved = take_step(request.instance[1], event, reason, request.context, runtime)
        return FhirResponse(200, moved.body, moved)

    return run


STEPS: Mapping[str, Callable[[FhirRequest, Runtime], FhirResponse]] = {
    "hold": step("hold"),
    "release": step("release"),
    "void": step("void"),
    "appeal": step("appeal"),
    "close": step("close"),
}
