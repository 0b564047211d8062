"""Answers that show a part of each resource.

Source: https://hl7.org/fhir/R4/search.html#summary, #elements. The answer is cut once it is made,
so every interaction and operation does it alike.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from fhir_server.interactions.subset import read_subset
from fhir_server.model.codec import ANSWER_DEPTH, decode, encode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.model.subset import Subset, Subsetter, tagged
from fhir_server.runtime import Runtime

FHIR_JSON: Final = "application/fhir+json"


def run_cut(
    run: Callable[[FhirRequest, Runtime], FhirResponse],
    request: FhirRequest,
    runtime: Runtime,
    *,
    counts: bool = False,
) -> FhirResponse:
    """Answer a request, and cut the answer as its parameters ask; raises as `read_subset` does.

    `counts` tells a search, which can answer with a count alone.
    """
    subset = read_subset(request.parameters, request.type, runtime.definitions, counts=counts)
    return cut_answer(run(request, runtime), subset, runtime.subsetter)


def cut_answer(answer: FhirResponse, subset: Subset | None, subsetter: Subsetter) -> FhirResponse:
    """Return an answer with each resource cut; errors and what is not FHIR stay as they are."""
    if subset is None or not answer.body or answer.media_type != FHIR_JSON:
        return answer
    resource = decode(answer.body, max_depth=ANSWER_DEPTH)
    return replace(answer, body=encode(cut_resource(resource, subset, subsetter)))


def cut_resource(resource: JsonObject, subset: Subset, subsetter: Subsetter) -> JsonObject:
    """Return a resource cut; of a Bundle each entry is."""
    if resource.get("resourceType") != "Bundle":
        return subsetter.cut(resource, subset)
    entries = resource.get("entry")
    if not isinstance(entries, list):
        return resource
    cut: list[JsonValue] = [_cut_entry(entry, subset, subsetter) for entry in entries]
    made = resource | {"entry": cut}
    return tagged(made) if "id" in resource else made


def _cut_entry(entry: JsonValue, subset: Subset, subsetter: Subsetter) -> JsonValue:
    if not isinstance(entry, dict):
        return entry
    inner = entry.get("resource")
    if not isinstance(inner, dict):
        return entry
    return entry | {"resource": cut_resource(inner, subset, subsetter)}
