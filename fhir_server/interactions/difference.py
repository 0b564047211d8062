"""The difference of two resources as a FHIRPath Patch that makes the second of the first; pure.

Source: https://hl7.org/fhir/R4/fhirpatch.html. Within an object, what is new is added before what
is gone is deleted, so that no object is empty on the way. Lists are compared from both ends: what
is between is changed item by item, then cut or filled up.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from fhir_server.interactions.element import Pair, read_pairs
from fhir_server.model.resource import JsonObject, JsonValue
from profiles.definition import Element, TypeOption
from profiles.loader import Definitions

STAMPS = ("versionId", "lastUpdated")
AS_STRING = ("xhtml",)
"""Primitive types without a value[x] of their own."""


def difference(
    old: JsonObject, new: JsonObject, definitions: Definitions, *, stamps: bool = False
) -> JsonObject:
    """Return Parameters whose operations turn `old` into `new`, resources of one type.

    The id stays as it is, and so do meta.versionId and meta.lastUpdated unless `stamps`.
    """
    finder = _Finder(definitions)
    name = str(old["resourceType"])
    before, after = _bare(old, stamps=stamps), _bare(new, stamps=stamps)
    operations = list[JsonValue](finder.members(before, after, name, name))
    made: JsonObject = {"resourceType": "Parameters"}
    return made | {"parameter": operations} if operations else made


def _bare(resource: JsonObject, *, stamps: bool) -> JsonObject:
    """Return the resource without what a patch cannot or should not change."""
    kept = {name: value for name, value in resource.items() if name != "id"}
    meta = resource.get("meta")
    if stamps or not isinstance(meta, dict):
        return kept
    rest = {name: value for name, value in meta.items() if name.lstrip("_") not in STAMPS}
    kept.pop("meta", None)
    return kept | ({"meta": rest} if rest else {})


@dataclass(frozen=True, slots=True)
class _Finder:
    """Finds the operations between two values."""

    definitions: Definitions

    def members(
        self, old: JsonObject, new: JsonObject, type: str, path: str
    ) -> Iterator[JsonObject]:
        """Yield the operations between two objects of a type."""
        gone: list[JsonObject] = []
        for element in self.definitions.type(type).elements:
            name = element.name.removesuffix("[x]")
            before, after = _given(old, element), _given(new, element)
            if element.repeats:
                yield from self._lists(before, after, path, name, gone)
            elif not before and after:
                yield self._add(path, name, *after[0])
            elif before and not after:
                gone.append(_operation("delete", f"{path}.{name}"))
            elif before and before[0] != after[0]:
                yield from self._change(before[0], after[0], f"{path}.{name}")
        yield from gone

    def _lists(
        self,
        before: list[tuple[TypeOption, Pair]],
        after: list[tuple[TypeOption, Pair]],
        path: str,
        name: str,
        gone: list[JsonObject],
    ) -> Iterator[JsonObject]:
        start = 0
        while start < min(len(before), len(after)) and before[start] == after[start]:
            start += 1
        end = 0
        shortest = min(len(before), len(after)) - start
        while end < shortest and before[-1 - end] == after[-1 - end]:
            end += 1
        both = range(start, min(len(before), len(after)) - end)
        for index in both:
            yield from self._change(before[index], after[index], f"{path}.{name}[{index}]")
        for index in range(both.stop, len(after) - end):
            yield self._fill(path, name, index, after[index], is_last=index >= len(before))
        surplus = range(both.stop, len(before) - end)
        gone += [_operation("delete", f"{path}.{name}[{index}]") for index in reversed(surplus)]

    def _fill(
        self, path: str, name: str, index: int, item: tuple[TypeOption, Pair], *, is_last: bool
    ) -> JsonObject:
        if is_last:
            return self._add(path, name, *item)
        value = self._value("value", *item)
        place: JsonObject = {"name": "index", "valueInteger": index}
        return _operation("insert", f"{path}.{name}", value, place)

    def _add(self, path: str, name: str, option: TypeOption, pair: Pair) -> JsonObject:
        named: JsonObject = {"name": "name", "valueString": name}
        return _operation("add", path, named, self._value("value", option, pair))

    def _change(
        self, old: tuple[TypeOption, Pair], new: tuple[TypeOption, Pair], path: str
    ) -> Iterator[JsonObject]:
        """Yield what turns one value into another: changes inside it, or its replacement."""
        if old == new:
            return
        before, after = old[1][0], new[1][0]
        type = _type(old[0], before)
        is_same = old[0] == new[0] and type == _type(new[0], after)
        if is_same and isinstance(before, dict) and isinstance(after, dict):
            yield from self.members(before, after, type, path)
        else:
            yield _operation("replace", path, self._value("value", *new))

    def _value(self, name: str, option: TypeOption, pair: Pair) -> JsonObject:
        """Return a part that holds a value: as value[x], as a resource, or in parts."""
        value, sibling = pair
        made: JsonObject = {"name": name}
        if isinstance(value, dict) and "resourceType" in value:
            return made | {"resource": value}
        type = "string" if option.type in AS_STRING else option.type
        key = f"value{type[0].upper()}{type[1:]}"
        if key in self.definitions.type("Parameters.parameter").by_key:
            given: JsonObject = {key: value, f"_{key}": sibling}
            return made | {one: part for one, part in given.items() if part is not None}
        return made | {"part": self._parts(value, option.type)}

    def _parts(self, value: JsonValue, type: str) -> JsonValue:
        owner = value if isinstance(value, dict) else {}
        return [
            self._value(element.name.removesuffix("[x]"), option, pair)
            for element in self.definitions.type(type).elements
            for option, pair in _given(owner, element)
        ]


def _given(owner: JsonObject, element: Element) -> list[tuple[TypeOption, Pair]]:
    """Return the values of an element with the way each is written."""
    return [(option, pair) for option in element.types for pair in read_pairs(owner, option.key)]


def _type(option: TypeOption, value: JsonValue) -> str:
    own = value.get("resourceType") if isinstance(value, dict) else None
    return own if isinstance(own, str) else option.type


def _operation(type: str, path: str, *parts: JsonObject) -> JsonObject:
    return {
        "name": "operation",
        "part": [
            {"name": "type", "valueCode": type},
            {"name": "path", "valueString": path},
            *parts,
        ],
    }
