"""Walking over stored resources in the order of their keys, a page at a time."""

from collections.abc import Sequence
from typing import cast

from sqlalchemy import Select, bindparam, func, select

from fhir_server.model.resource import Version
from fhir_server.search.visible import stored_columns, version_columns, versions, visible
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork
from fhir_server.store.version import Stored, stored_of, version_of

Statement = Select[*tuple[object, ...]]


def live_count(reader: Reader, type: str | None, last: int) -> int:
    """Return how many resources of a type (None: of all) have a key up to `last`."""
    rows = visible(type, reader.context)
    found = reader.rows(select(func.count()).select_from(rows).where(rows.c.rid <= last))
    return cast("int", found[0][0])


def last_key(reader: Reader) -> int:
    """Return the highest internal key of a resource, 0 without any."""
    rows = visible(None, reader.context, deleted=True)
    return cast("int", reader.rows(select(func.coalesce(func.max(rows.c.rid), 0)))[0][0])


def page(
    reader: Reader, type: str | None, after: int, last: int, limit: int, *, locked: bool = False
) -> list[Stored]:
    """Return the current versions behind a key, in the order of their keys, `limit` at most.

    With `locked` they are held against other writers until the unit of work ends.
    """
    chosen = _stored(type, reader).limit(limit)
    if locked:
        chosen = chosen.with_for_update()
    values = {"after": after, "last": last}
    return [stored_of(row) for row in reader.rows(chosen, values)]


def hold(work: UnitOfWork, rids: Sequence[int]) -> dict[int, Stored]:
    """Return and hold the current versions with these keys; those deleted are left out."""
    rows = visible(None, work.context)
    chosen = select(*stored_columns(rows)).where(rows.c.rid.in_(list(rids))).order_by(rows.c.rid)
    found = [stored_of(row) for row in work.rows(chosen.with_for_update())]
    return {one.rid: one for one in found}


def every_version(reader: Reader, type: str | None, after: int, last: int) -> list[Version]:
    """Return every version of the resources between two keys, tombstones too."""
    rows = versions(type, reader.context)
    chosen = select(*version_columns(rows)).where(rows.c.rid > after, rows.c.rid <= last)
    return [version_of(row) for row in reader.rows(chosen)]


def keys(reader: Reader, type: str | None, after: int, last: int, limit: int) -> list[int]:
    """Return the keys behind a key, of tombstones too, `limit` at most."""
    rows = visible(type, reader.context, deleted=True)
    chosen = select(rows.c.rid).where(rows.c.rid > after, rows.c.rid <= last)
    found = reader.rows(chosen.order_by(rows.c.rid).limit(limit))
    return [cast("int", row[0]) for row in found]


def _stored(type: str | None, reader: Reader) -> Statement:
    rows = visible(type, reader.context)
    between = (rows.c.rid > bindparam("after"), rows.c.rid <= bindparam("last"))
    return select(*stored_columns(rows)).where(*between).order_by(rows.c.rid)
