"""FHIRPath Patch: a Parameters resource of operations on the elements of a resource; pure.

Source: https://hl7.org/fhir/R4/fhirpatch.html.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from fhir_server.interactions.element import Element, Pair, read_pairs, write_pairs
from fhir_server.interactions.element_path import (
    Path,
    find_elements,
    find_one,
    read_path,
)
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import BadRequest, FhirError, Invalid, TooLarge
from profiles.definition import Element as Definition
from profiles.definition import UnknownType
from profiles.loader import Definitions

MOST_OPERATIONS = 10_000


def apply_fhirpath_patch(
    parameters: JsonObject, resource: JsonObject, definitions: Definitions
) -> JsonObject:
    """Return the resource as the operations leave it; the argument is changed on the way.

    Raises BadRequest for Parameters that are no patch, Invalid for an operation that cannot be
    carried out on this resource.
    """
    if parameters.get("resourceType") != "Parameters":
        raise BadRequest("a FHIRPath Patch is a Parameters resource", detail="bad-patch")
    operations = _objects(parameters, "parameter")
    if len(operations) > MOST_OPERATIONS:
        raise TooLarge(f"a patch has at most {MOST_OPERATIONS} operations")
    for index, operation in enumerate(operations):
        try:
            _carry_out(_Call.read(operation, resource, definitions))
        except FhirError as error:
            raise _at(error, index) from None
        except UnknownType:
            raise BadRequest(f"operation {index}: a type is not of R4") from None
    return resource


def _at(error: FhirError, index: int) -> FhirError:
    """Return the same error, telling which operation it is about."""
    issue = error.issues[0]
    place = f"Parameters.parameter[{index}]"
    diagnostics = f"{place}: {issue.diagnostics}"
    return type(error)(diagnostics, expression=place, detail=issue.detail)


@dataclass(frozen=True, slots=True)
class _Call:
    """One operation: its parts by name, and the resource it changes."""

    parts: Mapping[str, JsonObject]
    resource: JsonObject
    definitions: Definitions

    @classmethod
    def read(cls, operation: JsonObject, resource: JsonObject, definitions: Definitions) -> "_Call":
        if operation.get("name") != "operation":
            raise BadRequest("every parameter of a patch is an operation", detail="bad-patch")
        given = _objects(operation, "part")
        parts = {str(part.get("name")): part for part in given}
        if len(parts) < len(given):
            raise BadRequest("an operation has each of its parts once", detail="bad-patch")
        return cls(parts, resource, definitions)

    @property
    def path(self) -> Path:
        return read_path(self.text("path"), str(self.resource.get("resourceType")))

    def text(self, name: str) -> str:
        """Return the text of a part. Raises BadRequest."""
        part = self.parts.get(name, {})
        found = [part[key] for key in ("valueString", "valueCode") if key in part]
        if len(found) != 1 or not isinstance(found[0], str):
            raise BadRequest(f"the operation has no {name}", detail="bad-patch")
        return found[0]

    def number(self, name: str) -> int:
        """Return the whole number of a part. Raises BadRequest."""
        value = self.parts.get(name, {}).get("valueInteger")
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise BadRequest(f"the operation has no {name}, a whole number", detail="bad-patch")
        return value

    def one(self) -> Element:
        """Return the one element of the path."""
        return find_one(self.path, self.resource, self.definitions)

    def value_for(self, definition: Definition) -> tuple[str, Pair]:
        """Return the member name and the value to be written as an element."""
        part = self.parts.get("value")
        if part is None:
            raise BadRequest("the operation has no value", detail="bad-patch")
        return written(part, definition, self.definitions)

    def list_of(self) -> tuple[JsonObject, str, Definition]:
        """Return the list the path names: its owner, member name and definition."""
        path = self.path
        if not path or path[-1].argument is not None:
            raise BadRequest("the path must end in the name of a list", detail="bad-path")
        parent = find_one(path[:-1], self.resource, self.definitions)
        definition = parent.definition(path[-1].name, self.definitions)
        if not definition.repeats:
            raise Invalid("the path leads to an element that is no list", detail="patch-path")
        return parent.members(self.definitions), definition.name, definition


def _carry_out(call: _Call) -> None:
    name = call.text("type")
    run = OPERATIONS.get(name)
    if run is None:
        raise BadRequest(f"type is one of {', '.join(OPERATIONS)}", detail="bad-patch")
    run(call)


def _add(call: _Call) -> None:
    """Append to a list, or give an element that is not there yet."""
    target = call.one()
    definition = target.definition(call.text("name"), call.definitions)
    key, pair = call.value_for(definition)
    if not definition.repeats and target.children(definition.name, call.definitions):
        raise Invalid("the element to be added is there already", detail="patch-path")
    owner = target.members(call.definitions)
    pairs = read_pairs(owner, key)
    write_pairs(owner, key, [*pairs, pair], repeats=definition.repeats)


def _insert(call: _Call) -> None:
    owner, key, definition = call.list_of()
    pairs, index = read_pairs(owner, key), call.number("index")
    if index > len(pairs):
        raise Invalid("the index is beyond the end of the list", detail="patch-path")
    pairs.insert(index, call.value_for(definition)[1])
    write_pairs(owner, key, pairs, repeats=True)


def _delete(call: _Call) -> None:
    """Delete one element; that it is not there is no error."""
    found = find_elements(call.path, call.resource, call.definitions)
    if len(found) > 1:
        raise Invalid("the path leads to more than one element", detail="patch-path")
    for element in found:
        _not_root(element)
        element.remove()


def _replace(call: _Call) -> None:
    element = call.one()
    parent = _not_root(element)
    rows = parent.definition
    definition = rows(_element_name(element, call.definitions), call.definitions)
    key, pair = call.value_for(definition)
    element.replace(pair, key)


def _move(call: _Call) -> None:
    owner, key, _ = call.list_of()
    pairs = read_pairs(owner, key)
    source, destination = call.number("source"), call.number("destination")
    if max(source, destination) >= len(pairs):
        raise Invalid("the list has no item of that index", detail="patch-path")
    pairs.insert(destination, pairs.pop(source))
    write_pairs(owner, key, pairs, repeats=True)


OPERATIONS: Mapping[str, Callable[[_Call], None]] = MappingProxyType(
    {"add": _add, "insert": _insert, "delete": _delete, "replace": _replace, "move": _move}
)


def _not_root(element: Element) -> Element:
    if element.parent is None:
        raise Invalid("a patch cannot replace or delete the resource", detail="patch-path")
    return element.parent


def _element_name(element: Element, definitions: Definitions) -> str:
    """Return the name an element is defined under: `value` for `valueQuantity`."""
    parent = _not_root(element)
    if definitions.kind(parent.type) == "primitive":
        return element.key
    return definitions.type(parent.type).by_key[element.key][0].name


def written(part: JsonObject, definition: Definition, definitions: Definitions) -> tuple[str, Pair]:
    """Return how a part's value is written as an element: its member name, value and sibling.

    A value of a type without a name (`Patient.contact`) comes as parts. Raises BadRequest.
    """
    found = [key for key in part if key.startswith("value")]
    found += [key[1:] for key in part if key.startswith("_value") and key[1:] not in found]
    if len(found) == 1:
        key = found[0]
        return _key(definition, key.removeprefix("value")), (part.get(key), part.get(f"_{key}"))
    if "resource" in part and not found:
        return _key(definition, "Resource"), (part["resource"], None)
    if found or "part" not in part:
        raise BadRequest("a value has one value[x], a resource or parts", detail="bad-patch")
    type = definition.types[0].type
    return definition.types[0].key, (assembled(_objects(part, "part"), type, definitions), None)


def assembled(parts: list[JsonObject], type: str, definitions: Definitions) -> JsonObject:
    """Return a value put together from its parts, each named for an element. Raises Invalid."""
    made: JsonObject = {}
    holder = Element({"": made}, "", None, type)
    for part in parts:
        definition = holder.definition(str(part.get("name")), definitions)
        key, pair = written(part, definition, definitions)
        pairs = read_pairs(made, key)
        if pairs and not definition.repeats:
            raise Invalid(f"{type} has one element of a part's name", detail="patch-path")
        write_pairs(made, key, [*pairs, pair], repeats=definition.repeats)
    return made


def _key(definition: Definition, suffix: str) -> str:
    """Return the member name of an element for a value of this type. Raises Invalid."""
    if not definition.is_choice:
        return definition.name
    key = definition.name.removesuffix("[x]") + suffix
    if key not in {option.key for option in definition.types}:
        raise Invalid(f"{definition.name} has no value of that type", detail="patch-path")
    return key


def _objects(owner: JsonObject, name: str) -> list[JsonObject]:
    """Return the objects of a list. Raises BadRequest."""
    value: JsonValue = owner.get(name, [])
    found = value if isinstance(value, list) else [None]
    objects = [one for one in found if isinstance(one, dict)]
    if len(objects) != len(found):
        raise BadRequest(f"{name} is a list of objects", detail="bad-patch")
    return objects
