"""The resource is its JSON: a dict with exact decimals, kept as received plus meta."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

JsonScalar = str | int | Decimal | bool | None
JsonValue = JsonScalar | dict[str, "JsonValue"] | list["JsonValue"]
JsonObject = dict[str, JsonValue]
FrozenJson = JsonScalar | Mapping[str, "FrozenJson"] | Sequence["FrozenJson"]


@dataclass(frozen=True, slots=True)
class Version:
    """One stored version of a resource, as the store returns it.

    `body` is the JSON text served to clients (UTF-8, with id and meta), empty for a tombstone.
    `rid` is the internal key of the resource; `number` counts versions from 1;
    `updated` is aware UTC. `operation` is how the version came about: create, update, delete.
    """

    rid: int
    type: str
    id: str
    number: int
    updated: datetime
    deleted: bool
    operation: str
    body: bytes

    @property
    def reference(self) -> str:
        """The relative literal reference, `Patient/1`."""
        return f"{self.type}/{self.id}"

    @property
    def etag(self) -> str:
        """The weak ETag of the version (https://hl7.org/fhir/R4/http.html#versioning)."""
        return f'W/"{self.number}"'
