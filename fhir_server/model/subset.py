"""A part of a resource: its summary, its narrative, its data, or the elements asked for.

Source: https://hl7.org/fhir/R4/search.html#summary, #elements. What is left is a resource still:
mandatory elements stay, and a tag says that it is not whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from fhir_server.model.resource import JsonObject, JsonValue
from profiles.definition import Element, TypeDefinition
from profiles.loader import Definitions

Kind = Literal["true", "text", "data", "elements"]
SUBSETTED: Final = "SUBSETTED"
TAG_SYSTEM: Final = "http://terminology.hl7.org/CodeSystem/v3-ObservationValue"
ALWAYS: Final = frozenset({"resourceType", "id", "meta", "implicitRules", "modifierExtension"})
"""Members of every part: what the resource is, and what could turn its meaning around."""
WHOLE: Final = frozenset({"OperationOutcome", "Parameters"})
"""Types that tell about a request and are given whole."""


@dataclass(frozen=True, slots=True)
class Subset:
    """Which part is asked for; `names` are pairs of type and element, an empty type for any."""

    kind: Kind
    names: frozenset[tuple[str, str]] = frozenset()

    def concerns(self, type: str) -> bool:
        """Whether resources of a type are cut: all are, but elements may be asked of some types."""
        return self.kind != "elements" or any(of in ("", type) for of, _ in self.names)


@dataclass(frozen=True, slots=True)
class Subsetter:
    """Cuts resources; what a type keeps is worked out when first asked and kept."""

    definitions: Definitions
    _kept: dict[tuple[str, Subset], Mapping[str, str | None]] = field(default_factory=dict)
    _deep: dict[str, Mapping[str, str | None]] = field(default_factory=dict)

    def cut(self, resource: JsonObject, subset: Subset) -> JsonObject:
        """Return the part of a resource that is asked for, tagged SUBSETTED; nothing is changed."""
        name = str(resource.get("resourceType"))
        if name in WHOLE or not self.definitions.is_resource_type(name):
            return resource
        if not subset.concerns(name):
            return resource
        if subset.kind == "data":
            return tagged({key: value for key, value in resource.items() if key != "text"})
        return tagged(self._members(resource, self._top(name, subset)))

    def _top(self, name: str, subset: Subset) -> Mapping[str, str | None]:
        """Return the members a resource type keeps, each with the type to go on by, if any."""
        if subset.kind == "true":
            return self._summary(name)
        known = self._kept.get((name, subset))
        if known is None:
            if len(self._kept) > 512:
                self._kept.clear()
            known = self._kept[name, subset] = self._chosen(self.definitions.type(name), subset)
        return known

    def _chosen(self, definition: TypeDefinition, subset: Subset) -> Mapping[str, str | None]:
        wanted = (
            {"text"}
            if subset.kind == "text"
            else {element for of, element in subset.names if of in ("", definition.name)}
        )
        kept = [
            element
            for element in definition.elements
            if element.min or wanted & set(spellings(element))
        ]
        names = [option.key for element in kept for option in element.types]
        return dict.fromkeys([*ALWAYS, *names, *(f"_{name}" for name in names)])

    def _summary(self, name: str) -> Mapping[str, str | None]:
        known = self._deep.get(name)
        if known is None:
            known = self._deep[name] = self._summarized(self.definitions.type(name))
        return known

    def _summarized(self, definition: TypeDefinition) -> Mapping[str, str | None]:
        kept: dict[str, str | None] = dict.fromkeys(ALWAYS)
        is_value = definition.kind == "complex"
        for element in definition.elements:
            is_part = is_value and element.name in ("id", "extension")
            if not (element.is_summary or element.is_modifier or element.min or is_part):
                continue
            for option in element.types:
                kept[f"_{option.key}"] = None
                kept[option.key] = option.type if self._is_cut(option.type) else None
        return kept

    def _is_cut(self, type: str) -> bool:
        """Whether the summary of a type's values leaves something of them out."""
        if type in ("Resource", "Extension") or self.definitions.kind(type) not in (
            "complex",
            "backbone",
        ):
            return False
        definition = self.definitions.type(type)
        if definition.kind == "backbone":
            return True
        return not all(
            element.is_summary or element.min or element.name in ("id", "extension")
            for element in definition.elements
        )

    def _members(self, owner: JsonObject, kept: Mapping[str, str | None]) -> JsonObject:
        return {
            key: value if (deeper := kept[key]) is None else self._value(value, deeper)
            for key, value in owner.items()
            if key in kept
        }

    def _value(self, value: JsonValue, type: str) -> JsonValue:
        if isinstance(value, list):
            return [self._value(one, type) for one in value]
        if not isinstance(value, dict):
            return value
        # a value of which nothing is a summary would be empty, and no resource any more
        return self._members(value, self._summary(type)) or value


def spellings(element: Element) -> Sequence[str]:
    """Return the names by which an element may be asked for: `value`, `value[x]`, `valueString`."""
    plain = element.name.removesuffix("[x]")
    return (element.name, plain, *(option.key for option in element.types))


def tagged(resource: JsonObject) -> JsonObject:
    """Return a resource with the tag that says it is not whole."""
    meta = resource.get("meta")
    known = meta if isinstance(meta, dict) else {}
    tags = known.get("tag")
    others = tags if isinstance(tags, list) else []
    tag: JsonObject = {"system": TAG_SYSTEM, "code": SUBSETTED}
    marked: JsonObject = {"resourceType": resource["resourceType"]}
    if "id" in resource:
        marked["id"] = resource["id"]
    marked["meta"] = {**known, "tag": [*others, tag]}
    return marked | {key: value for key, value in resource.items() if key != "meta"}


def is_subsetted(resource: JsonObject) -> bool:
    """Whether a resource says that it is not whole."""
    meta = resource.get("meta")
    tags = meta.get("tag") if isinstance(meta, dict) else None
    return isinstance(tags, list) and any(
        isinstance(tag, dict)
        and tag.get("code") == SUBSETTED
        and tag.get("system") in (TAG_SYSTEM, None)
        for tag in tags
    )
