"""Answers that show a part of each resource.

Source: https://hl7.org/fhir/R4/search.html#summary, #elements. The answer is cut once it is made,
so every interaction and operation does it alike.
"""

from dataclasses import replace
from typing import Final

from fhir_server.model.codec import ANSWER_DEPTH, decode, encode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import FhirResponse
from fhir_server.model.subset import Subset, Subsetter, tagged

FHIR_JSON: Final = "application/fhir+json"


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
