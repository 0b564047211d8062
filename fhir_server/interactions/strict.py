"""Strict handling of parameters that mean nothing where they are.

Source: https://hl7.org/fhir/R4/search.html#errors. A write by id with criteria is a condition to
whoever sends it, and would be carried out without one.
"""

from collections.abc import Callable, Sequence

from fhir_server.interactions.preference import parse_preference
from fhir_server.interactions.subset import PARAMETERS
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.outcome import UnknownParameter
from fhir_server.runtime import Runtime

Run = Callable[[FhirRequest, Runtime], FhirResponse]
BY_ID = ("PUT", "PATCH", "DELETE")
TAKEN = (*PARAMETERS, "_format", "_pretty")


def by_id(run: Run) -> Run:
    """Return a write by id that raises UnknownParameter for others, unless handling is lenient."""

    def strictly(request: FhirRequest, runtime: Runtime) -> FhirResponse:
        if not parse_preference(request.headers.get("prefer")).is_lenient:
            refuse_unused(request.parameters)
        return run(request, runtime)

    return strictly


def refuse_unused(parameters: Sequence[tuple[str, str]]) -> None:
    """Refuse parameters that a write by id does not take. Raises UnknownParameter."""
    if any(name not in TAKEN for name, _ in parameters):
        raise UnknownParameter(
            "a write by id takes no search parameters: send conditions in If-Match, or criteria "
            "without an id; Prefer: handling=lenient goes on without them"
        )
