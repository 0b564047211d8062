"""An element of a resource where it is written: its value, the sibling of a primitive, its type.

Source: https://hl7.org/fhir/R4/json.html#primitive. An item of `given` has its extensions at the
same place of `_given`; both move together here, so that neither slips beside another value.
"""

from dataclasses import dataclass
from typing import Final

from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import Invalid
from profiles.definition import Element as Definition
from profiles.definition import TypeOption
from profiles.loader import Definitions

Pair = tuple[JsonValue, JsonValue]
"""A value and its sibling, None for what is not there."""
EXTENSION: Final = Definition("extension", 0, None, (TypeOption("extension", "Extension"),))
ID: Final = Definition("id", 0, 1, (TypeOption("id", "string"),), bare=True)


@dataclass(frozen=True, slots=True)
class Element:
    """One element: `owner[key]`, or the item of it with this index; `type` is that of its value.

    `parent` is the element whose members `owner` holds, None for the resource itself.
    """

    owner: JsonObject
    key: str
    index: int | None
    type: str
    parent: "Element | None" = None

    @classmethod
    def root(cls, resource: JsonObject) -> "Element":
        """Return the element that is a whole resource."""
        return cls({"": resource}, "", None, str(resource.get("resourceType")))

    @property
    def pair(self) -> Pair:
        """Its value and sibling."""
        pairs = read_pairs(self.owner, self.key)
        return pairs[self.index or 0]

    @property
    def value(self) -> JsonValue:
        """Its value, None for a primitive that has extensions only."""
        return self.pair[0]

    def remove(self) -> None:
        """Take it away, and what it leaves empty."""
        pairs = read_pairs(self.owner, self.key)
        del pairs[self.index or 0]
        write_pairs(self.owner, self.key, pairs, repeats=self.index is not None)
        if self.parent is not None and not self.owner:
            self.parent.settle()

    def settle(self) -> None:
        """Take it away when nothing of it is left."""
        value, sibling = self.pair
        kept = (None if value == {} else value, None if sibling == {} else sibling)
        if kept == (None, None):
            self.remove()
        elif kept != (value, sibling):
            self.replace(kept, self.key)

    def replace(self, pair: Pair, key: str) -> None:
        """Put another value in its place; a choice may get another key."""
        pairs = read_pairs(self.owner, self.key)
        pairs[self.index or 0] = pair
        if key != self.key:
            rename(self.owner, self.key, key)
        write_pairs(self.owner, key, pairs, repeats=self.index is not None)

    def members(self, definitions: Definitions) -> JsonObject:
        """Return the object that holds its members; a primitive's extensions are in its sibling.

        A sibling that is not there is made. Raises Invalid for a primitive that can have none.
        """
        value, sibling = self.pair
        if isinstance(value, dict):
            return value
        if definitions.kind(self.type) != "primitive" or self.key == "id":
            raise Invalid("the path leads into a value that has no members", detail="patch-path")
        if isinstance(sibling, dict):
            return sibling
        made: JsonObject = {}
        self.replace((value, made), self.key)
        return made

    def children(self, name: str, definitions: Definitions) -> list["Element"]:
        """Return the elements of this name inside it. Raises Invalid for a name it cannot have."""
        definition = self.definition(name, definitions)
        value, sibling = self.pair
        owner = value if isinstance(value, dict) else sibling
        if not isinstance(owner, dict):
            return []
        return [
            Element(owner, option.key, index, _type(option.type, one), self)
            for option in definition.types
            for index, one in _items(owner, option.key, definition)
        ]

    def definition(self, name: str, definitions: Definitions) -> Definition:
        """Return the definition of an element it may have. Raises Invalid."""
        if definitions.kind(self.type) == "primitive":
            known = {"extension": EXTENSION, "id": ID}
        else:
            rows = definitions.type(self.type).elements
            known = {row.name.removesuffix("[x]"): row for row in rows}
        found = known.get(name.removesuffix("[x]"))
        if found is None:
            raise Invalid(f"{self.type} has no element of the path's name", detail="patch-path")
        return found


def read_pairs(owner: JsonObject, key: str) -> list[Pair]:
    """Return the values of a member with their siblings; one for a member that is no list."""
    value, sibling = owner.get(key), owner.get(f"_{key}")
    if not isinstance(value, list) and not isinstance(sibling, list):
        return [] if value is None and sibling is None else [(value, sibling)]
    values = value if isinstance(value, list) else []
    siblings = sibling if isinstance(sibling, list) else []
    length = max(len(values), len(siblings))
    return [
        (
            values[index] if index < len(values) else None,
            siblings[index] if index < len(siblings) else None,
        )
        for index in range(length)
    ]


def write_pairs(owner: JsonObject, key: str, pairs: list[Pair], *, repeats: bool) -> None:
    """Set a member and its sibling member; what holds nothing is left out."""
    for name, column in ((key, 0), (f"_{key}", 1)):
        values = [pair[column] for pair in pairs]
        if all(one is None for one in values):
            owner.pop(name, None)
        else:
            owner[name] = values if repeats else values[0]


def rename(owner: JsonObject, old: str, new: str) -> None:
    """Give a member another name at the same place."""
    names = {old: new, f"_{old}": f"_{new}"}
    renamed = {names.get(name, name): value for name, value in owner.items()}
    owner.clear()
    owner.update(renamed)


def _items(owner: JsonObject, key: str, definition: Definition) -> list[tuple[int | None, Pair]]:
    pairs = read_pairs(owner, key)
    if definition.repeats:
        return list(enumerate(pairs))
    return [(None, pair) for pair in pairs[:1]]


def _type(declared: str, pair: Pair) -> str:
    """Return the type of a value; a resource inside a resource tells its own."""
    value = pair[0]
    own = value.get("resourceType") if isinstance(value, dict) else None
    return own if isinstance(own, str) and declared == "Resource" else declared
