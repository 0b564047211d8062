"""Taking versions and resources out of the database for good: the one place where rows go.

A resource is first deleted like any other, which empties its index rows and whatever else a write
keeps; then its words are forgotten and its rows go from the tables of ERASED, in that order.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import cast

from sqlalchemy import (
    Column,
    ColumnElement,
    Executable,
    Select,
    and_,
    delete,
    func,
    or_,
    select,
    true,
)

from fhir_server.db.tables import exchange_link, ix_ref, job, repeat, resource, resource_version
from fhir_server.model.resource import Version
from fhir_server.search.visible import Visible, version_arms, version_columns, visible
from fhir_server.store import words
from fhir_server.store.reader import CHUNK, Key, Reader
from fhir_server.store.unit_of_work import UnitOfWork
from fhir_server.store.write import Delete

ERASED = (exchange_link, resource_version, resource)
"""The tables a resource has rows in once it is deleted, in the order they are emptied."""


@dataclass(frozen=True, slots=True)
class Past:
    """Superseded versions that came about before a moment (microseconds since 1970).

    Of one resource when `id` is given; `type` is then given too. Without a type, of all types.
    """

    before: int
    type: str | None = None
    id: str | None = None


def count_past(reader: Reader, past: Past, types: Sequence[str]) -> dict[str, int]:
    """Return how many versions these are, by type."""
    found = {type: reader.count(_places(reader, past, type)) for type in types}
    return {type: count for type, count in found.items() if count}


def erase_past(work: UnitOfWork, past: Past, type: str, limit: int) -> int:
    """Remove the oldest of these versions of a type, at most `limit`; return how many."""
    places = _places(work, past, type)
    chosen = places.order_by(*places.selected_columns).limit(limit)
    rows = work.rows(chosen)
    by_number: dict[object, list[object]] = {}
    for _, rid, ver in rows:
        by_number.setdefault(ver, []).append(rid)
    for ver, rids in by_number.items():
        for start in range(0, len(rids), CHUNK):
            work.change(_some_versions(ver, rids[start : start + CHUNK]))
    return len(rows)


def _some_versions(ver: object, rids: Sequence[object]) -> Executable:
    """Return the deletion of a version of these resources; pairs in a list would have no index."""
    table = resource_version
    return delete(table).where(table.c.rid.in_(rids), table.c.ver == ver)


def _places(reader: Reader, past: Past, type: str) -> Select[*tuple[object, ...]]:
    _, rows = version_arms(type, reader.context)
    chosen = select(rows.c.updated, rows.c.rid, rows.c.ver).where(rows.c.updated < past.before)
    return chosen if past.id is None else chosen.where(rows.c.fid == past.id)


def linked(
    reader: Reader, target: int, keys: Sequence[int], after: int, limit: int
) -> list[Version]:
    """Return resources that refer to a target by parameters of these keys, in order of creation."""
    from_index = _by_reference(reader, target, keys, after)
    return reader.select(from_index.limit(limit))


def count_linked(reader: Reader, target: int, keys: Sequence[int]) -> int:
    """Return how many resources `linked` would return in all."""
    return reader.count(_by_reference(reader, target, keys, 0))


def _by_reference(
    reader: Reader, target: int, keys: Sequence[int], after: int
) -> Select[*tuple[object, ...]]:
    rows = visible(None, reader.context)
    inside = select(ix_ref.c.rid).where(ix_ref.c.target == target, ix_ref.c.key.in_(keys))
    chosen = select(*version_columns(rows)).where(rows.c.rid.in_(inside), rows.c.rid > after)
    return chosen.order_by(rows.c.rid)


def buried(reader: Reader, type: str, text: str) -> Iterator[Version]:
    """Yield the superseded versions of deleted resources of a type whose body holds a text."""
    graves: Visible = visible(type, reader.context, deleted=True)
    _, rows = version_arms(type, reader.context)
    chosen = (
        select(*version_columns(rows))
        .join(graves, graves.c.rid == rows.c.rid)
        .where(graves.c.deleted == true(), rows.c.body.contains(text, autoescape=True))
        .order_by(rows.c.rid, rows.c.ver)
    )
    yield from reader.select(chosen)


@dataclass(frozen=True, slots=True)
class Erased:
    """What was taken out: resources and versions, links of exchanges to them, kept answers."""

    resources: int = 0
    versions: int = 0
    links: int = 0
    answers: int = 0

    def __add__(self, other: "Erased") -> "Erased":
        return Erased(
            self.resources + other.resources,
            self.versions + other.versions,
            self.links + other.links,
            self.answers + other.answers,
        )


def erase(work: UnitOfWork, keys: Sequence[Key]) -> Erased:
    """Take resources out with all their versions, their index and the links of exchanges."""
    held = work.lock_many(keys)
    rids = sorted(one.rid for one in held.values())
    versions = links = 0
    for start in range(0, len(rids), CHUNK):
        counted = select(func.count()).where(
            resource_version.c.rid.in_(rids[start : start + CHUNK])
        )
        versions += cast("int", work.rows(counted)[0][0])
    work.apply([Delete(one) for one in held.values() if not one.deleted])
    work.flush()
    words.forget(work.session, rids)
    for key in sorted(held):
        own = and_(exchange_link.c.type == key[0], exchange_link.c.fid == key[1])
        links += work.change(delete(exchange_link).where(own))
    for table in ERASED[1:]:
        for start in range(0, len(rids), CHUNK):
            work.change(delete(table).where(table.c.rid.in_(rids[start : start + CHUNK])))
    work.forget(list(held))
    return Erased(len(held), versions + len(held), links)


def erase_answers(work: UnitOfWork, texts: Sequence[str], kind: str) -> int:
    """Forget kept answers and ended jobs of a kind that hold one of the texts; return how many."""
    tenant = work.context.tenant
    kept = and_(repeat.c.tenant == tenant, _holds(repeat.c.answer, texts))
    ended = job.c.state.in_(("done", "failed", "cancelled"))
    holds = or_(_holds(job.c.payload, texts), _holds(job.c.result, texts))
    own = and_(job.c.tenant == tenant, job.c.kind == kind, ended, holds)
    return work.change(delete(repeat).where(kept)) + work.change(delete(job).where(own))


def _holds(column: Column[str], texts: Sequence[str]) -> ColumnElement[bool]:
    return or_(*(column.contains(text, autoescape=True) for text in texts))
