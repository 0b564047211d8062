"""Writing on SQLite: a statement a table, run once a row, inside one transaction."""

from collections.abc import Sequence

from fhir_server.db.failure import Raced
from fhir_server.db.session import Session
from fhir_server.store.index import TABLES, Change, table_rows
from fhir_server.store.write import Write

CREATE = """
INSERT INTO resource (rid, tenant, type, fid, self, ver, updated, deleted, operation, labels,
                      body_hash, param_hash, body)
VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
SUPERSEDE = """
INSERT INTO resource_version (rid, ver, updated, deleted, operation, labels, body, tenant, type)
SELECT rid, ver, updated, deleted, operation, labels, body, tenant, type
FROM resource WHERE rid = ? AND ver = ?
"""
REPLACE = """
UPDATE resource
SET ver = ?, updated = ?, deleted = ?, operation = ?, labels = ?, body_hash = ?, param_hash = ?,
    body = ?
WHERE rid = ? AND ver = ?
"""


def write(session: Session, tenant: int, writes: Sequence[Write]) -> None:
    """Write the rows, their history and their index inside the open transaction.

    Raises Conflict when a new resource's id is taken, Raced when a version to be replaced is no
    longer the current one.
    """
    created = [one for one in writes if not one.previous]
    replaced = [one for one in writes if one.previous]
    if created:
        session.run_many(CREATE, [_created(tenant, one) for one in created])
    if replaced:
        session.run_many(SUPERSEDE, [(one.rid, one.previous) for one in replaced])
        if session.run_many(REPLACE, [_replaced(one) for one in replaced]) != len(replaced):
            raise Raced("the version to be replaced is no longer the current one")
        _index(session, DELETES, [(one.rid, one.removed) for one in replaced])
    _index(session, INSERTS, [(one.rid, one.added) for one in writes])


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
        one.body.decode(),
        one.rid,
        one.previous,
    )


def _index(session: Session, texts: Sequence[str], changes: Sequence[tuple[int, Change]]) -> None:
    tables = [(rid, table_rows(change)) for rid, change in changes]
    for number, text in enumerate(texts):
        rows = [(*row, rid) for rid, table in tables for row in table[number]]
        if rows:
            session.run_many(text, rows)


def _insert(table: str, columns: Sequence[str]) -> str:
    marks = ", ".join("?" for _ in columns)
    return f"INSERT INTO {table} ({', '.join(columns)}, rid) VALUES ({marks}, ?)"  # noqa: S608 - names of our own tables


def _delete(table: str, columns: Sequence[str]) -> str:
    same = " AND ".join(f"{name} = ?" for name in (*columns, "rid"))
    return f"DELETE FROM {table} WHERE {same}"  # noqa: S608 - names of our own tables


INSERTS = tuple(_insert(table, columns) for table, columns in TABLES)
DELETES = tuple(_delete(table, columns) for table, columns in TABLES)
