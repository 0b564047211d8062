"""A small terminology in memory: animals by kind, and value sets of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.terminology.canonical import age, split_canonical
from fhir_server.terminology.expand import code_system, expand
from fhir_server.terminology.hierarchy import related
from fhir_server.terminology.source import Codes, Relation, text
from profiles.terminology import CodeSystem, ValueSet, read_code_system

ANIMALS = "http://example.org/animals"
PETS = "http://example.org/ValueSet/pets"
LIMIT = 100


def concept(code: str, *children: JsonValue, **properties: str | bool) -> JsonObject:
    """Return a concept; properties are strings or booleans."""
    found: JsonObject = {"code": code, "display": code.title()}
    if children:
        found["concept"] = list(children)
    stated: list[JsonValue] = [
        {"code": name, "valueBoolean" if isinstance(value, bool) else "valueCode": value}
        for name, value in properties.items()
    ]
    if stated:
        found["property"] = stated
    return found


def system(*concepts: JsonValue, url: str = ANIMALS, **members: JsonValue) -> JsonObject:
    return {
        "resourceType": "CodeSystem",
        "url": url,
        "status": "active",
        "content": "complete",
        "property": [{"code": "legs", "type": "code"}],
        "concept": list(concepts),
        **members,
    }


def value_set(url: str, *includes: JsonValue, **members: JsonValue) -> JsonObject:
    compose: JsonObject = {"include": list(includes)}
    for name in ("exclude", "inactive"):
        if name in members:
            compose[name] = members.pop(name)
    given: JsonObject = {"resourceType": "ValueSet", "url": url, "status": "active"}
    return given | {"compose": compose} | members


def including(*codes: str, system: str = ANIMALS) -> JsonObject:
    """Return an include of listed codes, of the whole system without any."""
    listed: list[JsonValue] = [{"code": code} for code in codes]
    return {"system": system, "concept": listed} if codes else {"system": system}


def filtering(*filters: tuple[str, str, str]) -> JsonObject:
    listed: list[JsonValue] = [
        {"property": name, "op": operator, "value": value} for name, operator, value in filters
    ]
    return {"system": ANIMALS, "filter": listed}


KINGDOM = system(
    concept(
        "mammal",
        concept("cat", concept("lion"), legs="4"),
        concept("dog", legs="4"),
        concept("whale", legs="0"),
    ),
    concept("bird", concept("dodo", inactive=True), concept("owl", legs="2")),
    version="1",
)


@dataclass(frozen=True)
class Memory:
    """Definitions in memory, as `terminology.source.Source` and `Terminology` both."""

    resources: Sequence[JsonObject] = ()
    limit: int = LIMIT
    by_id: Mapping[str, JsonObject] = field(default_factory=dict)

    def code_system(self, canonical: str) -> CodeSystem | None:
        found = self._find("CodeSystem", canonical)
        return read_code_system(found) if found is not None else None

    def value_set(self, canonical: str) -> ValueSet | None:
        return self._find("ValueSet", canonical)

    def members(self, value_set: str) -> Codes:
        return expand(value_set, self, self.limit)

    def related(self, system: str, code: str, relation: Relation) -> frozenset[str]:
        return related(code_system(system, self), code, relation, self.limit)

    def _find(self, type: str, canonical: str) -> JsonObject | None:
        url, version = split_canonical(canonical)
        found = [
            one
            for one in self.resources
            if one["resourceType"] == type
            and one["url"] == url
            and version in {"", text(one, "version")}
        ]
        return max(found, key=age) if found else None
