"""References to contained resources: `#id` must name one of the resource that holds it.

Source: https://hl7.org/fhir/R4/references.html#contained and invariant ref-1. A contained resource
refers to its fellows in the same way, and to the resource that contains it by `#` alone.
"""

from collections.abc import Iterator

from fhir_server.model.resource import JsonObject, JsonValue


def dangling(resource: JsonObject) -> Iterator[str]:
    """Yield the FHIRPath of each local reference that leads nowhere.

    The resources of Bundle entries and Parameters are judged by themselves, and not entered here.
    """
    contained = resource.get("contained")
    inner = contained if isinstance(contained, list) else []
    known = {f"#{one.get('id')}" for one in inner if isinstance(one, dict) and "id" in one}
    yield from _dangling(resource, known | {"#"}, str(resource.get("resourceType")))


def _dangling(value: JsonValue, known: set[str], path: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, member in value.items():
            if isinstance(member, str):
                if key == "reference" and member.startswith("#") and member not in known:
                    yield f"{path}.reference"
            elif isinstance(member, dict | list) and key != "resource":
                yield from _dangling(member, known, f"{path}.{key}")
    elif isinstance(value, list):
        for index, member in enumerate(value):
            if isinstance(member, dict):
                yield from _dangling(member, known, f"{path}[{index}]")
