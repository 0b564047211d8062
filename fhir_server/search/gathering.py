"""Keys of what resources lead to: read from their references, and made of themselves."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, JsonValue, Version
from fhir_server.search.include import ANY
from fhir_server.search.key import self_key
from fhir_server.search.parameter import Parameter
from fhir_server.search.query import Include
from fhir_server.search.reaching import Reaching
from fhir_server.search.registry import Registry
from fhir_server.search.types.reference import RELATIVE


@dataclass(slots=True)
class Gathering:
    """Keys of what the resources of one round lead to.

    `names` are keys of canonical URLs with the versions wanted of them, empty for any.
    """

    tenant: int
    registry: Registry
    base: str = ""
    selves: dict[int, None] = field(default_factory=dict)
    names: dict[int, set[str]] = field(default_factory=dict)
    references: dict[tuple[tuple[int, ...] | None, str], list[int]] = field(default_factory=dict)

    def follow(self, include: Include, frontier: Sequence[Version]) -> None:
        """Add what resources refer to by the parameters of an include."""
        for version in frontier:
            if include.type in {"", version.type}:
                resource = decode(version.body)
                for parameter in self._parameters(version.type, include.code):
                    self._follow(parameter, resource, include.target)

    def referring(
        self, include: Include, frontier: Sequence[Version], searchable: frozenset[str] | None
    ) -> None:
        """Add what refers to resources by the parameters of an include."""
        targets = [
            key
            for version in frontier
            if include.target in {"", version.type}
            for key in self._keys(version)
        ]
        keys = self._own_keys(include, searchable)
        if targets and keys != ():
            self.references.setdefault((keys, include.target), targets)

    def reaching(self) -> Reaching:
        """Return what was gathered, as a statement takes it."""
        references = tuple(
            (keys, tuple(dict.fromkeys(targets))) for (keys, _), targets in self.references.items()
        )
        return Reaching(tuple(self.selves), tuple(self.names), references)

    def is_wanted(self, version: Version) -> bool:
        """Whether a resource that was reached by its URL alone has a version asked for."""
        if not self.names or self.references:
            return True
        if self_key(self.tenant, version.type, version.id) in self.selves:
            return True
        resource = decode(version.body)
        slot = self.registry.parameter(self.tenant, version.type, "url").slot
        wanted = self.names.get(slot.key(str(resource.get("url"))), set())
        return "" in wanted or resource.get("version") in wanted

    def _parameters(self, type: str, code: str) -> Sequence[Parameter]:
        known = self.registry.parameters(self.tenant, type)
        if code != ANY:
            return (known[code],) if code in known else ()
        return [one for one in known.values() if one.type == "reference"]

    def _own_keys(
        self, include: Include, searchable: frozenset[str] | None
    ) -> tuple[int, ...] | None:
        """Return the keys of the parameters of an include; None for all there are."""
        if include.type:
            types: Sequence[str] = (include.type,)
        elif searchable is None:
            return None
        else:
            types = sorted(searchable & set(self.registry.definitions.resource_types))
        return tuple(
            parameter.slot.own_key
            for type in types
            for parameter in self._parameters(type, include.code)
        )

    def _keys(self, version: Version) -> Iterator[int]:
        """Yield the keys under which references to a resource are."""
        own = self_key(self.tenant, version.type, version.id)
        yield own
        url = self._url_parameter(version.type)
        slot = url.slot if url else None
        if slot is None:
            slot = next(iter(self.registry.parameters(self.tenant, version.type).values())).slot
        if self.base:
            yield slot.url_key(f"{self.base}/{version.reference}")
        if url is not None:
            name = decode(version.body).get("url")
            if isinstance(name, str):
                yield slot.url_key(name)

    def _follow(self, parameter: Parameter, resource: JsonObject, target: str) -> None:
        for source in parameter.sources:
            for value in source.values(resource.get(source.member)):
                if source.type in {"canonical", "uri"} and isinstance(value, str):
                    self._canonical(value, parameter, target)
                elif isinstance(value, dict):
                    self._literal(_reference_text(value, source.type), target)

    def _literal(self, reference: JsonValue, target: str) -> None:
        if not isinstance(reference, str):
            return
        for base in (self.base, self.registry.base):
            if base:
                reference = reference.removeprefix(base + "/")
        match = RELATIVE.fullmatch(reference)
        if match and target in {"", match[1]}:
            self.selves[self_key(self.tenant, match[1], match[2])] = None

    def _canonical(self, value: str, parameter: Parameter, target: str) -> None:
        url, _, version = value.partition("#")[0].partition("|")
        self._literal(url, target)
        for type in (target,) if target else parameter.targets:
            named = self._url_parameter(type)
            if named is not None:
                self.names.setdefault(named.slot.key(url), set()).add(version)

    def _url_parameter(self, type: str) -> Parameter | None:
        url: Mapping[str, Parameter] = self.registry.parameters(self.tenant, type)
        found = url.get("url")
        return found if found and found.type == "uri" else None


def _reference_text(value: JsonObject, type: str) -> JsonValue:
    """Return the literal reference of a value; an entry of a Bundle is one to what it holds."""
    if type == "Resource":
        return f"{value.get('resourceType')}/{value.get('id')}"
    return value.get("reference")
