"""One row to be written, with what it does to history and index: the unit both databases take."""

from dataclasses import dataclass

from fhir_server.model.resource import JsonObject
from fhir_server.store.content import aware
from fhir_server.store.index import Change
from fhir_server.store.prepare import Prepared
from fhir_server.store.version import Stored


@dataclass(frozen=True, slots=True)
class Create:
    """Wish to create a resource; without `id` the server gives one."""

    type: str
    resource: JsonObject
    id: str | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """Wish to replace a resource; a tombstone comes back to life.

    `former` is the tree of the current body, where it is known: it need not be decoded again.
    """

    current: Stored
    resource: JsonObject
    former: JsonObject | None = None


@dataclass(frozen=True, slots=True)
class Delete:
    """Wish to delete a resource; deleting a tombstone changes nothing."""

    current: Stored


Wish = Create | Prepared | Update | Delete


@dataclass(slots=True)
class Write:
    """A row of `resource` as it shall be; nobody changes it: frozen, making one costs thrice.

    `previous` is the number of the version it replaces, 0 for a new resource, and `indexed` the
    hash of the index rows which that has: reindexing may change them, and the version stays.
    `added` and `removed` are the index rows that change; `present` is that of its index rows;
    `marked` says that its words are to be read again.
    `updated` is in microseconds since 1970.
    """

    rid: int
    type: str
    fid: str
    self_key: int
    number: int
    updated: int
    deleted: bool
    operation: str
    labels: str | None
    body_hash: int
    param_hash: int
    present: int
    body: bytes
    previous: int
    added: Change
    removed: Change
    marked: bool = False
    indexed: int = 0

    @property
    def stored(self) -> Stored:
        """The version as callers get it."""
        return Stored(
            self.rid,
            self.type,
            self.fid,
            self.number,
            aware(self.updated),
            self.deleted,
            self.operation,
            self.body,
            self.body_hash,
            self.param_hash,
        )
