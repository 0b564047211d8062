"""FHIR definitions as frozen rows: elements, types, search parameters, compartments, code lists.

The rows are stored as compact JSON arrays in `profiles/base` and decoded straight into these
classes; field order is therefore the file format (see `profiles.compiler`).
Source: R4 StructureDefinition (https://hl7.org/fhir/R4/structuredefinition.html),
SearchParameter, CompartmentDefinition.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import msgspec

TypeKind = Literal["resource", "complex", "backbone", "primitive"]
SearchType = Literal[
    "token", "reference", "string", "date", "number", "quantity", "uri", "composite", "special"
]


class TypeOption(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One way an element may be written: its JSON member name and the type of its value.

    `key` is `valueQuantity` for a choice `value[x]`, else the element's own name. `type` is an R4
    type name, a backbone path (`Patient.contact`, also what a content reference points to), or
    `Resource` for any resource. `targets` are the resource types a Reference or canonical may
    point to, empty for any.
    """

    key: str
    type: str
    targets: tuple[str, ...] = ()


class Element(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One element of a type, in R4 order.

    `name` ends in `[x]` for a choice. `max` is None for `*`. `codes` names the code list of a
    required binding (`Definitions.code_list`). `bare` elements (ids, Extension.url, xhtml) have
    no `_sibling` and carry no extensions.
    """

    name: str
    min: int
    max: int | None
    types: tuple[TypeOption, ...]
    codes: str | None = None
    is_summary: bool = False
    is_modifier: bool = False
    bare: bool = False

    @property
    def repeats(self) -> bool:
        """Whether JSON writes the element as an array."""
        return self.max is None or self.max > 1

    @property
    def is_choice(self) -> bool:
        """Whether the element may have one of several types (`value[x]`)."""
        return self.name.endswith("[x]")


class TypeDefinition(msgspec.Struct, frozen=True):
    """A resource, data type or backbone element: its name and its elements in R4 order.

    A primitive has no elements here; its format is a rule of the validator.
    """

    name: str
    kind: TypeKind
    elements: tuple[Element, ...]
    by_key: Mapping[str, tuple[Element, TypeOption]] = MappingProxyType({})

    @classmethod
    def of(cls, name: str, kind: TypeKind, elements: tuple[Element, ...]) -> "TypeDefinition":
        """Return the definition with its members indexed by JSON name."""
        by_key = {option.key: (element, option) for element in elements for option in element.types}
        return cls(name, kind, elements, MappingProxyType(by_key))


class Component(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One part of a composite search parameter.

    `code` is the search parameter (of the same resource type) that tells the part's type;
    `expression` is a FHIRPath relative to each element the composite's expression yields.
    """

    code: str
    type: SearchType
    expression: str


class SearchParameter(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One search parameter as it applies to one resource type.

    `expression` holds only the alternatives that concern `base`; None where the server computes
    the answer itself (`_text`, `_content`, `_query`). `targets` are the types a reference may
    point to, empty for any (and for other search types). `url` is the SearchParameter's canonical.
    """

    code: str
    type: SearchType
    url: str
    expression: str | None
    targets: tuple[str, ...] = ()
    components: tuple[Component, ...] = ()
    base: str = ""


class Compartment(msgspec.Struct, frozen=True):
    """A compartment: for each member type the search parameters that link it to the subject.

    `code` is the subject's resource type. The subject itself always belongs (R4's `{def}`). Types
    that can never be members are absent.
    """

    code: str
    url: str
    members: Mapping[str, tuple[str, ...]]


class CodeList(msgspec.Struct, frozen=True):
    """The codes of a required binding, by code system.

    `systems` maps a code system's canonical to its codes; `codes` is their union, which is what an
    element of type `code` is judged by.
    """

    id: str
    url: str
    systems: Mapping[str, frozenset[str]]
    codes: frozenset[str]


class UnknownType(KeyError):
    """The name is not an R4 type (or not one of the kind asked for)."""
