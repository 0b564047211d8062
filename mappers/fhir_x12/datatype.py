"""FHIR values as the maps of remittances, eligibility and status make them."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

from mappers.fhir_x12 import extension as ext
from mappers.fhir_x12.amount import cents
from mappers.fhir_x12.pair import USD
from mappers.path import JsonObject, JsonValue, read, text
from mappers.x12.lexer import Segment


def money(value: Decimal) -> JsonObject:
    """Return an amount of dollars."""
    return {"value": cents(value), "currency": USD}


def coding(of: str, code: str) -> JsonObject:
    """Return a Coding."""
    return {"system": of, "code": code}


def concept(of: str, code: str) -> JsonObject:
    """Return a CodeableConcept of one code."""
    return {"coding": [coding(of, code)]}


def reference(kind: str, resource: JsonObject) -> JsonObject:
    """Return a reference to a resource of this type."""
    return {"reference": f"{kind}/{resource['id']}"}


def listed(tree: JsonObject, name: str) -> list[JsonValue]:
    """Return a member that is a list, empty where it is none."""
    found = tree.get(name)
    return found if isinstance(found, list) else []


def member(tree: JsonObject, name: str) -> JsonObject:
    """Return a member that is an object, empty where it is none."""
    found = tree.get(name)
    return found if isinstance(found, dict) else {}


def some(name: str, values: Sequence[JsonValue]) -> JsonObject:
    """Return the member unless its list would be empty, which FHIR does not allow."""
    return {name: list(values)} if values else {}


def with_currency(tree: Mapping[str, JsonValue], currency: str) -> JsonObject:
    """Return the tree with every amount in this currency."""
    made: JsonObject = {}
    for name, value in tree.items():
        if isinstance(value, dict):
            made[name] = with_currency(value, currency)
        elif isinstance(value, list):
            made[name] = [
                with_currency(one, currency) if isinstance(one, dict) else one for one in value
            ]
        else:
            made[name] = currency if name == "currency" else value
    return made


def unread(segments: Iterable[Segment | None]) -> Iterator[JsonValue]:
    """Yield what no table reads as it stood in the file, so that it can be read by a person."""
    for one in segments:
        if one is not None:
            yield {"url": ext.UNREAD, "valueString": one.body}


def with_own_extensions(tree: JsonObject) -> JsonObject:
    """Return the tree with extensions of its own, so that a default can be written into them."""
    kept: list[JsonValue] = [
        {**one, "extension": [*objects(one, "extension")]} if read(one, "extension") else one
        for one in objects(tree, "extension")
    ]
    return {**tree, "extension": kept}


def objects(tree: JsonObject, name: str) -> list[JsonObject]:
    """Return the objects at a path."""
    return [one for one in read(tree, name) if isinstance(one, dict)]


def said(tree: JsonObject, path: str) -> str:
    """Return the first value at a path as text, empty where there is none."""
    return text(next(iter(read(tree, path)), None))


def amount_at(tree: JsonObject, path: str) -> Decimal:
    """Return the number at a path, zero where there is none."""
    found = next(iter(read(tree, path)), None)
    return Decimal(found) if isinstance(found, int | Decimal) else Decimal()
