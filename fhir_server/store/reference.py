"""Who refers to whom, as a unit of work sees it at its end: for referential integrity."""

from collections.abc import Iterable, Mapping, Sequence
from typing import cast

from sqlalchemy import func, select

from fhir_server.db.tables import ix_ref
from fhir_server.search.key import self_key
from fhir_server.search.visible import visible
from fhir_server.store.reader import CHUNK, Key, Reader
from fhir_server.store.unit_of_work import UnitOfWork

RECORDS = ("AuditEvent", "Provenance")
"""Types that tell of the past: what they refer to may be deleted."""


def held_targets(work: UnitOfWork, keys: Iterable[Key]) -> set[Key]:
    """Return those of these resources that are there, held against deletion until the end."""
    wanted = sorted(set(keys))
    found: set[Key] = set()
    rows = visible(None, work.context)
    for start in range(0, len(wanted), CHUNK):
        hashes = [self_key(work.context.tenant, *one) for one in wanted[start : start + CHUNK]]
        chosen = select(rows.c.type, rows.c.fid).where(rows.c.self.in_(hashes))
        work.flush()
        found |= {
            (cast("str", type), cast("str", id))
            for type, id in work.changed(chosen.order_by(rows.c.rid).with_for_update(read=True))
        }
    return found.intersection(wanted)


def referrers(work: UnitOfWork, keys: Iterable[Key]) -> Mapping[Key, Mapping[str, int]]:
    """Return how many resources of each type refer to each of these by a search parameter.

    Records of the past, and what a resource says of itself, do not count.
    """
    targets = {self_key(work.context.tenant, *key): key for key in keys}
    hashes = sorted(targets)
    found: dict[Key, dict[str, int]] = {}
    for start in range(0, len(hashes), CHUNK):
        rows = visible(None, work.context)
        counted = (
            select(ix_ref.c.target, rows.c.type, func.count(rows.c.rid.distinct()))
            .select_from(ix_ref.join(rows, rows.c.rid == ix_ref.c.rid))
            .where(
                ix_ref.c.target.in_(hashes[start : start + CHUNK]),
                rows.c.self != ix_ref.c.target,
                rows.c.type.not_in(RECORDS),
            )
            .group_by(ix_ref.c.target, rows.c.type)
            .order_by(rows.c.type)
        )
        for target, type, count in work.rows(counted):
            counts = found.setdefault(targets[cast("int", target)], {})
            counts[cast("str", type)] = cast("int", count)
    return found


def referring(
    reader: Reader,
    key: Key,
    after: int,
    limit: int,
    *,
    only: Sequence[str] = (),
    without: Sequence[str] = (),
) -> list[tuple[int, Key]]:
    """Return resources that refer to this one by a search parameter, in the order of their rows.

    Each with its row, from the first row `after`; at most `limit`, 0 for all. `only` and `without`
    are types.
    """
    rows = visible(None, reader.context)
    chosen = (
        select(rows.c.rid, rows.c.type, rows.c.fid)
        .select_from(ix_ref.join(rows, rows.c.rid == ix_ref.c.rid))
        .where(
            ix_ref.c.target == self_key(reader.context.tenant, *key),
            rows.c.rid > after,
            rows.c.type.not_in(without),
        )
        .group_by(rows.c.rid, rows.c.type, rows.c.fid)
        .order_by(rows.c.rid)
    )
    if only:
        chosen = chosen.where(rows.c.type.in_(only))
    found = reader.rows(chosen.limit(limit) if limit else chosen)
    return [(cast("int", rid), (cast("str", type), cast("str", id))) for rid, type, id in found]
