"""The code systems and value sets that ship with R4, as facts: no definitions, no designations."""

import gzip
from collections.abc import Iterable

import msgspec

from profiles.compiler.source import JsonObject, JsonValue, text
from profiles.terminology import CodeSystem, read_code_system

KEPT = ("url", "version", "name", "compose", "expansion")
LEFT_OUT = ("display", "designation", "definition", "extension", "timestamp", "identifier")
DECLARED_ONLY = ("deprecationDate",)
"""Properties that no value set of the standard asks for."""


def compile_terminology(value_sets: Iterable[JsonObject], systems: Iterable[JsonObject]) -> bytes:
    """Return the compressed file of `profiles.terminology`: the same input gives the same bytes."""
    content = {
        "systems": {one.url: one for one in map(_system, systems) if one.content != "supplement"},
        "sets": {text(one, "url"): _value_set(one) for one in value_sets},
    }
    return gzip.compress(msgspec.json.encode(content, order="sorted"), mtime=0)


def _system(resource: JsonObject) -> CodeSystem:
    system = read_code_system(resource)
    concepts = tuple(
        msgspec.structs.replace(
            one, properties=tuple(row for row in one.properties if row[0] not in DECLARED_ONLY)
        )
        for one in system.concepts
    )
    return msgspec.structs.replace(system, concepts=concepts)


def _value_set(resource: JsonObject) -> JsonObject:
    return {name: _facts(resource[name]) for name in KEPT if name in resource}


def _facts(value: JsonValue) -> JsonValue:
    if isinstance(value, list):
        return [_facts(one) for one in value]
    if isinstance(value, dict):
        return {name: _facts(one) for name, one in value.items() if name not in LEFT_OUT}
    return value
