"""Parts of twin tables made ready: the values of a segment become an object in one go.

Where an object is new, what stands in it is known beforehand: its rows have their places in one
tree, which is built of the values that are there. A remittance reads a hundred values a claim.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Union

from mappers.fhir_x12.twin import Fixed, Place
from mappers.path import JsonObject, JsonValue, Step, steps
from mappers.rule import Scalar

Values = Sequence[JsonValue]
"""What the rows of a segment's table have read, in their order; None where there is nothing."""
Build = Callable[[Values], JsonValue]
"""Makes an object, a list or a text of the values; None where it would be empty."""
Key = str | int | tuple[str, str]
"""A member by its name; an entry of a list by its number, or by the member that tells it."""


@dataclass(frozen=True, slots=True)
class _Constant:
    value: Scalar


_Leaf = int | _Constant
"""The number of the row whose value it is, or what is fixed."""
_TOLD, _MADE = -1, -2
"""Numbers of no row: what is fixed, and what is made of others."""
_Tree = dict[Key, Union[_Leaf, "_Tree"]]


class _IrregularError(Exception):
    """The rows of a part do not make one tree."""


def builder(rows: Iterable[tuple[int, Place]], fixed: Fixed) -> Build | None:
    """Return what makes a part's object of the values of its rows, given with their numbers.

    None where two rows write one place, or a place is an object to one and a text to the other:
    such rows are written path by path.
    """
    tree: _Tree = {}
    try:
        for path, constant in fixed:
            _place(tree, steps(path), _Constant(constant))
        for number, row in rows:
            _place(tree, row.steps, number)
    except _IrregularError:
        return None
    return _object(tree)


def _place(tree: _Tree, path: Sequence[Step], leaf: _Leaf) -> None:
    keys = [key for step in path for key in _keys(step)]
    for key in keys[:-1]:
        inner = tree.setdefault(key, {})
        if not isinstance(inner, dict):
            raise _IrregularError
        tree = inner
    same = {type(key) for key in (*tree, keys[-1])}
    if keys[-1] in tree or len(same) > 1 or any(step.repeats for step in path[:-1]):
        raise _IrregularError
    tree[keys[-1]] = leaf


def _keys(step: Step) -> tuple[Key, ...]:
    if step.member:
        return step.name, (step.member, step.value)
    return (step.name,) if step.number is None else (step.name, step.number)


def _made(inner: _Tree) -> Build:
    return _object(inner) if isinstance(next(iter(inner)), str) else _list(inner)


def _object(tree: _Tree) -> Build:
    """Return what makes an object: of rows alone, or of anything."""
    rows = [(key, leaf) for key, leaf in tree.items() if isinstance(leaf, int)]
    if len(rows) < len(tree):
        return _deep_object(tree)
    members = [(str(key), number) for key, number in rows]

    def build(values: Values) -> JsonValue:
        made: JsonObject = {}
        for name, number in members:
            value = values[number]
            if value is not None:
                made[name] = value
        return made or None

    return build


def _deep_object(tree: _Tree) -> Build:
    members = [(str(key), *_part(inner)) for key, inner in tree.items()]

    def build(values: Values) -> JsonValue:
        made: JsonObject = {}
        for name, told, number, inner in members:
            value = told if number == _TOLD else inner(values) if inner else values[number]
            if value is not None:
                made[name] = value
        return made or None

    return build


def _part(inner: "_Leaf | _Tree") -> tuple[Scalar | None, int, Build | None]:
    """Return what is fixed of a member, else the number of its row, else what makes it."""
    if isinstance(inner, _Constant):
        return inner.value, _TOLD, None
    return (None, inner, None) if isinstance(inner, int) else (None, _MADE, _made(inner))


def _list(tree: _Tree) -> Build:
    entries = [_entry(key, inner) for key, inner in tree.items()]

    def build(values: Values) -> JsonValue:
        made: list[JsonValue] = []
        for member, told, name, number, inner in entries:
            value = inner(values) if inner else values[number]
            if value is None:
                continue
            if name:
                value = {member: told, name: value}
            elif member and isinstance(value, dict):
                value = {member: told, **value}
            made.append(value)
        return made or None

    return build


def _entry(key: Key, inner: "_Leaf | _Tree") -> tuple[str, str, str, int, Build | None]:
    """Return the member that tells an entry, the only other one if it is a row's, what makes it.

    An entry is there only for what it holds besides the member that tells it.
    """
    member, told = key if isinstance(key, tuple) else ("", "")
    if isinstance(inner, dict) and len(inner) == 1 and member:
        ((name, leaf),) = inner.items()
        if isinstance(name, str) and isinstance(leaf, int):
            return member, told, name, leaf, None
    _, number, build = _part(inner)
    return member, told, "", number, build
