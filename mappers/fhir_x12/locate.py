"""FHIR paths made into functions once: the first value at a path."""

from collections.abc import Callable, Iterable
from functools import cache

from mappers.fhir_x12.step import Step, steps
from mappers.fhir_x12.system import REFERENCE_KIND
from mappers.path import JsonObject, JsonValue

Get = Callable[[JsonValue], JsonValue]


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


def kind_of(identifier: JsonValue) -> str:
    """Return the X12 reference qualifier of an Identifier, empty where it has none."""
    held = getter(f"type.coding[system={REFERENCE_KIND}].code")(identifier)
    return held if isinstance(held, str) else ""


def roots(paths: Iterable[str]) -> frozenset[str]:
    """Return the first members of the paths: without any of them there is nothing to find."""
    return frozenset(steps(path)[0].name for path in paths if path)
