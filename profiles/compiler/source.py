"""The R4 definition bundles as JSON objects: reading them, and reading their members safely."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path

JsonValue = str | int | float | bool | None | dict[str, "JsonValue"] | list["JsonValue"]
JsonObject = dict[str, JsonValue]


def resources(folder: Path, bundle: str, resource_type: str) -> Iterator[JsonObject]:
    """Yield the resources of one type from `folder/bundle.json.gz`."""
    with gzip.open(folder / f"{bundle}.json.gz", "rb") as file:
        content = json.load(file)
    for entry in objects(content, "entry"):
        resource = entry["resource"]
        if isinstance(resource, dict) and resource["resourceType"] == resource_type:
            yield resource


def objects(parent: JsonObject, name: str) -> list[JsonObject]:
    """Return the objects of an array member, empty when the member is absent."""
    value = parent.get(name, [])
    if not isinstance(value, list):
        raise TypeError(f"{name} is not an array")
    return [item for item in value if isinstance(item, dict)]


def child(parent: JsonObject, name: str) -> JsonObject:
    """Return an object member, empty when it is absent."""
    value = parent.get(name, {})
    if not isinstance(value, dict):
        raise TypeError(f"{name} is not an object")
    return value


def text(parent: JsonObject, name: str) -> str:
    """Return a string member, empty when it is absent."""
    value = parent.get(name, "")
    if not isinstance(value, str):
        raise TypeError(f"{name} is not a string")
    return value


def texts(parent: JsonObject, name: str) -> list[str]:
    """Return the strings of an array member, empty when the member is absent."""
    value = parent.get(name, [])
    if not isinstance(value, list):
        raise TypeError(f"{name} is not an array")
    return [item for item in value if isinstance(item, str)]


def last_segment(canonical: str) -> str:
    """Return the id part of a canonical URL: after the last slash, without the version."""
    return canonical.split("|", 1)[0].rsplit("/", 1)[-1]
