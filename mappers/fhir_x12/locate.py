"""FHIR paths made into functions once: the first value at a path, and a value put there.

The paths are those of `mappers.path` with one more pick: `supportingInfo{category:onset}` is the
item whose CodeableConcept `category` has the code; one that is made gets the code and its system.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache

from mappers.fhir_x12.system import REFERENCE_KIND, system_of
from mappers.path import JsonObject, JsonValue

Get = Callable[[JsonValue], JsonValue]
Put = Callable[[JsonObject, JsonValue], None]

_STEP = re.compile(
    r"(?P<name>\w+)(?:\[(?P<pick>[^\]]*)\]|\{(?P<member>\w+):(?P<code>[^}]+)\})?(?:\.|$)"
)


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a path: a member, and which of its items.

    `number` is an index; `member` and `value` the text an item has; with `is_concept` the member
    is a CodeableConcept that has the code. `appends` makes a new item at every writing.
    """

    name: str
    number: int | None = None
    member: str = ""
    value: str = ""
    is_concept: bool = False
    appends: bool = False

    def fits(self, item: JsonValue) -> bool:
        """Tell whether an item is one of those the step picks."""
        if not isinstance(item, dict):
            return False
        if self.is_concept:
            return self.value in codes_of(item.get(self.member))
        return item.get(self.member) == self.value

    def seed(self) -> JsonObject:
        """Return a new item of those the step picks."""
        if self.is_concept:
            coding: JsonObject = {"system": system_of(self.member, self.value), "code": self.value}
            return {self.member: {"coding": [coding]}}
        return {self.member: self.value} if self.member else {}


def codes_of(concept: JsonValue) -> list[JsonValue]:
    """Return the codes of a CodeableConcept."""
    codings = concept.get("coding") if isinstance(concept, dict) else None
    listed = codings if isinstance(codings, list) else []
    return [one.get("code") for one in listed if isinstance(one, dict)]


@cache
def steps(path: str) -> tuple[Step, ...]:
    """Return the steps of a path. Raises ValueError."""
    found: list[Step] = []
    position = 0
    while position < len(path):
        match = _STEP.match(path, position)
        if match is None:
            raise ValueError(f"not an element path: {path}")
        found.append(_step(match))
        position = match.end()
    return tuple(found)


def _step(match: re.Match[str]) -> Step:
    name, pick = match["name"], match["pick"]
    if match["member"]:
        return Step(name, member=match["member"], value=match["code"], is_concept=True)
    if pick is None:
        return Step(name)
    if not pick:
        return Step(name, appends=True)
    if pick.isdigit():
        return Step(name, number=int(pick))
    member, _, value = pick.partition("=")
    return Step(name, member=member, value=value)


@cache
def getter(path: str) -> Get:
    """Return the function that gives the first value at the path, None where there is none."""
    get: Get = _whole
    for step in reversed(steps(path)):
        get = _entering(step, get)
    return get


def _whole(value: JsonValue) -> JsonValue:
    return value


def _entering(step: Step, rest: Get) -> Get:
    if step.number is not None:
        return _indexed(step.name, step.number, rest)
    if step.member:
        return _picked(step, rest)
    name = step.name

    def enter(tree: JsonValue) -> JsonValue:
        found = tree.get(name) if isinstance(tree, dict) else None
        if found is None:
            return None
        if not isinstance(found, list):
            return rest(found)
        for item in found:
            value = rest(item)
            if value is not None:
                return value
        return None

    return enter


def _indexed(name: str, number: int, rest: Get) -> Get:
    def enter(tree: JsonValue) -> JsonValue:
        found = tree.get(name) if isinstance(tree, dict) else None
        if isinstance(found, list):
            return rest(found[number]) if number < len(found) else None
        return rest(found) if found is not None and not number else None

    return enter


def _picked(step: Step, rest: Get) -> Get:
    name, fits = step.name, step.fits

    def enter(tree: JsonValue) -> JsonValue:
        found = tree.get(name) if isinstance(tree, dict) else None
        if not isinstance(found, list):
            return None
        for item in found:
            if fits(item):
                value = rest(item)
                if value is not None:
                    return value
        return None

    return enter


def every(tree: JsonObject, step: Step) -> list[JsonObject]:
    """Return the items of a list that the step picks; all of them where it picks none."""
    found = tree.get(step.name)
    items = found if isinstance(found, list) else []
    picked = step.fits if step.member else _is_object
    return [one for one in items if isinstance(one, dict) and picked(one)]


def _is_object(item: JsonValue) -> bool:
    return isinstance(item, dict)


def put(tree: JsonObject, path: str, value: JsonValue) -> None:
    """Write the value at the path; what is on the way is made; a value that stands is kept."""
    *way, last = steps(path)
    for step in way:
        tree = _made(tree, step)
    if last.number is not None or last.appends:
        items = _items(tree, last.name)
        if last.appends or last.number == len(items):
            items.append(value)
        return
    tree.setdefault(last.name, value)


def _made(tree: JsonObject, step: Step) -> JsonObject:
    """Return the object a step leads to, made where it is not there."""
    if not (step.member or step.appends or step.number is not None):
        inner = tree.setdefault(step.name, {})
        return inner if isinstance(inner, dict) else {}
    items = _items(tree, step.name)
    if step.member:
        found = next((one for one in items if step.fits(one)), None)
    else:
        number = len(items) if step.number is None else step.number
        found = items[number] if number < len(items) else None
    if not isinstance(found, dict):
        found = step.seed()
        items.append(found)
    return found


def _items(tree: JsonObject, name: str) -> list[JsonValue]:
    items = tree.setdefault(name, [])
    return items if isinstance(items, list) else []


def added(tree: JsonObject, step: Step) -> JsonObject:
    """Return a new item at the end of the list a step names."""
    item = step.seed()
    _items(tree, step.name).append(item)
    return item


def kind_of(identifier: JsonValue) -> str:
    """Return the X12 reference qualifier of an Identifier, empty where it has none."""
    held = getter(f"type.coding[system={REFERENCE_KIND}].code")(identifier)
    return held if isinstance(held, str) else ""


def roots(paths: Mapping[str, object] | tuple[str, ...]) -> frozenset[str]:
    """Return the first members of the paths: without any of them there is nothing to find."""
    return frozenset(steps(path)[0].name for path in paths if path)
