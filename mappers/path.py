"""Addresses: FHIR element paths in JSON trees, and X12 element references in segments.

A FHIR element path is `name[0].family`, `code.coding[].code` (every one when reading, a new one
when writing), `identifier[system=urn:oid:1.2].value` (those whose member equals the text),
with an optional resource type in front (`Claim.item`). An X12 element is `CLM05` or `CLM05-1`.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache

JsonScalar = str | int | Decimal | bool | None
JsonValue = JsonScalar | dict[str, "JsonValue"] | list["JsonValue"]
JsonObject = dict[str, JsonValue]

_STEP = re.compile(r"(?P<name>[A-Za-z_]\w*)(?:\[(?P<pick>[^\]]*)\])?(?:\.|$)")
_ELEMENT = re.compile(r"([A-Z][A-Z0-9]{1,2})(\d\d)(?:-(\d{1,2}))?")


@dataclass(frozen=True, slots=True)
class Step:
    """One step of an element path. `pick` is empty, `[]`, a number or `member=text`."""

    name: str
    repeats: bool = False
    number: int | None = None
    member: str = ""
    value: str = ""


@lru_cache(maxsize=4096)
def steps(path: str) -> tuple[Step, ...]:
    """Return the steps of an element path; a leading resource type is left out."""
    found: list[Step] = []
    position = 0
    while position < len(path):
        match = _STEP.match(path, position)
        if match is None:
            raise ValueError(f"not an element path: {path}")
        found.append(_step(match["name"], match["pick"]))
        position = match.end()
    if len(found) > 1 and found[0].name[0].isupper():
        del found[0]
    return tuple(found)


def _step(name: str, pick: str | None) -> Step:
    if pick is None:
        return Step(name)
    if not pick:
        return Step(name, repeats=True)
    if pick.lstrip("-").isdigit():
        return Step(name, number=int(pick))
    member, _, value = pick.partition("=")
    return Step(name, member=member, value=value)


def read(tree: JsonValue, path: str) -> list[JsonValue]:
    """Return every value at the path; lists on the way are entered, absence is no value."""
    values: list[JsonValue] = [tree]
    for step in steps(path):
        name, is_picked = step.name, step.number is not None or step.member
        below: list[JsonValue] = []
        for value in values:
            found = value.get(name) if isinstance(value, dict) else None
            if found is None:
                continue
            if is_picked:
                below += _picked(found, step)
            elif isinstance(found, list):
                below += found
            else:
                below.append(found)
        values = below
    return values


def _picked(found: JsonValue, step: Step) -> list[JsonValue]:
    """Return the entry of a number, or those whose member is the one asked for."""
    items: list[JsonValue] = found if isinstance(found, list) else [found]
    if step.number is not None:
        return items[step.number : step.number + 1 or None]
    return [i for i in items if isinstance(i, dict) and i.get(step.member) == step.value]


def put(tree: JsonObject, path: str, value: JsonValue) -> bool:
    """Write the value at the path; return False where another value already stands.

    `name[]` appends unless an equal item is there. Steps on the way are made as needed.
    """
    return put_at(tree, steps(path), value)


def put_at(tree: JsonObject, path: Sequence[Step], value: JsonValue) -> bool:
    """Write the value at a path that is split already, as `put` does."""
    *way, last = path
    for step in way:
        tree = _enter(tree, step)
    if last.repeats or last.number is not None:
        return _append(_items(tree, last.name), last, value)
    found = tree.setdefault(last.name, value)
    return found is value or found == value


def _append(items: list[JsonValue], step: Step, value: JsonValue) -> bool:
    if step.number is not None and step.number < len(items):
        return items[step.number] == value
    if value not in items:
        items.append(value)
    return True


def _items(tree: JsonObject, name: str) -> list[JsonValue]:
    items = tree.setdefault(name, [])
    if not isinstance(items, list):
        raise TypeError(f"{name} is not a list")
    return items


def _enter(tree: JsonObject, step: Step) -> JsonObject:
    if not step.repeats and step.number is None and not step.member:
        inner = tree.setdefault(step.name, {})
    else:
        inner = _enter_item(_items(tree, step.name), step)
    if not isinstance(inner, dict):
        raise TypeError(f"{step.name} is not an object")
    return inner


def _enter_item(items: list[JsonValue], step: Step) -> JsonValue:
    if step.member:
        for item in items:
            if isinstance(item, dict) and item.get(step.member) == step.value:
                return item
        items.append({step.member: step.value})
        return items[-1]
    if step.repeats or step.number is None or not -len(items) <= step.number < len(items):
        items.append({})
        return items[-1]
    return items[step.number]


@dataclass(slots=True)
class JsonTarget:
    """A FHIR resource being written."""

    tree: JsonObject = field(default_factory=dict)

    def put(self, path: str, value: JsonValue) -> bool:
        """Write the value; False where another value already stands.

        At the path `*` the members of an object are written, so that a transformation may
        choose among `valueQuantity`, `valueString` and the like.
        """
        if path == "*" and isinstance(value, dict):
            written = [put(self.tree, member, inner) for member, inner in value.items()]
            return all(written)
        return put(self.tree, path, value)


def text(value: JsonValue) -> str:
    """Return a scalar as FHIR would print it, and `object` or `list` for what is no scalar."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, (str, int)):
        return str(value)
    return "" if value is None else "object" if isinstance(value, dict) else "list"


@lru_cache(maxsize=4096)
def element(reference: str) -> tuple[str, int, int]:
    """Split an X12 element reference: `CLM05-1` is ("CLM", 5, 1); component 0 is the whole."""
    match = _ELEMENT.fullmatch(reference)
    if match is None:
        raise ValueError(f"not an element reference: {reference}")
    return match[1], int(match[2]), int(match[3] or 0)
