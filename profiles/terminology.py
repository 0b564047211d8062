"""Code systems and value sets as compact facts: what the standard ships, and how to read more.

A file of `profiles.compiler` holds those of R4; a resource stored in a server is read into the
same rows. Source: https://hl7.org/fhir/R4/codesystem.html, valueset.html.
"""

import gzip
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path

import msgspec

from profiles.typed import TypedReader

Json = str | int | float | Decimal | bool | None | Mapping[str, "Json"] | Sequence["Json"]
ValueSet = Mapping[str, Json]
"""A ValueSet resource, or the members of one that say what is in it."""
FILE = Path(__file__).parent / "base" / "terminology.json.gz"


class Concept(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """One concept: its code, the places of its parents in the system, its display and properties.

    A property is its code with its values as text.
    """

    code: str
    parents: tuple[int, ...] = ()
    display: str = ""
    properties: tuple[tuple[str, tuple[str, ...]], ...] = ()


class CodeSystem(msgspec.Struct, frozen=True, dict=True):
    """A code system: its concepts, each behind its first parent, and what they may state.

    `content` is that of the resource: only `complete` has all concepts. `properties` are the
    codes of the properties and filters it defines.
    """

    url: str
    version: str = ""
    content: str = "complete"
    case_sensitive: bool = True
    name: str = ""
    value_set: str = ""
    properties: tuple[str, ...] = ()
    concepts: tuple[Concept, ...] = ()

    @cached_property
    def places(self) -> Mapping[str, int]:
        """Where each code stands, written as `fold` writes it."""
        return {self.fold(one.code): place for place, one in enumerate(self.concepts)}

    @cached_property
    def children(self) -> Sequence[Sequence[int]]:
        """The places of the children of each concept."""
        found: list[list[int]] = [[] for _ in self.concepts]
        for place, concept in enumerate(self.concepts):
            for parent in concept.parents:
                found[parent].append(place)
        return found

    def fold(self, code: str) -> str:
        """Return a code as this system compares it."""
        return code if self.case_sensitive else code.casefold()


_SYSTEM = TypedReader(CodeSystem)


class TerminologyFile(msgspec.Struct, frozen=True):
    """The compiled file: each code system and value set by canonical, still as text."""

    systems: dict[str, msgspec.Raw]
    sets: dict[str, msgspec.Raw]


_FILE = TypedReader(TerminologyFile)


@dataclass(frozen=True)
class ShippedTerminology:
    """The code systems and value sets of R4; read at first use, decoded one by one."""

    path: Path = FILE
    _systems: dict[str, CodeSystem] = field(default_factory=dict)

    def code_system(self, url: str) -> CodeSystem | None:
        """Return a code system by canonical without version, None when it is not shipped."""
        known = self._systems.get(url)
        raw = self._file.systems.get(url)
        if known is None and raw is not None:
            known = self._systems[url] = _SYSTEM.decode(raw)
        return known

    def value_set(self, url: str) -> ValueSet | None:
        """Return url, version, compose and expansion of a value set; None when not shipped."""
        raw = self._file.sets.get(url)
        if raw is None:
            return None
        found: ValueSet = msgspec.json.decode(raw)
        return found

    @cached_property
    def _file(self) -> TerminologyFile:
        with gzip.open(self.path, "rb") as file:
            return _FILE.decode(file.read())


def read_code_system(resource: Mapping[str, Json]) -> CodeSystem:
    """Return the rows of a CodeSystem resource; elements of other shapes are left out.

    Parents are the concept a concept is written in and those that name it by a `child` property,
    or that it names by a `parent` property.
    """
    nested = list(_nested(resource, ()))
    parents = _parents(nested)
    concepts = tuple(
        Concept(
            _text(concept, "code"),
            tuple(sorted(set(above) - {place})),
            _text(concept, "display"),
            tuple(one for one in _properties(concept) if one[0] not in {"child", "parent"}),
        )
        for place, ((concept, _), above) in enumerate(zip(nested, parents, strict=True))
    )
    declared = {
        _text(one, "code") for name in ("property", "filter") for one in _list(resource, name)
    }
    return CodeSystem(
        url=_text(resource, "url"),
        version=_text(resource, "version"),
        content=_text(resource, "content"),
        case_sensitive=resource.get("caseSensitive") is not False,
        name=_text(resource, "name"),
        value_set=_text(resource, "valueSet"),
        properties=tuple(sorted(declared)),
        concepts=concepts,
    )


Nested = tuple[Mapping[str, Json], tuple[int, ...]]
"""A concept as it is written, and the place of the one it is written in."""


def _parents(nested: Sequence[Nested]) -> list[list[int]]:
    """Return the places of the parents of each concept, however they are told."""
    places = {_text(concept, "code"): place for place, (concept, _) in enumerate(nested)}
    parents: list[list[int]] = [list(above) for _, above in nested]
    for place, (concept, _) in enumerate(nested):
        stated = dict(_properties(concept))
        parents[place] += [places[one] for one in stated.get("parent", ()) if one in places]
        for child in stated.get("child", ()):
            if child in places:
                parents[places[child]].append(place)
    return parents


def _nested(root: Mapping[str, Json], above: tuple[int, ...]) -> Iterator[Nested]:
    """Yield the concepts in order, each with the place of the one it is written in."""
    waiting = [(one, above) for one in reversed(_list(root, "concept"))]
    place = 0
    while waiting:
        concept, parents = waiting.pop()
        yield concept, parents
        waiting += [(one, (place,)) for one in reversed(_list(concept, "concept"))]
        place += 1


def _properties(concept: Mapping[str, Json]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the properties of a concept, each once, with its values as text."""
    found: dict[str, list[str]] = {}
    for one in _list(concept, "property"):
        for name, value in one.items():
            if name.startswith("value"):
                found.setdefault(_text(one, "code"), []).append(_spelled(value))
    yield from ((code, tuple(values)) for code, values in sorted(found.items()))


def _spelled(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return _text(value, "code")
    return str(value)


def _list(parent: Mapping[str, Json], name: str) -> list[Mapping[str, Json]]:
    value = parent.get(name)
    if not isinstance(value, Sequence) or isinstance(value, str):
        return []
    return [one for one in value if isinstance(one, Mapping)]


def _text(parent: Mapping[str, Json], name: str) -> str:
    value = parent.get(name)
    return value if isinstance(value, str) else ""
