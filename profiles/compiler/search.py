"""SearchParameter and CompartmentDefinition resources to the search tables of each type."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import cast

from profiles.compiler.source import JsonObject, objects, text, texts
from profiles.definition import Component, SearchParameter, SearchType

NOT_DOMAIN_RESOURCES = frozenset({"Binary", "Bundle", "Parameters"})
FIRST_NAME = re.compile(r"[\s(]*([A-Za-z]+)")
TOKEN = re.compile(r"'[^']*'|[()|]|[^'()|]+")


def compile_search(
    parameters: Iterable[JsonObject], resource_types: Collection[str]
) -> dict[str, tuple[SearchParameter, ...]]:
    """Return each resource type's search parameters, inherited ones included, by code."""
    by_url = {text(parameter, "url"): parameter for parameter in parameters}
    table: dict[str, dict[str, SearchParameter]] = {name: {} for name in resource_types}
    for parameter in by_url.values():
        for name in _applies_to(parameter, resource_types):
            row = _row(parameter, name, resource_types, by_url)
            table[name][row.code] = row
    return {
        name: tuple(rows[code] for code in sorted(rows)) for name, rows in sorted(table.items())
    }


def compile_compartments(definitions: Iterable[JsonObject]) -> list[JsonObject]:
    """Return code, canonical and member types with their linking parameters, by code."""
    return [_compartment(d) for d in sorted(definitions, key=lambda d: text(d, "code"))]


def alternatives(expression: str) -> Iterator[str]:
    """Yield the operands of the outermost `|` of a FHIRPath expression."""
    depth, current = 0, ""
    for part in TOKEN.findall(expression):
        depth += {"(": 1, ")": -1}.get(part, 0)
        if part == "|" and depth == 0:
            yield current.strip()
            current = ""
        else:
            current += part
    yield current.strip()


def _applies_to(parameter: JsonObject, resource_types: Collection[str]) -> Iterator[str]:
    bases = texts(parameter, "base")
    for name in resource_types:
        inherits = "Resource" in bases or (
            "DomainResource" in bases and name not in NOT_DOMAIN_RESOURCES
        )
        if inherits or name in bases:
            yield name


def _row(
    parameter: JsonObject,
    resource_type: str,
    resource_types: Collection[str],
    by_url: Mapping[str, JsonObject],
) -> SearchParameter:
    components = tuple(
        Component(text(part, "code"), _search_type(part), expression)
        for part, expression in (
            (by_url[text(source, "definition")], text(source, "expression"))
            for source in objects(parameter, "component")
        )
    )
    return SearchParameter(
        code=text(parameter, "code"),
        type=_search_type(parameter),
        url=text(parameter, "url"),
        expression=_narrowed(text(parameter, "expression"), resource_type, resource_types),
        targets=_targets(parameter, resource_types),
        components=components,
    )


def _targets(parameter: JsonObject, resource_types: Collection[str]) -> tuple[str, ...]:
    """Return the target types, sorted; none when the parameter lists every type there is."""
    targets = set(texts(parameter, "target")) & set(resource_types)
    reaches_all = targets >= set(resource_types) - {"Parameters"}
    return () if reaches_all else tuple(sorted(targets))


def _search_type(parameter: JsonObject) -> SearchType:
    # The bundle's value set for SearchParameter.type is exactly this Literal.
    return cast("SearchType", text(parameter, "type"))


def _narrowed(expression: str, resource_type: str, resource_types: Collection[str]) -> str | None:
    """Drop the alternatives that start at another resource type; None when nothing is left."""
    kept = []
    for alternative in alternatives(expression):
        first = FIRST_NAME.match(alternative)
        if first and not (first[1] in resource_types and first[1] != resource_type):
            kept.append(alternative)
    return " | ".join(kept) or None


def _compartment(definition: JsonObject) -> JsonObject:
    members: JsonObject = {}
    for resource in objects(definition, "resource"):
        codes = [code for code in texts(resource, "param") if code != "{def}"]
        if codes:
            members[text(resource, "code")] = list(codes)
    url, code = text(definition, "url"), text(definition, "code")
    return {"code": code, "url": url, "members": dict(sorted(members.items()))}
