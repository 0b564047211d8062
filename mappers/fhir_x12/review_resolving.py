"""The entries of a Bundle and the references between them, by fullUrl."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from mappers.fhir_x12.problem import Problem
from mappers.path import JsonObject, JsonValue

_RESTFUL = re.compile(r"(.+/)?([A-Z][A-Za-z]+/[A-Za-z0-9.\-]{1,64})(/_history/.+)?")


@dataclass(slots=True)
class Entries:
    """The entries of a Bundle, by fullUrl and by `Type/id`."""

    keys: dict[int, str] = field(default_factory=dict)
    by_url: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)


def keyed(entries: Sequence[JsonObject]) -> Entries:
    """Return the entries by the keys under which they are known."""
    found = Entries()
    for index, entry in enumerate(entries):
        resource = entry.get("resource")
        kind = resource.get("resourceType") if isinstance(resource, dict) else None
        if not isinstance(resource, dict) or not isinstance(kind, str):
            continue
        key = f"{kind}/{resource.get('id', f'entry-{index}')}"
        if key in found.names:
            key = f"{key}-{index}"
        found.names.add(key)
        found.keys[index] = key
        url = entry.get("fullUrl")
        if isinstance(url, str):
            found.by_url.setdefault(url, key)
    return found


def server_of(url: JsonValue) -> str:
    """Return the address of the server a fullUrl stands on, empty for a UUID."""
    match = _RESTFUL.fullmatch(url) if isinstance(url, str) else None
    return (match[1] or "") if match else ""


@dataclass(slots=True)
class Resolver:
    """Rewrites the references of one entry, and notes those that lead nowhere."""

    entries: Entries
    base: str
    place: str
    unresolved: list[Problem] = field(default_factory=list)

    def resolved(self, value: JsonValue, path: str) -> JsonValue:
        """Return a value whose references are keys of entries."""
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
