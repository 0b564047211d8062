"""The request Bundle of Da Vinci PAS: its claim, and what the claim refers to within the Bundle.

Source: https://hl7.org/fhir/R4/bundle.html#references: a reference is resolved against the fullUrl
of the entry it stands in. Afterwards every reference to an entry is `Type/id`.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from mappers.fhir_x12.problem import Problem
from mappers.path import JsonObject, JsonValue

CLAIM = "Bundle.entry[0].resource"
"""Where the claim stands."""
NEEDED = ("patient", "insurer", "provider")
"""References without which there is nothing to ask and nobody to ask."""
_RESTFUL = re.compile(r"(.+/)?([A-Z][A-Za-z]+/[A-Za-z0-9.\-]{1,64})(/_history/.+)?")


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


@dataclass(slots=True)
class _Entries:
    """The entries of a Bundle, by fullUrl and by `Type/id`."""

    keys: dict[int, str] = field(default_factory=dict)
    by_url: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


def unbundled(bundle: JsonObject) -> Unbundled:
    """Take a request Bundle apart; whatever it is, an answer comes back."""
    listed = bundle.get("entry")
    entries = (
        [one if isinstance(one, dict) else {} for one in listed] if isinstance(listed, list) else []
    )
    found = _keyed(entries)
    faults, doubts = list(_shape(bundle, entries)), list[Problem]()
    resources: dict[str, JsonObject] = {}
    for index, entry in enumerate(entries):
        resource = entry.get("resource")
        if not isinstance(resource, dict):
            continue
        base = _base(entry.get("fullUrl"))
        place = f"Bundle.entry[{index}].resource"
        told = _Resolver(found, base, place)
        resources[found.keys[index]] = _object(told.resolved(resource, place))
        doubts += told.unresolved
    claim = resources.pop(found.keys.get(0, ""), {})
    faults += _dangling(claim, resources)
    urls = {key: url for url, key in found.by_url.items()}
    is_fault = {one.path for one in faults}
    left = tuple(one for one in doubts if one.path not in is_fault)
    return Unbundled(claim, resources, urls, tuple(faults), left)


def _keyed(entries: Sequence[JsonObject]) -> _Entries:
    found = _Entries()
    for index, entry in enumerate(entries):
        resource = entry.get("resource")
        if not isinstance(resource, dict):
            continue
        kind = str(resource.get("resourceType", "Resource"))
        key = f"{kind}/{resource.get('id', f'entry-{index}')}"
        if key in found.names:
            key = f"{key}-{index}"
        found.names.add(key)
        found.keys[index] = key
        url = entry.get("fullUrl")
        if isinstance(url, str):
            found.by_url.setdefault(url, key)
    return found


def _base(url: JsonValue) -> str:
    """Return the address of the server a fullUrl stands on, empty for a UUID."""
    match = _RESTFUL.fullmatch(url) if isinstance(url, str) else None
    return (match[1] or "") if match else ""


def _object(value: JsonValue) -> JsonObject:
    return value if isinstance(value, dict) else {}


@dataclass(slots=True)
class _Resolver:
    """Rewrites the references of one entry, and notes those that lead nowhere."""

    entries: _Entries
    base: str
    place: str
    unresolved: list[Problem] = field(default_factory=list)

    def resolved(self, value: JsonValue, path: str) -> JsonValue:
        if isinstance(value, list):
            return [self.resolved(one, f"{path}[{at}]") for at, one in enumerate(value)]
        if not isinstance(value, dict):
            return value
        made = {name: self.resolved(one, f"{path}.{name}") for name, one in value.items()}
        reference = value.get("reference")
        if isinstance(reference, str) and not reference.startswith("#"):
            key = self._key(reference)
            if key is None:
                message = "refers to a resource that is not in the Bundle"
                self.unresolved.append(Problem("unresolved", path, "", message))
            else:
                made["reference"] = key
        return made

    def _key(self, reference: str) -> str | None:
        """Return the key of a reference: by the whole URL, else by the server it is relative to."""
        bare = reference.partition("/_history/")[0]
        for url in (bare, f"{self.base}{bare}"):
            if url in self.entries.by_url:
                return self.entries.by_url[url]
        is_relative = _RESTFUL.fullmatch(bare) is not None and ":" not in bare
        return bare if is_relative and bare in self.entries.names else None


def _shape(bundle: JsonObject, entries: Sequence[JsonObject]) -> Iterator[Problem]:
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


def _dangling(claim: JsonObject, resources: Mapping[str, JsonObject]) -> Iterator[Problem]:
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
    held.append(("insurance[0].coverage", _object(first).get("coverage")))
    for name, value in held:
        reference = _object(value).get("reference")
        is_contained = isinstance(reference, str) and reference.startswith("#")
        if not is_contained and reference not in resources:
            lacks = "leads to no entry of the Bundle" if reference else "is missing"
            yield Problem("unresolved", f"{CLAIM}.{name}", "", f"the reference {lacks}")
