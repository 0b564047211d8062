"""Resources contained in another one: as copies without narrative and versions."""

from collections.abc import Collection, Iterator, Mapping

from fhir_server.model.resource import JsonObject, JsonValue

NOT_CONTAINED = ("text", "contained")


META_KEPT = ("profile", "security", "tag")


def within(resource: JsonObject, id: str) -> JsonObject:
    """Return a resource as it may be contained: without narrative, versions, inner resources."""
    made: JsonObject = {**without(resource, NOT_CONTAINED), "id": id}
    meta = resource.get("meta")
    if isinstance(meta, dict):
        kept = {name: meta[name] for name in META_KEPT if name in meta}
        made.pop("meta")
        if kept:
            made["meta"] = kept
    return made


def without(resource: JsonObject, names: Collection[str]) -> JsonObject:
    """Return a resource without some of its members."""
    return {name: one for name, one in resource.items() if name not in names}


def listed(resource: JsonObject, name: str) -> list[JsonValue]:
    """Return the items of a member that is a list."""
    found = resource.get(name)
    return list(found) if isinstance(found, list) else []


def self_contained(
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
    held = [*listed(document, "contained"), *needed.values()]
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
    own = {str(one.get("id")) for one in listed(resource, "contained") if isinstance(one, dict)}
    more = [one for name, one in needed.items() if name[1:] not in own]
    held = [*listed(resource, "contained"), *more]
    return {**resource, "contained": held} if held else resource
