"""From a row of `visible` to a version."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from fhir_server.model.resource import Version
from fhir_server.store.content import aware

Selected = tuple[int, str, str, int, int, bool, str, str]
"""A row as `search.visible.VERSION` names its columns."""


@dataclass(frozen=True, slots=True)
class Stored(Version):
    """A current version as a unit of work holds it, to be updated or deleted.

    `body_hash` and `param_hash` are those of its row: of its content and of its index rows.
    """

    body_hash: int
    param_hash: int


def version_of(row: Sequence[object]) -> Version:
    """Return the version of a row that begins with the columns of `search.visible.VERSION`."""
    rid, kind, fid, number, updated, deleted, operation, body = cast("Selected", tuple(row[:8]))
    return Version(rid, kind, fid, number, aware(updated), bool(deleted), operation, body.encode())


def stored_of(row: Sequence[object]) -> Stored:
    """Return the stored version of a row of VERSION followed by body_hash and param_hash."""
    rid, kind, fid, number, updated, deleted, operation, body = cast("Selected", tuple(row[:8]))
    body_hash, param_hash = cast("tuple[int, int]", tuple(row[8:10]))
    return Stored(
        rid,
        kind,
        fid,
        number,
        aware(updated),
        bool(deleted),
        operation,
        body.encode(),
        body_hash,
        param_hash,
    )
