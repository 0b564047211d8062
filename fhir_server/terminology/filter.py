"""Filters of a value set: concepts chosen by what their code system states of them.

Source: https://hl7.org/fhir/R4/valueset-filter-operator.html. A filter on what the system does not
define is refused, because leaving it out would let everything in.
"""

import re
from collections.abc import Callable, Mapping

from fhir_server.outcome import UnusableValueSet
from fhir_server.terminology.hierarchy import ancestors, descendants
from fhir_server.terminology.pattern import check_pattern
from fhir_server.terminology.source import text
from profiles.terminology import CodeSystem, Concept, Json

STANDARD = frozenset({"concept", "code", "display", "parent", "child", "inactive", "status"})
"""Properties every code system has: its codes, their place, and those of the standard's own list.

https://hl7.org/fhir/R4/codesystem-concept-properties.html
"""
SEPARATOR = ","
Operator = Callable[[CodeSystem, str, str], set[int]]


def chosen(system: CodeSystem, filter: Mapping[str, Json]) -> set[int]:
    """Return the places of the concepts that pass a filter. Raises UnusableValueSet."""
    name, operator = text(filter, "property"), text(filter, "op")
    operate = OPERATORS.get(operator)
    if operate is None:
        raise UnusableValueSet(
            f"a value set filters by {operator or 'nothing'}, which is no operator"
        )
    if name not in STANDARD and name not in system.properties:
        raise UnusableValueSet(f"the code system {system.url} does not define the property {name}")
    return operate(system, name, text(filter, "value"))


def values_of(system: CodeSystem, place: int, name: str) -> tuple[str, ...]:
    """Return the values of a property of a concept, as text."""
    concept = system.concepts[place]
    if name in {"concept", "code"}:
        return (concept.code,)
    if name == "display":
        return (concept.display,) if concept.display else ()
    if name == "parent":
        return tuple(system.concepts[one].code for one in concept.parents)
    if name == "child":
        return tuple(system.concepts[one].code for one in system.children[place])
    return dict(concept.properties).get(name, ())


def is_inactive(concept: Concept) -> bool:
    """Whether a concept is out of use."""
    stated = dict(concept.properties)
    if "inactive" in stated:
        return "true" in stated["inactive"]
    return bool({"retired", "inactive"} & set(stated.get("status", ())))


def _is_a(system: CodeSystem, name: str, value: str) -> set[int]:
    del name
    place = system.places.get(system.fold(value))
    return set() if place is None else descendants(system, place)


def _descendent_of(system: CodeSystem, name: str, value: str) -> set[int]:
    return _is_a(system, name, value) - {system.places.get(system.fold(value))}


def _is_not_a(system: CodeSystem, name: str, value: str) -> set[int]:
    return set(range(len(system.concepts))) - _is_a(system, name, value)


def _generalizes(system: CodeSystem, name: str, value: str) -> set[int]:
    del name
    place = system.places.get(system.fold(value))
    return set() if place is None else ancestors(system, place)


def _equal(system: CodeSystem, name: str, value: str) -> set[int]:
    return _one_of(system, name, {value})


def _in(system: CodeSystem, name: str, value: str) -> set[int]:
    return _one_of(system, name, {one.strip() for one in value.split(SEPARATOR)})


def _not_in(system: CodeSystem, name: str, value: str) -> set[int]:
    return set(range(len(system.concepts))) - _in(system, name, value)


def _one_of(system: CodeSystem, name: str, wanted: set[str]) -> set[int]:
    coded = name in {"concept", "code", "parent", "child"}
    folded = {system.fold(one) for one in wanted} if coded else wanted
    return {
        place
        for place in range(len(system.concepts))
        for one in values_of(system, place, name)
        if (system.fold(one) if coded else one) in folded
    }


def _regex(system: CodeSystem, name: str, value: str) -> set[int]:
    check_pattern(value)
    pattern = re.compile(value)
    return {
        place
        for place in range(len(system.concepts))
        if any(pattern.fullmatch(one) for one in values_of(system, place, name))
    }


def _exists(system: CodeSystem, name: str, value: str) -> set[int]:
    if value not in {"true", "false"}:
        raise UnusableValueSet("a value set filters by exists, which takes true or false")
    return {
        place
        for place in range(len(system.concepts))
        if bool(values_of(system, place, name)) is (value == "true")
    }


OPERATORS: Mapping[str, Operator] = {
    "is-a": _is_a,
    "descendent-of": _descendent_of,
    "is-not-a": _is_not_a,
    "generalizes": _generalizes,
    "=": _equal,
    "in": _in,
    "not-in": _not_in,
    "regex": _regex,
    "exists": _exists,
}
