"""JSON Patch (RFC 6902): a list of operations on the JSON of a resource; pure.

Source: https://www.rfc-editor.org/rfc/rfc6902 and rfc6901 (pointers),
https://hl7.org/fhir/R4/http.html#patch. What is taken away leaves no empty list or object behind,
which FHIR JSON may not have.
"""

import re
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from types import MappingProxyType

from fhir_server.model.codec import decode_value
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import BadRequest, FhirError, Invalid, TooLarge

Container = JsonObject | list[JsonValue]
MOST_OPERATIONS = 10_000
MOST_COPIED = 1_000_000
"""Values that all copies of one patch may make together."""
_INDEX = re.compile(r"0|[1-9][0-9]{0,8}")
_ESCAPE = re.compile(r"~(?![01])")


def apply_json_patch(body: bytes, resource: JsonObject) -> JsonObject:
    """Return the resource as the patch document leaves it; the argument is changed on the way.

    Raises Malformed or BadRequest for a document that is no JSON Patch, Invalid for an operation
    that cannot be carried out on this resource, with the detail `patch-test` for a failed test.
    """
    document = decode_value(body)
    if not isinstance(document, list):
        raise BadRequest("a JSON Patch is a list of operations", detail="bad-patch")
    if len(document) > MOST_OPERATIONS:
        raise TooLarge(f"a patch has at most {MOST_OPERATIONS} operations")
    run = _Run(resource)
    for index, operation in enumerate(document):
        try:
            run.carry_out(operation)
        except FhirError as error:
            raise _at(error, index) from None
    return run.result()


def _at(error: FhirError, index: int) -> FhirError:
    """Return the same error, telling which operation it is about."""
    issue = error.issues[0]
    return type(error)(f"operation {index}: {issue.diagnostics}", detail=issue.detail)


@dataclass
class _Run:
    """One run of a patch: the resource as it is by now, and what lost members on the way."""

    root: JsonValue
    copied: int = 0
    emptied: dict[int, Container] = field(default_factory=dict)

    def carry_out(self, operation: JsonValue) -> None:
        """Carry out one operation."""
        if not isinstance(operation, dict):
            raise BadRequest("an operation is an object", detail="bad-patch")
        name = operation.get("op")
        run = OPERATIONS.get(name) if isinstance(name, str) else None
        if run is None:
            raise BadRequest(f"op is one of {', '.join(OPERATIONS)}", detail="bad-patch")
        run(self, operation)

    def result(self) -> JsonObject:
        """Return the resource without what removals left empty. Raises Invalid for no object."""
        if not isinstance(self.root, dict):
            raise Invalid("the patch leaves no resource", detail="bad-patch")
        return self._pruned(self.root)

    def find(self, steps: tuple[str, ...]) -> JsonValue:
        """Return the value a pointer leads to. Raises Invalid."""
        value = self.root
        for step in steps:
            value = _member(value, step)
        return value

    def put(self, steps: tuple[str, ...], value: JsonValue) -> None:
        """Add a value: a member is set, an item is put before the one that has its index."""
        if not steps:
            self.root = value
            return
        owner, last = self.find(steps[:-1]), steps[-1]
        if isinstance(owner, dict):
            owner[last] = value
        elif isinstance(owner, list):
            owner.insert(len(owner) if last == "-" else _index(last, len(owner) + 1), value)
        else:
            raise Invalid("the path leads into a value that has no members", detail="patch-path")

    def take(self, steps: tuple[str, ...]) -> JsonValue:
        """Remove a value and return it. Raises Invalid when it is not there."""
        if not steps:
            raise Invalid("a resource cannot be removed by a patch of it", detail="patch-path")
        owner, last = self.find(steps[:-1]), steps[-1]
        value = _member(owner, last)
        if isinstance(owner, dict):
            del owner[last]
        elif isinstance(owner, list):
            del owner[_index(last, len(owner))]
        if isinstance(owner, dict | list):
            self.emptied[id(owner)] = owner
        return value

    def replace(self, steps: tuple[str, ...], value: JsonValue) -> None:
        """Put a value in the place of the one that is there."""
        self.find(steps)
        owner = self.find(steps[:-1]) if steps else None
        if isinstance(owner, list):
            owner[_index(steps[-1], len(owner))] = value
        else:
            self.put(steps, value)

    def copy(self, value: JsonValue) -> JsonValue:
        """Return a copy of a value. Raises TooLarge when a patch copies too much."""
        self.copied += _size(value)
        if self.copied > MOST_COPIED:
            raise TooLarge("the patch copies too much")
        return deepcopy(value)

    def _pruned(self, value: JsonObject) -> JsonObject:
        pruned = self._prune(value) if self.emptied else value
        return pruned if isinstance(pruned, dict) else {}

    def _prune(self, value: JsonValue) -> JsonValue:
        """Return a value without the members that removals left empty."""
        if not isinstance(value, dict | list):
            return value
        touched = id(value) in self.emptied
        new: Container
        if isinstance(value, dict):
            members = {name: self._prune(one) for name, one in value.items()}
            new = {name: one for name, one in members.items() if one is not _NOTHING}
        else:
            new = [one for item in value if (one := self._prune(item)) is not _NOTHING]
        return _NOTHING if not new and (value or touched) else new


