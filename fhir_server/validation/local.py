"""References to contained resources: `#id` must name one of the resource that holds it.

Source: https://hl7.org/fhir/R4/references.html#contained and invariant ref-1. A contained resource
refers to its fellows in the same way, and to the resource that contains it by `#` alone.
"""

from collections.abc import Iterator

from fhir_server.model.resource import JsonObject, JsonValue


def dangling(resource: JsonObject) -> Iterator[str]:
    """Yield the FHIRPath of each local reference that leads nowhere.

    Resources in Bundle entries and in Parameters are judged by themselves, and not entered here;
    operations of a patch are not judged at all.
    """
    contained = resource.get("contained")
    inner = contained if isinstance(contained, list) else []
    known = {f"#{one.get('id')}" for one in inner if isinstance(one, dict) and "id" in one}
    judged = _without_patch(resource) if resource.get("resourceType") == "Parameters" else resource
    yield from _dangling(judged, known | {"#"}, str(resource.get("resourceType")))


def is_patch_operation(parameter: JsonObject) -> bool:
    """Whether a parameter is an operation of a FHIRPath Patch: it has a type and a path.

    What it brings becomes part of another resource and may refer to what that one contains.
    Source: https://hl7.org/fhir/R4/fhirpatch.html.
    """
    parts = parameter.get("part")
    rows = parts if isinstance(parts, list) else []
    names = [row.get("name") for row in rows if isinstance(row, dict)]
    return parameter.get("name") == "operation" and "type" in names and "path" in names


def _without_patch(parameters: JsonObject) -> JsonObject:
    """Return Parameters with nothing in the place of each operation of a patch."""
    rows = parameters.get("parameter")
    if not isinstance(rows, list):
        return parameters
    kept: list[JsonValue] = [
        {} if isinstance(row, dict) and is_patch_operation(row) else row for row in rows
    ]
    return parameters | {"parameter": kept}


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
