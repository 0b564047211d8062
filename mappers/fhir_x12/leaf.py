"""Populated elements of a transaction set and of FHIR resources, to be counted and compared.

A leaf is a path and a value. Numbers are compared by value, texts as they are. Which item of a list
an element stands in does not count; which unit of the set (claim, payment) does.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from mappers.path import JsonValue, text
from mappers.x12.dictionary import DEFINITIONS
from mappers.x12.grammar import Element, Guide
from mappers.x12.lexer import Segment
from mappers.x12.tree import LoopNode

Leaves = Counter[tuple[str, str]]
"""How often each path and value is there; a path is `unit|place`."""
_STRUCTURE = frozenset({"ST", "SE", "HL", "LX"})
_LOCAL = frozenset({"id", "meta", "text", "reference", "fullUrl", "sequence", "resourceType"})
_NUMBERS = frozenset({"R", "N"})


def fhir_leaves(value: JsonValue) -> Leaves:
    """Return the elements of a JSON tree but what only this server gives: ids, narrative, numbers.

    A list of trees is a list of units.
    """
    units = value if isinstance(value, list) else [value]
    return Counter(
        (f"{number}|{path}", told)
        for number, unit in enumerate(units)
        for path, told in _leaves(unit, _kind(unit))
    )


def _kind(unit: JsonValue) -> str:
    return str(unit.get("resourceType", "")) if isinstance(unit, dict) else ""


def _leaves(value: JsonValue, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            if name not in _LOCAL:
                yield from _leaves(inner, f"{path}.{name}" if path else name)
    elif isinstance(value, list):
        for inner in value:
            yield from _leaves(inner, path)
    elif value is not None:
        is_number = isinstance(value, (int, Decimal)) and not isinstance(value, bool)
        yield path, _number(text(value)) if is_number else text(value)


def x12_leaves(root: LoopNode, guide: Guide) -> Leaves:
    """Return the elements of a transaction set but its counts and hierarchy numbers."""
    found: Leaves = Counter()
    _walk(root, guide.unit, [0], "", found)
    return found


def _walk(node: LoopNode, unit: str, units: list[int], at: str, found: Leaves) -> None:
    if node.id == unit:
        units[0] += 1
        at = str(units[0])
    for one in node.segments:
        if one.id not in _STRUCTURE:
            found.update((f"{at}|{node.id} {place}", told) for place, told in _elements(one))
    for child in node.children:
        _walk(child, unit, units, at, found)


def _elements(segment: Segment) -> Iterator[tuple[str, str]]:
    definition = DEFINITIONS.get(segment.id)
    known = definition.elements if definition else ()
    key = definition.key if definition else None
    head = segment.id
    if key and not key[1] and segment.element(key[0]):
        head = f"{segment.id}*{segment.element(key[0])}"
    for number, told in enumerate(segment.elements[1:], 1):
        row = known[number - 1] if number <= len(known) else None
        place = f"{head} {number:02d}"
        if row is not None and row.components:
            yield from _components(place, segment.components(number), row.components)
        elif told:
            yield place, _value(told, row)


def _components(
    place: str, told: Sequence[str], rows: Sequence[Element]
) -> Iterator[tuple[str, str]]:
    for part, inner in enumerate(told, 1):
        if inner:
            yield f"{place}-{part}", _value(inner, rows[part - 1] if part <= len(rows) else None)


def _value(told: str, row: Element | None) -> str:
    return _number(told) if row is not None and row.kind in _NUMBERS else told


def _number(told: str) -> str:
    try:
        value = Decimal(told)
    except InvalidOperation:
        return told
    return format(value.normalize(), "f") if value else "0"
