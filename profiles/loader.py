"""Definitions ready to use: the compiled R4 facts plus our own, decoded type by type on demand."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import Literal

import msgspec

from profiles.definition import (
    CodeList,
    Compartment,
    Element,
    SearchParameter,
    SearchType,
    TypeDefinition,
    TypeKind,
    UnknownType,
)
from profiles.typed import TypedReader

ROOT = Path(__file__).parent
Json = str | int | float | bool | None | Mapping[str, "Json"] | Sequence["Json"]
OwnKind = Literal[
    "structure", "extension", "codesystem", "valueset", "searchparameter", "operation"
]
_ELEMENTS = TypedReader(tuple[Element, ...])
_PARAMETERS = TypedReader(tuple[SearchParameter, ...])
_COMPARTMENTS = TypedReader(tuple[Compartment, ...])
_TABLE = TypedReader(dict[str, msgspec.Raw])


class BaseFile(msgspec.Struct, frozen=True):
    """The two compiled type tables: kind by name, and each type's elements still as text."""

    kinds: dict[str, TypeKind]
    elements: dict[str, msgspec.Raw]


_BASE = TypedReader(BaseFile)


class Terms(msgspec.Struct, frozen=True):
    """A compiled value set: canonical URL and codes by system."""

    url: str
    systems: dict[str, tuple[str, ...]]


_TERMS = TypedReader(Terms)


@dataclass(frozen=True)
class Definitions:
    """Every definition the server relies on; immutable, shared by all threads.

    `compartments` is by the subject's resource type (`Patient`). Types, search parameters and code
    lists are decoded at first use and kept.
    """

    resource_types: tuple[str, ...]
    compartments: Mapping[str, Compartment]
    _base: BaseFile
    _search: Mapping[str, msgspec.Raw]
    _codes: Mapping[str, msgspec.Raw]
    _own_search: Mapping[str, tuple[SearchParameter, ...]]
    _root: Path = ROOT
    _types: dict[str, TypeDefinition] = field(default_factory=dict)
    _parameters: dict[str, Mapping[str, SearchParameter]] = field(default_factory=dict)
    _lists: dict[str, CodeList] = field(default_factory=dict)

    def is_resource_type(self, name: str) -> bool:
        """Whether the name is a concrete R4 resource type."""
        return self._base.kinds.get(name) == "resource"

    def type(self, name: str) -> TypeDefinition:
        """Return a resource, data type or backbone element (`Patient.contact`).

        Raises UnknownType.
        """
        known = self._types.get(name)
        if known is None:
            known = self._types[name] = self._decode_type(name)
        return known

    def kind(self, name: str) -> TypeKind:
        """Return what kind of type the name is. Raises UnknownType."""
        try:
            return self._base.kinds[name]
        except KeyError:
            raise UnknownType(name) from None

    def members_of(self, types: Collection[str]) -> frozenset[str]:
        """Return the names of all members, of whatever type, whose value may be of one of these."""
        raws = self._base.elements.values()
        elements = chain.from_iterable(_ELEMENTS.decode(raw) for raw in raws)
        options = chain.from_iterable(element.types for element in elements)
        return frozenset(option.key for option in options if option.type in types)

    def search_parameters(self, resource_type: str) -> Mapping[str, SearchParameter]:
        """Return the type's search parameters by code, inherited ones included.

        Raises UnknownType.
        """
        known = self._parameters.get(resource_type)
        if known is None:
            known = self._parameters[resource_type] = self._decode_parameters(resource_type)
        return known

    def code_list(self, name: str) -> CodeList:
        """Return a required binding's codes by the id an `Element.codes` names."""
        known = self._lists.get(name)
        if known is None:
            known = self._lists[name] = self._decode_list(name)
        return known

    def own(self, kind: OwnKind) -> tuple[Mapping[str, Json], ...]:
        """Return our own definitions of a kind as FHIR JSON, in order of file name."""
        return own_definitions(self._root, kind)

    def _decode_type(self, name: str) -> TypeDefinition:
        kind = self.kind(name)
        raw = self._base.elements.get(name)
        elements = _ELEMENTS.decode(raw) if raw is not None else ()
        return TypeDefinition.of(name, kind, elements)

    def _decode_parameters(self, resource_type: str) -> Mapping[str, SearchParameter]:
        if not self.is_resource_type(resource_type):
            raise UnknownType(resource_type)
        rows = _PARAMETERS.decode(self._search[resource_type])
        every = (*rows, *self._own_search.get(resource_type, ()))
        return MappingProxyType(
            {row.code: msgspec.structs.replace(row, base=resource_type) for row in every}
        )

    def _decode_list(self, name: str) -> CodeList:
        terms = _TERMS.decode(self._codes[name])
        systems = {system: frozenset(codes) for system, codes in terms.systems.items()}
        return CodeList(
            name, terms.url, MappingProxyType(systems), frozenset().union(*systems.values())
        )


def load(root: Path = ROOT) -> Definitions:
    """Read the compiled R4 definitions and our own from `profiles/`."""
    base = root / "base"
    structures = _BASE.decode((base / "types.json").read_bytes())
    return Definitions(
        resource_types=tuple(sorted(n for n, k in structures.kinds.items() if k == "resource")),
        compartments=MappingProxyType(_compartments(base / "compartments.json")),
        _base=structures,
        _search=_raw_table(base / "searchparameters.json"),
        _codes=_raw_table(base / "codes.json"),
        _own_search=MappingProxyType(_own_search(root)),
        _root=root,
    )


def own_definitions(root: Path, kind: OwnKind) -> tuple[Mapping[str, Json], ...]:
    """Return the FHIR JSON files of one of our definition folders, in order of file name."""
    files = sorted((root / kind).glob("*.json"))
    return tuple(json.loads(file.read_bytes()) for file in files)


def _raw_table(path: Path) -> Mapping[str, msgspec.Raw]:
    return _TABLE.decode(path.read_bytes())


def _compartments(path: Path) -> dict[str, Compartment]:
    rows = _COMPARTMENTS.decode(path.read_bytes())
    return {row.code: row for row in rows}


class OwnSearchParameter(msgspec.Struct, frozen=True):
    """The members of a SearchParameter resource that the registry needs."""

    url: str
    code: str
    base: tuple[str, ...]
    type: SearchType
    expression: str
    target: tuple[str, ...] = ()


_OWN = TypedReader(OwnSearchParameter)


def _own_search(root: Path) -> dict[str, tuple[SearchParameter, ...]]:
    by_type: dict[str, tuple[SearchParameter, ...]] = {}
    for resource in own_definitions(root, "searchparameter"):
        own = _OWN.convert(resource)
        row = SearchParameter(own.code, own.type, own.url, own.expression, own.target)
        for base in own.base:
            by_type[base] = (*by_type.get(base, ()), row)
    return by_type
