"""How a type is written in XML: its attributes, its child elements and their order.

Source: https://hl7.org/fhir/R4/xml.html. `id` of an element and Extension.url are attributes; a
primitive is an element with the attribute `value`; narrative is an element of xhtml; a nested
resource is an element inside the element that holds it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Literal

from profiles.definition import Element, TypeDefinition, TypeOption
from profiles.loader import Definitions

FHIR: Final = "http://hl7.org/fhir"
XHTML: Final = "http://www.w3.org/1999/xhtml"
Kind = Literal["attribute", "primitive", "complex", "resource", "xhtml"]


@dataclass(frozen=True, slots=True)
class Field:
    """One JSON member of a type as XML has it; `sibling` is its twin for id and extensions."""

    key: str
    sibling: str
    tag: str
    kind: Kind
    type: str
    repeats: bool


@dataclass(frozen=True, slots=True)
class Shape:
    """One type: its fields by JSON member (siblings too) and by XML name, and their order.

    `bare` are the members that are no child elements: attributes and resourceType.
    """

    name: str
    members: Mapping[str, Field]
    tags: Mapping[str, Field]
    attributes: Mapping[str, Field]
    rank: Mapping[str, int]
    bare: frozenset[str]


_ID = Field("id", "_id", "id", "attribute", "string", repeats=False)
_EXTENSION = Field(
    "extension", "_extension", f"{{{FHIR}}}extension", "complex", "Extension", repeats=True
)
SIBLING = Shape(
    "Element",
    members={"id": _ID, "extension": _EXTENSION},
    tags={_EXTENSION.tag: _EXTENSION},
    attributes={"id": _ID},
    rank={"id": 0, "extension": 1},
    bare=frozenset({"id"}),
)
"""What a primitive may have besides its value."""


@dataclass(frozen=True, slots=True)
class Shapes:
    """The shapes of all types, made when first met and kept; shared by all threads."""

    definitions: Definitions
    _known: dict[str, Shape] = field(default_factory=dict)

    def of(self, name: str) -> Shape:
        """Return the shape of a resource, data type or backbone element. Raises UnknownType."""
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = self._make(self.definitions.type(name))
        return known

    def _make(self, definition: TypeDefinition) -> Shape:
        is_resource = definition.kind == "resource"
        members: dict[str, Field] = {}
        for element in definition.elements:
            for option in element.types:
                made = Field(
                    option.key,
                    f"_{option.key}",
                    f"{{{XHTML if option.type == 'xhtml' else FHIR}}}{option.key}",
                    self._kind(element, option, is_resource=is_resource),
                    option.type,
                    element.repeats,
                )
                members[made.key] = members[made.sibling] = made
        children = [one for one in members.values() if one.kind != "attribute"]
        attributes = {one.key: one for one in members.values() if one.kind == "attribute"}
        return Shape(
            definition.name,
            members,
            {one.tag: one for one in children},
            attributes,
            {name: number for number, name in enumerate(members)},
            frozenset({"resourceType", *attributes} if is_resource else attributes),
        )

    def _kind(self, element: Element, option: TypeOption, *, is_resource: bool) -> Kind:
        if option.type == "xhtml":
            return "xhtml"
        # Bundle.entry.response.outcome is a resource of one type, held like one of any type
        if option.type == "Resource" or self.definitions.kind(option.type) == "resource":
            return "resource"
        if self.definitions.kind(option.type) != "primitive":
            return "complex"
        return "attribute" if element.bare and not is_resource else "primitive"
