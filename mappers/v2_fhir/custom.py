"""The Z segments of a feed written into resources, by its rows."""

from collections.abc import Mapping, Sequence
from functools import lru_cache

from mappers.path import JsonObject, JsonValue
from mappers.rule import Rule, Table
from mappers.v2_fhir.dialect import CustomRule

VALUES: Mapping[str, str] = {
    "code": "valueCode",
    "boolean": "valueBoolean",
    "integer": "valueInteger",
    "date": "valueDate",
    "dateTime": "valueDateTime",
    "instant": "valueInstant",
    "period": "valuePeriod",
    "cwe": "valueCodeableConcept",
}
"""The value[x] of an extension by the transformation that makes it; else a string."""
VALUE = "value"


@lru_cache(maxsize=1024)
def table_of(rule: CustomRule) -> Table:
    """Return the row as a table of one rule."""
    target = rule.target or VALUE
    made = Rule(rule.source, target, using=rule.using, codes=rule.table)
    return Table(rule.source.partition("-")[0], rule.resource, (made,), note="of the feed")


def owner_of(ordinal: int, type: str, made: Sequence[tuple[int, JsonObject]]) -> JsonObject | None:
    """Return the resource of a type that a segment belongs to.

    `made` are resources with the ordinals of segments they were made of.
    """
    fit = [(at, one) for at, one in made if one.get("resourceType") == type]
    before = [(at, one) for at, one in fit if at < ordinal]
    if before:
        return max(before, key=lambda one: one[0])[1]
    return fit[0][1] if fit else None


def write_extension(resource: JsonObject, rule: CustomRule, value: JsonValue) -> None:
    """Add the extension of a row, in place of one that is there under its URL."""
    given = resource.get("extension")
    others: list[JsonValue] = [
        one
        for one in (given if isinstance(given, list) else [])
        if not (isinstance(one, dict) and one.get("url") == rule.extension)
    ]
    name = VALUES.get(rule.using, "valueString")
    added: JsonObject = {"url": rule.extension, name: value}
    resource["extension"] = [*others, added]
