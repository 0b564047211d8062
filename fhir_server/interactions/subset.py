"""`_summary` and `_elements`: answers that show a part of each resource.

Source: https://hl7.org/fhir/R4/search.html#summary, #elements. The parameters are read here and
the answer is cut here, so every interaction and operation takes them alike.
"""

from dataclasses import replace
from typing import Final

from fhir_server.model.codec import ANSWER_DEPTH, decode, encode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import FhirResponse
from fhir_server.model.subset import Kind, Subset, Subsetter, spellings, tagged
from fhir_server.outcome import BadRequest
from profiles.loader import Definitions

PARAMETERS: Final = ("_summary", "_elements")
KINDS: Final[dict[str, Kind]] = {"true": "true", "text": "text", "data": "data"}
UNUSED: Final = ("false", "count", "")
MAX_NAMES: Final = 200
FHIR_JSON: Final = "application/fhir+json"
Pairs = tuple[tuple[str, str], ...]


def read_subset(
    parameters: Pairs, type: str | None, definitions: Definitions, *, counts: bool
) -> Subset | None:
    """Return the part the parameters ask for, None for whole resources.

    `type` is the resource type in the URL, `counts` whether `_summary=count` can be answered.
    Raises BadRequest for an unknown value or element, for both parameters at once, and for
    `_summary=text` with includes, which R4 forbids.
    """
    given = [pair for pair in parameters if pair[0] in PARAMETERS]
    if not given:
        return None
    values = dict(given)
    if len(values) < len(given):
        raise BadRequest("_summary and _elements may be given once", detail="bad-parameter")
    summary, elements = values.get("_summary"), values.get("_elements")
    kind = _kind(summary, counts=counts)
    if elements is None:
        if kind == "text" and any(
            name.startswith(("_include", "_revinc")) for name, _ in parameters
        ):
            raise BadRequest("_summary=text allows no _include or _revinclude")
        return Subset(kind) if kind else None
    if kind is not None or summary == "count":
        raise BadRequest("_summary and _elements exclude each other", detail="bad-parameter")
    names = [name.strip() for name in elements.split(",") if name.strip()]
    if not names or len(names) > MAX_NAMES:
        raise BadRequest("_elements takes 1 to 200 names of elements", detail="bad-parameter")
    return Subset("elements", frozenset(_named(name, type, definitions) for name in names))


def _kind(summary: str | None, *, counts: bool) -> Kind | None:
    if summary == "count" and not counts:
        raise BadRequest("_summary=count is for searches", detail="bad-parameter")
    if summary is None or summary in UNUSED:
        return None
    if summary not in KINDS:
        raise BadRequest("_summary takes true, text, data, count or false", detail="bad-parameter")
    return KINDS[summary]


def _named(name: str, type: str | None, definitions: Definitions) -> tuple[str, str]:
    """Return type and element of `name`, `Type.name`; a bare name is of the type in the URL."""
    of, dot, element = name.partition(".")
    if not dot:
        of, element = type or "", name
    elif not definitions.is_resource_type(of):
        raise BadRequest("_elements takes names of top elements, or Type.element")
    types = [of] if of else definitions.resource_types
    if not any(
        element in spellings(one) for each in types for one in definitions.type(each).elements
    ):
        where = of or "resource"
        raise BadRequest(f"_elements: no {where} has such an element", detail="unknown-element")
    return of, element


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
