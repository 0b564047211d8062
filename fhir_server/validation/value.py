"""Judging primitive values: single ones, arrays, and their pairing with extensions.

Source: https://hl7.org/fhir/R4/json.html#primitive. A member `name` holds values, `_name` ids and
extensions; in arrays nulls keep the two aligned.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import TypeGuard

from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.validation.finding import Findings
from fhir_server.validation.primitive import PRIMITIVES
from profiles.definition import Element, TypeOption
from profiles.loader import Definitions

Sibling = tuple[JsonObject, str]


@dataclass(frozen=True, slots=True)
class Values:
    """The judge of primitive elements; extension objects it meets are handed back unjudged."""

    definitions: Definitions
    findings: Findings

    def judge(
        self, owner: JsonObject, element: Element, option: TypeOption, path: str
    ) -> Iterator[Sibling]:
        """Judge `name` and `_name` of one object; yield each extension object and its path."""
        names = [name for name in (option.key, f"_{option.key}") if name in owner]
        if element.repeats:
            yield from self._arrays(owner, names, element, option, path)
            return
        for name in names:
            if name != option.key:
                yield from self._sibling(owner[name], path)
            elif owner[name] is None:
                self.findings.add("misplaced-null", path, "must not be null")
            else:
                self._one(owner[name], element, option, path)

    def _arrays(
        self, owner: JsonObject, names: list[str], element: Element, option: TypeOption, path: str
    ) -> Iterator[Sibling]:
        arrays: dict[str, list[JsonValue]] = {}
        for name in names:
            array = owner[name]
            if not is_array(array, self.findings, path):
                return
            arrays[name] = array
        values, siblings = arrays.get(option.key, []), arrays.get(f"_{option.key}", [])
        if len(arrays) > 1 and len(values) != len(siblings):
            message = "the arrays of values and extensions differ in length"
            self.findings.add("misplaced-null", path, message)
        check_count(max(len(values), len(siblings)), element, self.findings, path)
        for position, (value, sibling) in enumerate(zip_longest(values, siblings)):
            yield from self._pair(value, sibling, element, option, f"{path}[{position}]")

    def _pair(
        self, value: JsonValue, sibling: JsonValue, element: Element, option: TypeOption, path: str
    ) -> Iterator[Sibling]:
        if value is None and sibling is None:
            self.findings.add("misplaced-null", path, "has neither a value nor extensions")
        if value is not None:
            self._one(value, element, option, path)
        if sibling is not None:
            yield from self._sibling(sibling, path)

    def _one(self, value: JsonValue, element: Element, option: TypeOption, path: str) -> None:
        primitive = PRIMITIVES[option.type]
        if not primitive.has_json_type(value):
            message = f"must be a JSON {primitive.json} ({option.type})"
            self.findings.add("wrong-type", path, message)
        elif value == "":
            self.findings.add("empty-value", path, "must not be empty")
        elif primitive.has_format(value):
            self._code(value, element.codes, path)
        elif option.type == "xhtml":
            self.findings.add("unsafe-narrative", path, "must be one static xhtml div")
        else:
            self.findings.add("bad-format", path, f"has not the format of {option.type}")

    def _code(self, value: JsonValue, codes: str | None, path: str) -> None:
        if codes is not None and value not in self.definitions.code_list(codes).codes:
            self.findings.add("bad-code", path, f"is no code of {codes}")

    def _sibling(self, value: JsonValue, path: str) -> Iterator[Sibling]:
        if isinstance(value, dict):
            yield value, path
        elif value is None:
            self.findings.add("misplaced-null", path, "must not be null")
        else:
            self.findings.add("wrong-type", path, "id and extensions must be in an object")


def is_array(value: JsonValue, findings: Findings, path: str) -> TypeGuard[list[JsonValue]]:
    """Whether a repeating element is written as a non-empty array; records why not."""
    if value is None:
        findings.add("misplaced-null", path, "must not be null")
    elif not isinstance(value, list):
        findings.add("wrong-type", path, "repeats and must be an array")
    elif not value:
        findings.add("empty-value", path, "an array must have an item")
    else:
        return True
    return False


def check_count(count: int, element: Element, findings: Findings, path: str) -> None:
    """Record a repeating element with fewer or more items than its cardinality allows."""
    if count < element.min or (element.max is not None and count > element.max):
        maximum = "*" if element.max is None else element.max
        findings.add("cardinality", path, f"must occur {element.min}..{maximum} times")


def present_options(owner: JsonObject, element: Element) -> Sequence[TypeOption]:
    """Return the types in which the element is given, by value or by extension."""
    return [
        option
        for option in element.types
        if option.key in owner or (has_sibling(element, option) and f"_{option.key}" in owner)
    ]


def has_sibling(element: Element, option: TypeOption) -> bool:
    """Whether `_name` exists: the element is primitive and may carry extensions."""
    return not element.bare and option.type in PRIMITIVES