_NOTHING: JsonValue = {}
"""Stands for what a removal left empty; told apart by identity."""


def _member(owner: JsonValue, step: str) -> JsonValue:
    if isinstance(owner, dict):
        if step not in owner:
            raise Invalid("the path leads to nothing", detail="patch-path")
        return owner[step]
    if isinstance(owner, list):
        return owner[_index(step, len(owner))]
    raise Invalid("the path leads into a value that has no members", detail="patch-path")


def _index(step: str, length: int) -> int:
    if _INDEX.fullmatch(step) is None or int(step) >= length:
        raise Invalid("the path has no such item of a list", detail="patch-path")
    return int(step)


def _size(value: JsonValue) -> int:
    """Return how many values a value holds, itself included."""
    if isinstance(value, dict):
        return 1 + sum(_size(one) for one in value.values())
    return 1 + sum(_size(one) for one in value) if isinstance(value, list) else 1


def read_pointer(text: JsonValue, name: str) -> tuple[str, ...]:
    """Return the steps of a JSON pointer. Raises BadRequest."""
    if not isinstance(text, str) or (text and not text.startswith("/")):
        raise BadRequest(f"{name} is a JSON pointer, such as /name/0/given", detail="bad-patch")
    if _ESCAPE.search(text):
        raise BadRequest(f"{name} has a tilde that is no escape", detail="bad-patch")
    steps = text.split("/")[1:]
    return tuple(step.replace("~1", "/").replace("~0", "~") for step in steps)


def is_equal(one: JsonValue, other: JsonValue) -> bool:
    """Whether two values are the same in the sense of a test: numbers by value, objects unordered.

    Source: RFC 6902 section 4.6.
    """
    if isinstance(one, dict) and isinstance(other, dict):
        same = one.keys() == other.keys()
        return same and all(is_equal(value, other[name]) for name, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(is_equal, one, other))
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return one == other


def _value(operation: JsonObject) -> JsonValue:
    if "value" not in operation:
        raise BadRequest("the operation has no value", detail="bad-patch")
    return operation["value"]


def _path(operation: JsonObject, name: str = "path") -> tuple[str, ...]:
    return read_pointer(operation.get(name), name)


def _add(run: _Run, operation: JsonObject) -> None:
    run.put(_path(operation), _value(operation))


def _remove(run: _Run, operation: JsonObject) -> None:
    run.take(_path(operation))


def _replace(run: _Run, operation: JsonObject) -> None:
    run.replace(_path(operation), _value(operation))


def _move(run: _Run, operation: JsonObject) -> None:
    source, path = _path(operation, "from"), _path(operation)
    if path[: len(source)] == source and path != source:
        raise Invalid("a value cannot be moved into itself", detail="patch-path")
    run.put(path, run.take(source))


def _copy(run: _Run, operation: JsonObject) -> None:
    run.put(_path(operation), run.copy(run.find(_path(operation, "from"))))


def _test(run: _Run, operation: JsonObject) -> None:
    expected = _value(operation)
    if not is_equal(run.find(_path(operation)), expected):
        raise Invalid("the test does not hold", detail="patch-test")


OPERATIONS: Mapping[str, Callable[[_Run, JsonObject], None]] = MappingProxyType(
    {
        "add": _add,
        "remove": _remove,
        "replace": _replace,
        "move": _move,
        "copy": _copy,
        "test": _test,
    }
)
