"""A prior authorization as it is kept: the claim, what is not of this server contained in it. Pure.

Nothing that a Bundle brings replaces what is stored here: a resource of this server is referred
to, any other is a copy within the claim, and a document, which has a life of its own, is stored
beside it.
"""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import NAMESPACE_URL, uuid5

from fhir_server.model.codec import encode
from fhir_server.model.resource import JsonObject, JsonValue

STORED = frozenset({"DocumentReference", "Binary"})
"""Types that are stored as resources of their own."""
NOT_CONTAINED = ("text", "contained")
META_KEPT = ("profile", "security", "tag")


@dataclass(frozen=True, slots=True)
class KeptReview:
    """What is stored of a request; `contained` are the copies by their `Type/id` in the Bundle.

    `targets` are the references by which each resource of the Bundle is found now.
    """

    claim: JsonObject
    documents: tuple[JsonObject, ...]
    contained: Mapping[str, JsonObject]
    targets: Mapping[str, str]


def claim_id(bundle: JsonObject, tenant: int) -> str:
    """Return the id of the claim of a Bundle: the same Bundle is the same request."""
    digest = sha256(encode(bundle)).hexdigest()
    return str(uuid5(NAMESPACE_URL, f"review/{tenant}/{digest}"))


def response_id(claim: str) -> str:
    """Return the id of the response to a claim: what comes later is a version of it."""
    return str(uuid5(NAMESPACE_URL, f"review-response/{claim}"))


def kept_review(
    claim: JsonObject, resources: Mapping[str, JsonObject], here: Collection[str], id: str
) -> KeptReview:
    """Return what is stored of a claim; `here` are the `Type/id` that this server has."""
    targets = {key: _target(key, index, here, id) for index, key in enumerate(resources)}
    keeping = _Keeping(targets)
    main = keeping.rewritten(claim)
    contained: dict[str, JsonObject] = {}
    documents: list[JsonObject] = []
    waiting = list(keeping.found)
    while waiting:
        key = waiting.pop(0)
        if key in contained or key in here or key not in resources:
            continue
        keeping.found = {}
        made = keeping.rewritten(resources[key])
        contained[key] = made
        waiting += keeping.found
    copies: dict[str, JsonObject] = {}
    for key, made in contained.items():
        target = targets[key]
        if target.startswith("#"):
            copies[key] = _within(made, target[1:])
        else:
            documents.append({**made, "id": target.partition("/")[2]})
    kept: JsonObject = {**_without(main, ("text", "contained")), "id": id}
    held = [*_listed(main, "contained"), *copies.values()]
    if held:
        kept["contained"] = held
    stored = [_self_contained(one, copies, targets) for one in documents]
    return KeptReview(kept, tuple(stored), copies, targets)


def _target(key: str, index: int, here: Collection[str], id: str) -> str:
    """Return how a resource of the Bundle is referred to once it is kept."""
    if key in here:
        return key
    kind, _, name = key.partition("/")
    if kind in STORED:
        return f"{kind}/{uuid5(NAMESPACE_URL, f'review/{id}/{key}')}"
    return f"#{kind.lower()}-{index + 1}-{name}"[:64]


@dataclass(slots=True)
class _Keeping:
    """Rewrites references, and notes which resources they lead to."""

    targets: Mapping[str, str]
    found: dict[str, None] = field(default_factory=dict)

    def rewritten(self, resource: JsonObject) -> JsonObject:
        """Return a resource whose references lead to what is kept."""
        made = self._value(resource)
        return made if isinstance(made, dict) else {}

    def _value(self, value: JsonValue) -> JsonValue:
        if isinstance(value, list):
            return [self._value(one) for one in value]
        if not isinstance(value, dict):
            return value
        made = {name: self._value(one) for name, one in value.items()}
        reference = value.get("reference")
        if isinstance(reference, str) and reference in self.targets:
            self.found[reference] = None
            made["reference"] = self.targets[reference]
        return made


def _within(resource: JsonObject, id: str) -> JsonObject:
    """Return a resource as it may be contained: without narrative, versions, inner resources."""
    made: JsonObject = {**_without(resource, NOT_CONTAINED), "id": id}
    meta = resource.get("meta")
    if isinstance(meta, dict):
        kept = {name: meta[name] for name in META_KEPT if name in meta}
        made.pop("meta")
        if kept:
            made["meta"] = kept
    return made


def _without(resource: JsonObject, names: Collection[str]) -> JsonObject:
    return {name: one for name, one in resource.items() if name not in names}


def _listed(resource: JsonObject, name: str) -> list[JsonValue]:
    found = resource.get(name)
    return list(found) if isinstance(found, list) else []


def _self_contained(
    document: JsonObject, copies: Mapping[str, JsonObject], targets: Mapping[str, str]
) -> JsonObject:
    """Return a document with the copies it refers to contained in it too."""
    by_name = {targets[key]: copy for key, copy in copies.items()}
    needed: dict[str, JsonObject] = {}
    waiting = list(_local(document))
    while waiting:
        name = waiting.pop()
        if name in by_name and name not in needed:
            needed[name] = by_name[name]
            waiting += _local(by_name[name])
    held = [*_listed(document, "contained"), *needed.values()]
    return {**document, "contained": held} if held else document


def _local(value: JsonValue) -> Iterator[str]:
    """Yield the references into contained resources."""
    if isinstance(value, list):
        for one in value:
            yield from _local(one)
    elif isinstance(value, dict):
        reference = value.get("reference")
        if isinstance(reference, str) and reference.startswith("#"):
            yield reference
        for one in value.values():
            yield from _local(one)


def with_copies(resource: JsonObject, kept: Mapping[str, JsonObject]) -> JsonObject:
    """Return a resource with the copies its references need; `kept` are they by `#id`."""
    needed: dict[str, JsonObject] = {}
    waiting = list(_local(resource))
    while waiting:
        name = waiting.pop(0)
        if name in kept and name not in needed:
            needed[name] = kept[name]
            waiting += _local(kept[name])
    own = {str(one.get("id")) for one in _listed(resource, "contained") if isinstance(one, dict)}
    more = [one for name, one in needed.items() if name[1:] not in own]
    held = [*_listed(resource, "contained"), *more]
    return {**resource, "contained": held} if held else resource
