"""Elements the server maintains: what a client sends for them gives way to what is stored.

A claim's state follows from what was sent and what the payer answered; a client that could write
it could call a claim paid. So it is left out of a new resource and carried over by an update.
"""

from collections.abc import Mapping

from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, JsonValue, Version

CLAIM_STATE = "https://parity.example/fhir/StructureDefinition/claim-state"
MAINTAINED: Mapping[str, tuple[str, ...]] = {"Claim": (CLAIM_STATE,)}
"""The URLs of the extensions maintained, by resource type."""


def with_maintained(resource: JsonObject, current: Version | None) -> JsonObject:
    """Return a client's resource with the maintained extensions of the current version."""
    urls = MAINTAINED.get(str(resource.get("resourceType")), ())
    if not urls:
        return resource
    known = decode(current.body) if current is not None and not current.deleted else {}
    stored = [one for one in _extensions(known) if _url(one) in urls]
    given = [one for one in _extensions(resource) if _url(one) not in urls]
    if stored or len(given) < len(_extensions(resource)):
        rest = {name: value for name, value in resource.items() if name != "extension"}
        return rest | ({"extension": [*given, *stored]} if given or stored else {})
    return resource


def _extensions(resource: JsonObject) -> list[JsonValue]:
    found = resource.get("extension")
    return found if isinstance(found, list) else []


def _url(extension: JsonValue) -> JsonValue:
    return extension.get("url") if isinstance(extension, dict) else None
