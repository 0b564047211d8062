"""What composites and `near` shall find, judged without the product.

The elements of a composite come from fhirpathpy one by one, and the values of its components from
each of them; whether a value meets a part is decided by the rules of `search_oracle`.
"""

import itertools
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from msgspec.structs import replace

from profiles.definition import Component, SearchParameter
from tests.conformance.search_oracle import RULES, Case, Json, Tree, compiled, escaped, number

MOST_PROBES = 4
EARTH = 6371.0088
CIRCLES = (("1", "km", 1.0), ("900000", "m", 900.0), ("3000", "mi", 4828.032))
"""Distances asked for: number, unit, kilometres."""


@dataclass(frozen=True)
class Element:
    """An element of a resource with the values of each component."""

    id: str
    values: tuple[tuple[Json, ...], ...]


def components_of(row: SearchParameter) -> tuple[Component, ...]:
    """Return the components of a composite.

    R4 gives those of `relationship` each other's expression (corrected in R5).
    """
    if row.code != "relationship":
        return row.components
    first, second = row.components
    return (
        replace(first, expression=second.expression),
        replace(second, expression=first.expression),
    )


def composite_cases(row: SearchParameter, type: str, resources: Sequence[Tree]) -> Iterator[Case]:
    """Yield the cases of one composite over all resources of its type."""
    components = components_of(row)
    found = [element for one in resources for element in elements(row, type, one)]
    probes: dict[str, tuple[str, ...]] = {}
    for element in found:
        for parts in itertools.product(*map(probed, element.values, components)):
            probes["$".join(parts)] = parts
    chosen = list(probes)
    for text in dict.fromkeys([*chosen[: MOST_PROBES - 1], *chosen[-1:]]):
        parts = probes[text]
        ids = {element.id for element in found if all(map(met, element.values, parts, components))}
        written = "$".join(map(spelled, parts, components))
        yield Case(type, row.code, written, frozenset(ids))


def probed(values: Sequence[Json], component: Component) -> list[str]:
    probe, _ = RULES[component.type]
    texts = [text for value in values for text in probe(value) if not text.endswith("|")]
    return list(dict.fromkeys(texts))[:2]


def met(values: Sequence[Json], text: str, component: Component) -> bool:
    _, meets = RULES[component.type]
    return any(meets(value, text) for value in values)


def spelled(text: str, component: Component) -> str:
    return escaped(text, component.type)


def elements(row: SearchParameter, type: str, resource: Tree) -> Iterator[Element]:
    """Yield each element that has a value of every component."""
    for root in (row.expression or "").split(" | "):
        count = len(compiled(root)(resource)) if root != type else 1
        for place in range(count):
            at = root if root == type else f"{root}[{place}]"
            values = tuple(
                tuple(read(resource, expressions(one, at, type))) for one in components_of(row)
            )
            if all(values):
                yield Element(str(resource["id"]), values)


def read(resource: Tree, texts: Iterable[str]) -> Iterator[Json]:
    for text in texts:
        yield from compiled(text)(resource)


def expressions(component: Component, element: str, type: str) -> Iterator[str]:
    written = re.sub(r"\.as\((\w+)\)", r".ofType(\1)", component.expression)
    for text in written.replace("DateTime", "dateTime").split(" | "):
        if text.startswith("%resource."):
            yield f"{type}.{text.removeprefix('%resource.')}"
        else:
            yield f"{element}.{text}"


def near_cases(row: SearchParameter, type: str, resources: Sequence[Tree]) -> Iterator[Case]:
    """Yield circles around each place, as wide as some other places are away."""
    places = {
        str(one["id"]): (number(position["latitude"]), number(position["longitude"]))
        for one in resources
        for position in compiled("Location.position")(one)
        if isinstance(position, dict)
    }
    for here in list(places.values())[:MOST_PROBES]:
        for reach, unit, kilometres in CIRCLES:
            found = {id for id, place in places.items() if apart(here, place) <= kilometres}
            text = f"{here[0]}|{here[1]}|{reach}|{unit}"
            yield Case(type, row.code, text, frozenset(found))


def apart(one: tuple[Decimal, Decimal], other: tuple[Decimal, Decimal]) -> float:
    """Return the kilometres between two places by the angle between their directions."""
    first, second = direction(*one), direction(*other)
    cosine = sum(a * b for a, b in zip(first, second, strict=True))
    return EARTH * math.acos(max(-1.0, min(1.0, cosine)))


def direction(latitude: Decimal, longitude: Decimal) -> tuple[float, float, float]:
    up, along = math.radians(latitude), math.radians(longitude)
    return math.cos(up) * math.cos(along), math.cos(up) * math.sin(along), math.sin(up)
