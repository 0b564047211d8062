"""Minimal resources for search parameters of which the official examples hold no value.

They are built along a parameter's expression by the definitions; what the expression finds in them
is then judged by the oracle, as for the examples.
"""

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from fhir_server.model.definition import find_element
from fhir_server.model.resource import JsonObject, JsonValue
from profiles.definition import SearchParameter, TypeOption
from profiles.loader import Definitions
from tests.conformance.composite_oracle import components_of

NAME = "synthesised"
SYSTEM = "http://example.org/codes"
STEP = re.compile(r"(\w+)(?:\[\d+\])?(?:\(((?:[^()]|\([^()]*\))*)\))?(?:\.|$)")
CONCEPT: JsonObject = {"coding": [{"system": SYSTEM, "code": NAME}]}
QUANTITY: JsonObject = {
    "value": Decimal("5.4"),
    "unit": "mg",
    "system": "http://unitsofmeasure.org",
    "code": "mg",
}
SAMPLES: Mapping[str, JsonValue] = {
    "code": NAME,
    "Coding": {"system": SYSTEM, "code": NAME},
    "CodeableConcept": CONCEPT,
    "Identifier": {"system": SYSTEM, "value": NAME},
    "ContactPoint": {"system": "phone", "value": "555-0100"},
    "boolean": True,
    "string": "Synthesised text",
    "markdown": "Synthesised text",
    "HumanName": {"family": "Synthesised"},
    "Address": {"city": "Synthesised"},
    "canonical": "http://example.org/synthesised",
    "uri": "http://example.org/synthesised",
    "url": "http://example.org/synthesised",
    "oid": "urn:oid:1.2.3",
    "id": NAME,
    "date": "2021-03-04",
    "dateTime": "2021-03-04",
    "instant": "2021-03-04T05:06:07Z",
    "Period": {"start": "2021-03-04", "end": "2021-03-06"},
    "Timing": {"event": ["2021-03-04"]},
    "decimal": Decimal("1.5"),
    "integer": 3,
    "positiveInt": 3,
    "unsignedInt": 3,
    "Quantity": QUANTITY,
    "Age": QUANTITY,
    "Duration": QUANTITY,
    "Money": {"value": Decimal("12.50"), "currency": "USD"},
    "Range": {"low": QUANTITY, "high": QUANTITY},
}
FITTING: Mapping[str, tuple[str, ...]] = {
    "token": ("code", "Coding", "CodeableConcept", "Identifier", "ContactPoint", "boolean"),
    "reference": ("Reference", "canonical", "uri"),
    "date": ("date", "dateTime", "instant", "Period", "Timing"),
    "string": ("string", "HumanName", "Address", "markdown"),
    "quantity": ("Quantity", "Age", "Duration", "Money", "Range"),
}
"""Types a search type reads, for elements whose type an expression leaves open."""


def common(type: str) -> JsonObject:
    """Return a resource of a type with everything the parameters of all types read."""
    meta: JsonObject = {
        "profile": ["http://example.org/profile"],
        "tag": [{"system": SYSTEM, "code": "tag"}],
        "security": [{"system": SYSTEM, "code": "R"}],
        "source": "http://example.org/source",
    }
    return {"resourceType": type, "id": f"{NAME}-common", "meta": meta}


def synthesise(row: SearchParameter, type: str, definitions: Definitions) -> Iterator[JsonObject]:
    """Yield a resource for each alternative of a parameter's expression."""
    for place, expression in enumerate(alternatives(row.expression or "")):
        resource: JsonObject = {"resourceType": type, "id": f"{NAME}-{row.code}-{place}"}
        builder = _Builder(row, definitions)
        if row.type == "composite":
            builder.compose(resource, type, expression)
        else:
            builder.fill(resource, type, steps_of(expression, type))
        yield resource


def alternatives(expression: str) -> list[str]:
    """Return the alternatives of an expression, casts written as functions."""
    expression = re.sub(r"\(([\w.]+) as (\w+)\)", r"\1.ofType(\2)", expression)
    return [one.strip().removeprefix("(").strip() for one in expression.split(" | ")]


def steps_of(expression: str, type: str) -> list[tuple[str, str]]:
    """Return the names of an expression, functions with their arguments."""
    steps = [(match[1], match[2] or "") for match in STEP.finditer(expression)]
    return steps[1:] if steps[0][0] in {type, "Resource", "DomainResource"} else steps


class _Builder:
    def __init__(self, row: SearchParameter, definitions: Definitions) -> None:
        self.row = row
        self.definitions = definitions
        self.searched: str = row.type

    def compose(self, resource: JsonObject, type: str, root: str) -> None:
        """Fill each component of one element of a composite."""
        path = steps_of(root, type)
        for component in components_of(self.row):
            self.searched = component.type
            for expression in alternatives(component.expression.replace(".as(", ".ofType("))[:1]:
                if expression.startswith("%resource."):
                    self.fill(resource, type, steps_of(expression[10:], type))
                else:
                    own = expression.replace("DateTime", "dateTime")
                    self.fill(resource, type, [*path, *steps_of(own, "")])

    def fill(self, place: JsonObject, type: str, steps: list[tuple[str, str]]) -> None:
        """Set what the steps lead to from a value of a type."""
        (name, _), rest = steps[0], steps[1:]
        functions: list[tuple[str, str]] = []
        while rest and rest[0][0] in {"ofType", "as", "where", "exists"}:
            functions.append(rest.pop(0))
        element = find_element(self.definitions, type, name)
        assert element is not None, (type, name)
        option = self._option(element.types, functions, final=not rest)
        given = place.get(option.key)
        known = given[0] if isinstance(given, list) else given
        value = known if rest and isinstance(known, dict) else self._value(option, rest)
        if rest and isinstance(value, dict):
            self.fill(value, option.type, rest)
        for function, argument in functions:
            self._condition(value, function, argument)
        place[option.key] = [value] if element.repeats else value

    def _option(
        self, options: tuple[TypeOption, ...], functions: list[tuple[str, str]], *, final: bool
    ) -> TypeOption:
        casts = [argument for name, argument in functions if name in {"ofType", "as"}]
        fitting = casts or (FITTING.get(self.searched, ()) if final else ())
        return next((one for one in options if one.type in fitting), options[0])

    def _value(self, option: TypeOption, rest: list[tuple[str, str]]) -> JsonValue:
        if rest:
            return {}
        if option.type == "Reference":
            target = (*self.row.targets, *option.targets, "Patient")[0]
            return {"reference": f"{target}/{NAME}"}
        if option.type == "Resource":
            type = (*self.row.targets, "Patient")[0]
            return {"resourceType": type, "id": NAME}
        sample = SAMPLES[option.type]
        return dict(sample) if isinstance(sample, dict) else sample

    def _condition(self, value: JsonValue, function: str, argument: str) -> None:
        if function != "where" or not isinstance(value, dict):
            return
        if argument.startswith("resolve()"):
            value["reference"] = f"{argument.rpartition(' ')[2]}/{NAME}"
        else:
            member, _, text = argument.partition("=")
            value[member.strip()] = text.strip().strip("'")
