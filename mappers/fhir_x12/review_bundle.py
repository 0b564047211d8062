"""The request Bundle of Da Vinci PAS: its claim, and what the claim refers to within the Bundle.

Source: https://hl7.org/fhir/R4/bundle.html#references: a reference is resolved against the fullUrl
of the entry it stands in. Afterwards every reference to an entry is `Type/id`.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from mappers.fhir_x12.problem import Problem
from mappers.fhir_x12.review_resolving import Resolver, keyed, server_of
from mappers.fhir_x12.review_shape import as_object, dangling, shape
from mappers.path import JsonObject


@dataclass(frozen=True, slots=True)
class Unbundled:
    """A claim and the resources of its Bundle by `Type/id`.

    `urls` are their fullUrls; `faults` keep the claim from being asked, `doubts` do not.
    """

    claim: JsonObject
    resources: Mapping[str, JsonObject]
    urls: Mapping[str, str]
    faults: tuple[Problem, ...]
    doubts: tuple[Problem, ...] = ()


def unbundled(bundle: JsonObject) -> Unbundled:
    """Take a request Bundle apart; whatever it is, an answer comes back."""
    listed = bundle.get("entry")
    entries = (
        [one if isinstance(one, dict) else {} for one in listed] if isinstance(listed, list) else []
    )
    found = keyed(entries)
    faults, doubts = list(shape(bundle, entries)), list[Problem]()
    resources: dict[str, JsonObject] = {}
    for index, entry in enumerate(entries):
        resource = entry.get("resource")
        if not isinstance(resource, dict) or index not in found.keys:
            continue
        base = server_of(entry.get("fullUrl"))
        place = f"Bundle.entry[{index}].resource"
        told = Resolver(found, base, place)
        resources[found.keys[index]] = as_object(told.resolved(resource, place))
        doubts += told.unresolved
    claim = resources.pop(found.keys.get(0, ""), {})
    faults += dangling(claim, resources)
    urls = {key: url for url, key in found.by_url.items()}
    is_fault = {one.path for one in faults}
    left = tuple(one for one in doubts if one.path not in is_fault)
    return Unbundled(claim, resources, urls, tuple(faults), left)
