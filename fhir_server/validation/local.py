"""References to contained resources: `#id` must name one of the resource that holds it.

Source: https://hl7.org/fhir/R4/references.html#contained and invariant ref-1. A contained resource
refers to its fellows in the same way, and to the resource that contains it by `#` alone.
"""

from collections.abc import Iterator

from fhir_server.model.resource import JsonObject, JsonValue


def dangling(resource: JsonObject) -> Iterator[str]:
    """Yield the FHIRPath of each local reference that leads nowhere.

    The resources of Bundle entries are judged by themselves, and not entered here. What is in
    Parameters may be parts of another resource, as in a patch, and refer to what that contains.
    """
    if resource.get("resourceType") == "Parameters":
        return
    contained = resource.get("contained")
    inner = contained if isinstance(contained, list) else []
    known = {f"#{one.get('id')}" for one in inner if isinstance(one, dict) and "id" in one}
    yield from _dangling(resource, known | {"#"}, str(resource.get("resourceType")))


def _dangling(value: JsonValue, known: set[str], path: str) -> Iterator[str]:
    if isinstance(value, dict):
        reference = value.get("reference")
        if isinstance(reference, str) and reference.startswith("#") and reference not in known:
            yield f"{path}.reference"
        inner = [(f"{path}.{key}", one) for key, one in value.items() if key != "resource"]
    elif isinstance(value, list):
        inner = [(f"{path}[{index}]", one) for index, one in enumerate(value)]
    else:
        return
    for place, one in inner:
        if isinstance(one, dict | list):
            yield from _dangling(one, known, place)
