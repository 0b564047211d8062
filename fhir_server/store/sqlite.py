"""Writing on SQLite: many rows a statement, inside one transaction.

Each statement lets other threads go on and has to wait for its turn among them afterwards, so few
statements make a short transaction.
"""

from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from itertools import chain

from fhir_server.db.failure import Outdated, Raced
from fhir_server.db.session import Session
from fhir_server.store.index import TABLES, gathered
from fhir_server.store.write import Write

ROWS = 64
"""Most index rows in one statement."""
RESOURCES = 8
"""Most resources in one statement."""
COLUMNS = (
    "rid", "tenant", "type", "fid", "self", "ver", "updated", "deleted", "operation", "labels",
    "body_hash", "param_hash", "present", "body",
)  # fmt: skip
Spell = Callable[[int], str]
SUPERSEDE = """
INSERT INTO resource_version (rid, ver, updated, deleted, operation, labels, body, tenant, type)
SELECT rid, ver, updated, deleted, operation, labels, body, tenant, type
FROM resource WHERE rid = ? AND ver = ?
"""
REPLACE = """
UPDATE resource
SET ver = ?, updated = ?, deleted = ?, operation = ?, labels = ?, body_hash = ?, param_hash = ?,
    present = ?, body = ?
WHERE rid = ? AND ver = ?
"""


GENERATION = "SELECT number FROM search_generation WHERE tenant = ?"

MARK = "INSERT INTO words_mark (tenant, rid) VALUES (?, ?)"
"""Whose words are to be read again: by `store.words`, after the commit."""


def write(session: Session, tenant: int, generation: int, writes: Sequence[Write]) -> None:
    """Write the rows, their history and their index inside the open transaction.

    `generation` is that of the search parameters which the rows are of. Raises Conflict when a
    new resource's id is taken, Raced when a version to be replaced is no longer the current one,
    Outdated when the search parameters have changed.
    """
    found = session.run(GENERATION, (tenant,))
    if found and found[0][0] != generation:
        raise Outdated("the search parameters have changed")
    created = [one for one in writes if not one.previous]
    replaced = [one for one in writes if one.previous]
    if created:
        _run(session, CREATE, [_created(tenant, one) for one in created], RESOURCES)
    if replaced:
        session.run_many(SUPERSEDE, [(one.rid, one.previous) for one in replaced])
        if session.run_many(REPLACE, [_replaced(one) for one in replaced]) != len(replaced):
            raise Raced("the version to be replaced is no longer the current one")
        for text, rows in zip(
            DELETES, gathered((one.rid, one.removed) for one in replaced), strict=True
        ):
            if rows:
                session.run_many(text, rows)
    added = gathered((one.rid, one.added) for one in writes)
    for spell, rows in zip(INSERTS, added, strict=True):
        _run(session, spell, rows, ROWS)
    marked = [(tenant, one.rid) for one in writes if one.marked]
    if marked:
        session.run_many(MARK, marked)


def _created(tenant: int, one: Write) -> tuple[object, ...]:
    return (
        one.rid,
        tenant,
        one.type,
        one.fid,
        one.self_key,
        one.number,
        one.updated,
        one.deleted,
        one.operation,
        one.labels,
        one.body_hash,
        one.param_hash,
        one.present,
        one.body.decode(),
    )


def _replaced(one: Write) -> tuple[object, ...]:
    return (
        one.number,
        one.updated,
        one.deleted,
        one.operation,
        one.labels,
        one.body_hash,
        one.param_hash,
        one.present,
        one.body.decode(),
        one.rid,
        one.previous,
    )


def _run(session: Session, spell: Spell, rows: Sequence[Sequence[object]], most: int) -> None:
    """Run a statement for all rows, many at a time."""
    for start in range(0, len(rows), most):
        some = rows[start : start + most]
        session.run(spell(len(some)), tuple(chain.from_iterable(some)))


@lru_cache(maxsize=1024)
def _insert(table: str, columns: tuple[str, ...], count: int) -> str:
    marks = f"({', '.join('?' for _ in columns)})"
    rows = ", ".join([marks] * count)
    return f"INSERT INTO {table} ({', '.join(columns)}) VALUES {rows}"  # noqa: S608 - names of our own tables


def _delete(table: str, columns: Sequence[str]) -> str:
    same = " AND ".join(f"{name} = ?" for name in (*columns, "rid"))
    return f"DELETE FROM {table} WHERE {same}"  # noqa: S608 - names of our own tables


CREATE: Spell = partial(_insert, "resource", COLUMNS)
INSERTS: tuple[Spell, ...] = tuple(
    partial(_insert, table, (*columns, "rid")) for table, columns in TABLES
)
DELETES = tuple(_delete(table, columns) for table, columns in TABLES)
