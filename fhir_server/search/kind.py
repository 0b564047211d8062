"""The search parameter types by name: how values become rows, and how criteria are read."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from fhir_server.model.resource import JsonValue
from fhir_server.outcome import NotSupported
from fhir_server.search.alternative import either
from fhir_server.search.expression import Source
from fhir_server.search.options import Options
from fhir_server.search.parameter import Parameter, Slot
from fhir_server.search.query import MANY
from fhir_server.search.registry import OF_WORDS
from fhir_server.search.types import date, near, number, quantity, reference, string, token, uri
from fhir_server.search.value import Sink, Table, Value

Index = Callable[[JsonValue, Sink], None]
INDEX: Mapping[str, Callable[[Source, Slot], Index | None]] = {
    "token": token.index,
    "string": string.index,
    "reference": reference.index,
    "date": date.index,
    "number": number.index,
    "quantity": quantity.index,
    "uri": uri.index,
    "special": near.index,
}
Parse = Callable[[Sequence[str], str | None, Parameter, Options], Value]
PARSE: Mapping[str, Parse] = {
    "token": token.parse,
    "string": string.parse,
    "reference": reference.parse,
    "date": date.parse,
    "number": number.parse,
    "quantity": quantity.parse,
    "uri": uri.parse,
    "special": near.parse,
}
MISSING = "missing"
MODIFIERS: Mapping[str, tuple[str, ...]] = {
    "token": (MISSING, *token.MODIFIERS),
    "string": (MISSING, *string.MODIFIERS),
    "reference": (MISSING, *reference.MODIFIERS),
    "date": (MISSING, *date.MODIFIERS),
    "number": (MISSING, *number.MODIFIERS),
    "quantity": (MISSING, *quantity.MODIFIERS),
    "uri": (MISSING, *uri.MODIFIERS),
    "special": (MISSING, *near.MODIFIERS),
    "composite": (),
}
"""The modifiers of each type; no other is answered."""
OWN_MODIFIERS: Mapping[str, tuple[str, ...]] = {
    "_id": (MISSING, "not"),
    **dict.fromkeys(OF_WORDS, ()),
}
"""The modifiers of parameters that have others than their type."""
PRESENCE: Mapping[str, Table] = {
    "reference": "ref",
    "string": "str",
    "date": "date",
    "number": "num",
    "quantity": "num",
    "special": "num",
}
"""Types whose every value has a row under the parameter's own key."""
RANK = {
    "reference": 1,
    "string": 2,
    "uri": 2,
    "special": 2,
    "quantity": 3,
    "number": 3,
    "date": 4,
    "token": 5,
}
"""How many resources a value of a type is expected to find; identifiers find the fewest: 0."""
ENUMERATIONS = frozenset({"code", "boolean"})
"""Types of elements with few values, each of which finds many."""


def has_presence_rows(parameter: Parameter) -> bool:
    """Whether a resource has a row under the parameter's own key whenever it has a value."""
    return parameter.type in PRESENCE and not parameter.spread


def check_modifier(parameter: Parameter, modifier: str) -> None:
    """Refuse a modifier that a parameter does not take, telling those it does.

    Raises NotSupported.
    """
    known = OWN_MODIFIERS.get(parameter.code, MODIFIERS[parameter.type])
    if modifier in (parameter.targets if reference.TYPED in known else ()):
        return
    if modifier not in known or modifier == reference.TYPED:
        told = ", ".join(f":{one}" for one in known) or "no modifier"
        text = f"{parameter.code}:{modifier[:64]} is not supported; {parameter.code} takes {told}"
        raise NotSupported(text)


def read_value(
    texts: Sequence[str], modifier: str | None, parameter: Parameter, options: Options
) -> Value:
    """Return what values of a parameter ask for, wherever its rows are. Raises BadRequest.

    The modifier is one that `check_modifier` lets pass.
    """
    parse = PARSE[parameter.type]
    if not parameter.spread or modifier == "text":  # whose words are marked by element
        return parse(texts, modifier, parameter, options)
    slots = (replace(parameter, slot=slot, spread=()) for slot in parameter.spread)
    return either([parse(texts, modifier, one, options) for one in slots])


def rank_value(parameter: Parameter, value: Value) -> int:
    """Return how many resources a value is expected to find, as an order."""
    types = {source.type for source in parameter.sources}
    if types <= ENUMERATIONS or value.open:
        return MANY
    if "Identifier" in types:
        return 0
    return RANK[parameter.type]
