"""What a unit of work has looked up ahead: the resources that have a value, by its index key.

Many conditional writes look for their resources by an identifier. Sought together, they cost one
statement; what the unit of work writes meanwhile is sought anew when it is asked for.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, cast

from sqlalchemy import Select, bindparam, select

from fhir_server.db.tables import ix_eq
from fhir_server.model.resource import Version
from fhir_server.model.rest import Context
from fhir_server.search.visible import version_columns, visible
from fhir_server.store.version import version_of

if TYPE_CHECKING:
    from fhir_server.store.reader import Reader


class Sought:
    """The versions found for each key that was looked up, in the order of their creation."""

    def __init__(self) -> None:
        self._found: dict[int, list[Version]] = {}

    def look(self, reader: "Reader", keys: Iterable[int]) -> None:
        """Look up what has these values, in one statement. Keys are those of `ix_eq`."""
        fresh = sorted(set(keys) - self._found.keys())
        if not fresh:
            return
        self._found |= {key: [] for key in fresh}
        for row in reader.rows(_by_key(reader.context.tenant), {"keys": fresh}):
            self._found[cast("int", row[0])].append(version_of(row[1:]))

    def of(self, key: int) -> Sequence[Version] | None:
        """Return what has the value; None when it was not looked up, or was written since."""
        return self._found.get(key)

    def forget(self, keys: Iterable[int]) -> None:
        """Look these values up again when they are asked for: a resource with them is written."""
        if self._found:
            for key in keys:
                self._found.pop(key, None)


@lru_cache(maxsize=64)
def _by_key(tenant: int) -> Select[*tuple[object, ...]]:
    rows = visible(None, Context(tenant=tenant))
    wanted = ix_eq.c.key.in_(bindparam("keys", expanding=True))
    both = rows.join(ix_eq, ix_eq.c.rid == rows.c.rid)
    chosen = select(ix_eq.c.key, *version_columns(rows)).select_from(both)
    return chosen.where(wanted).order_by(rows.c.rid)
