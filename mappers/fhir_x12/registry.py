"""The resources read out of one file: each once, under an id that says the same every time."""

import hashlib
import json
from decimal import Decimal

from mappers.fhir_x12 import system
from mappers.fhir_x12.locate import getter
from mappers.path import JsonObject, JsonValue

_IDENTITIES = tuple(
    getter(f"identifier[system={one}].value")
    for one in (system.NPI, system.PAYER_ID, system.HEALTH_PLAN_ID, system.EIN)
)
ID_LENGTH = 32


class Registry:
    """Takes resources; the same content is the same resource.

    The id comes from what identifies a party (NPI, payer id, tax number); a second one of the
    same identity and other content gets its id from the content.
    """

    def __init__(self) -> None:
        self.resources: dict[str, JsonObject] = {}
        self._by_content: dict[str, str] = {}

    def add(self, resource: JsonObject, key: str = "") -> str:
        """Keep a resource and return its reference; `key` identifies it instead of its content."""
        content = _content(resource)
        known = self._by_content.get(content)
        if known is not None:
            return known
        kind = str(resource["resourceType"])
        reference = f"{kind}/{_digest(f'{kind}|{key or _identity(resource) or content}')}"
        if reference in self.resources:
            reference = f"{kind}/{_digest(f'{kind}|{content}')}"
        self.resources[reference] = resource
        resource["id"] = reference.partition("/")[2]
        self._by_content[content] = reference
        return reference


def _identity(resource: JsonObject) -> str:
    """Return what identifies an organization or provider, empty where nothing does."""
    found = next((one for get in _IDENTITIES if (one := get(resource)) is not None), "")
    return str(found)


def _content(resource: JsonObject) -> str:
    bare = {name: one for name, one in resource.items() if name != "id"}
    return json.dumps(bare, sort_keys=True, default=_number)


def _number(value: object) -> str:
    return format(value, "f") if isinstance(value, Decimal) else str(value)


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:ID_LENGTH]


def refer(reference: str) -> JsonObject:
    """Return a Reference."""
    return {"reference": reference}


def concept(of: str, code: str) -> JsonObject:
    """Return a CodeableConcept of one coding."""
    return {"coding": [{"system": of, "code": code}]}


def numbered(entries: JsonValue) -> None:
    """Give the entries of a list their sequence, from 1."""
    for number, one in enumerate(entries if isinstance(entries, list) else [], 1):
        if isinstance(one, dict):
            one["sequence"] = number
