"""What a new resource is made of, worked out before it is known when it is stored; pure.

Bulk loads prepare resources in other processes; a moment later the unit of work stamps them.
"""

from collections.abc import Callable
from dataclasses import dataclass

from fhir_server.model.resource import JsonObject
from fhir_server.search.rows import Rows
from fhir_server.store.content import instant, make_content
from fhir_server.store.index import Change, all_of

UNSTAMPED = instant(0).encode()


@dataclass(frozen=True, slots=True)
class Prepared:
    """Wish to create a resource whose body and index rows are made already.

    `body` is that of version 1, its lastUpdated not yet known; `generation` is that of the search
    parameters the rows are of.
    """

    type: str
    id: str
    body: bytes
    body_hash: int
    labels: str | None
    rows: Change
    param_hash: int
    present: int
    generation: int = 0

    def stamped(self, updated: int) -> bytes:
        """Return the body with its lastUpdated, in microseconds since 1970."""
        return self.body.replace(UNSTAMPED, instant(updated).encode(), 1)


def prepare(
    type: str,
    id: str,
    resource: JsonObject,
    extract: Callable[[JsonObject, int], Rows],
    tenant: int,
    generation: int = 0,
) -> Prepared:
    """Return a new resource ready to be stored."""
    content = make_content(resource, type, id, 1, 0)
    rows = extract(content.resource, tenant)
    made = (content.body, content.hash, content.labels)
    return Prepared(type, id, *made, all_of(rows), rows.hash, rows.present, generation)
