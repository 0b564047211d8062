"""Entries of the transaction of a message as JSON: where they write, and what."""

from fhir_server.model.resource import JsonObject, JsonValue


def settled(full_url: str, entry: JsonObject) -> str:
    """Give a new Patient its id, so that others can be linked to it; return its reference."""
    if place := place_of(entry):
        return place
    reference = f"Patient/{full_url.removeprefix('urn:uuid:')}"
    entry |= put(reference, resource_of(entry)) | {"fullUrl": full_url}
    return reference


def place_of(entry: JsonObject) -> str:
    """Return `Type/id` of an entry that has it, empty for one whose id is not known yet."""
    request = entry["request"]
    url = str(request["url"]) if isinstance(request, dict) else ""
    return url if "?" not in url and "/" in url else ""


def resource_of(entry: JsonObject) -> JsonObject:
    """Return the resource of an entry."""
    resource = entry["resource"]
    return resource if isinstance(resource, dict) else {}


def put(reference: str, resource: JsonObject) -> JsonObject:
    """Return the part of an entry that puts a resource at its place."""
    id: JsonValue = reference.partition("/")[2]
    request: JsonObject = {"method": "PUT", "url": reference}
    return {"resource": resource | {"id": id}, "request": request}
