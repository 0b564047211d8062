"""What a request Bundle and its claim must have before anybody can be asked."""

from collections.abc import Iterator, Mapping, Sequence

from mappers.fhir_x12.problem import Problem
from mappers.path import JsonObject, JsonValue

CLAIM = "Bundle.entry[0].resource"
"""Where the claim stands."""


NEEDED = ("patient", "insurer", "provider")
"""References without which there is nothing to ask and nobody to ask."""


def as_object(value: JsonValue) -> JsonObject:
    """Return the value where it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def shape(bundle: JsonObject, entries: Sequence[JsonObject]) -> Iterator[Problem]:
    """Yield what the Bundle itself lacks by its profile."""
    if bundle.get("type") != "collection":
        yield Problem("bad-value", "Bundle.type", "", "must be collection")
    for name, place in (("identifier", "BHT03"), ("timestamp", "BHT04")):
        if not bundle.get(name):
            yield Problem("missing", f"Bundle.{name}", place, "is missing")
    if not entries:
        yield Problem("missing", "Bundle.entry", "", "the Bundle is empty")
    for index, entry in enumerate(entries):
        path = f"Bundle.entry[{index}]"
        for name in ("fullUrl", "resource"):
            if not entry.get(name):
                yield Problem("missing", f"{path}.{name}", "", "is missing")
        for name in ("search", "request", "response"):
            if name in entry:
                yield Problem("bad-value", f"{path}.{name}", "", "has no place in this Bundle")
        resource = entry.get("resource")
        kind = resource.get("resourceType") if isinstance(resource, dict) else None
        if (kind == "Claim") != (index == 0):
            expected = "the first entry must be the Claim, and the only one"
            yield Problem("bad-value", f"{path}.resource", "", expected)


def dangling(claim: JsonObject, resources: Mapping[str, JsonObject]) -> Iterator[Problem]:
    """Yield what the claim itself must be and must refer to."""
    if not claim:
        return
    if claim.get("use") != "preauthorization":
        yield Problem("bad-value", f"{CLAIM}.use", "", "must be preauthorization")
    if claim.get("status") != "active":
        yield Problem("bad-value", f"{CLAIM}.status", "", "must be active")
    if not claim.get("item"):
        yield Problem("missing", f"{CLAIM}.item", "2000F", "is missing")
    held = [(name, claim.get(name)) for name in NEEDED]
    insurance = claim.get("insurance")
    first = insurance[0] if isinstance(insurance, list) and insurance else None
    held.append(("insurance[0].coverage", as_object(first).get("coverage")))
    for name, value in held:
        reference = as_object(value).get("reference")
        key = reference if isinstance(reference, str) else ""
        is_contained = key.startswith("#")
        if not is_contained and key not in resources:
            lacks = "leads to no entry of the Bundle" if key else "is missing"
            yield Problem("unresolved", f"{CLAIM}.{name}", "", f"the reference {lacks}")
