"""Writing on PostgreSQL: any number of rows in one statement.

A statement per table costs four times as much as this one, and arrays given as Python lists cost
more than the insert itself; so numbers travel as array literals and texts joined by a separator
that JSON text and index values never hold.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

from fhir_server.db.failure import Raced
from fhir_server.db.session import Session
from fhir_server.store.index import TABLES, Change, IndexRow, gathered
from fhir_server.store.write import Write

SEPARATOR = "\x1f"
TEXTS = "string_to_array(%s, E'\\x1f')"
NULLABLE = "string_to_array(%s, E'\\x1f', '')"
CREATED = """
created AS (
  INSERT INTO resource (rid, tenant, type, fid, self, ver, updated, deleted, operation, labels,
                        body_hash, param_hash, present, body)
  SELECT n.rid, %s::int, n.type, n.fid, n.self, 1, n.updated, false, 'create', n.labels,
         n.body_hash, n.param_hash, n.present, n.body
  FROM unnest(%s::bigint[], <texts>, <texts>, %s::bigint[], %s::bigint[], <nullable>,
              %s::bigint[], %s::bigint[], %s::bigint[], <texts>)
    AS n (rid, type, fid, self, updated, labels, body_hash, param_hash, present, body)
)""".replace("<texts>", TEXTS).replace("<nullable>", NULLABLE)
ONE_CREATED = """
created AS (
  INSERT INTO resource (rid, tenant, type, fid, self, ver, updated, deleted, operation, labels,
                        body_hash, param_hash, present, body)
  VALUES (%s::bigint, %s::int, %s, %s, %s::bigint, 1, %s::bigint, false, 'create', %s,
          %s::bigint, %s::bigint, %s::bigint, %s)
)"""
ONE_REPLACED = """
replaced AS (
  UPDATE resource
  SET ver = %s::int, updated = %s::bigint, deleted = %s::boolean, operation = %s, labels = %s,
      body_hash = %s::bigint, param_hash = %s::bigint, present = %s::bigint, body = %s
  WHERE rid = %s::bigint AND ver = %s::int AND param_hash = %s::bigint
  RETURNING rid
),
superseded AS (
  INSERT INTO resource_version (rid, ver, updated, deleted, operation, labels, body, tenant, type)
  SELECT r.rid, r.ver, r.updated, r.deleted, r.operation, r.labels, r.body, r.tenant, r.type
  FROM resource r JOIN replaced USING (rid)
)"""
"""The version that is superseded is that of the statement's snapshot, whatever `replaced` did."""
REPLACED = """
wish AS (
  SELECT * FROM unnest(%s::bigint[], %s::int[], %s::bigint[], %s::int[], %s::bigint[],
                       %s::boolean[], <texts>, <nullable>, %s::bigint[], %s::bigint[],
                       %s::bigint[], <nullable>)
    AS w (rid, previous, indexed, ver, updated, deleted, operation, labels, body_hash, param_hash,
          present, body)
),
superseded AS (
  INSERT INTO resource_version (rid, ver, updated, deleted, operation, labels, body, tenant, type)
  SELECT r.rid, r.ver, r.updated, r.deleted, r.operation, r.labels, r.body, r.tenant, r.type
  FROM resource r JOIN wish w ON r.rid = w.rid AND r.ver = w.previous
),
replaced AS (
  UPDATE resource r
  SET ver = w.ver, updated = w.updated, deleted = w.deleted, operation = w.operation,
      labels = w.labels, body_hash = w.body_hash, param_hash = w.param_hash,
      present = w.present, body = coalesce(w.body, '')
  FROM wish w WHERE r.rid = w.rid AND r.ver = w.previous AND r.param_hash = w.indexed
  RETURNING r.rid
)""".replace("<texts>", TEXTS).replace("<nullable>", NULLABLE)


GENERATION = """
       (SELECT 1 / (g.number = %s)::int FROM search_generation g WHERE g.tenant = %s)"""
"""Divides by zero, so that nothing is written, when the rows are of another generation."""


GUARD = " WHERE EXISTS (SELECT FROM replaced)"
"""What else is written with a single version: only if it replaced the one it was to replace."""
MARK = """
marked AS (
  INSERT INTO words_mark (tenant, rid)
  SELECT %s::int, rid FROM unnest(%s::bigint[]) AS m (rid)<guard>
)"""
"""Whose words are to be read again: by `store.words`, after the commit."""


def write(session: Session, tenant: int, generation: int, writes: Sequence[Write]) -> None:
    """Write the rows, their history and their index in one statement.

    `generation` is that of the search parameters which the rows are of. Raises Conflict when a
    new resource's id is taken, Raced when a version to be replaced is no longer the current one,
    Outdated when the search parameters have changed. A single version that raced is not written;
    of several the others are, and the transaction is to be undone.
    """
    replaced = [one for one in writes if one.previous]
    added = _changes((one.rid, one.added) for one in writes)
    removed = _changes((one.rid, one.removed) for one in replaced)
    parts, values = _single(tenant, writes[0]) if len(writes) == 1 else _several(tenant, writes)
    marked = [one.rid for one in writes if one.marked]
    if marked:
        parts += (MARK,)
        values += (tenant, _numbers(marked))
    for columns in (*added.values(), *removed.values()):
        values += columns
    values += [generation, tenant]
    text = statement(parts, tuple(added), tuple(removed))
    # a plan made once suits inserts and single rows; a join of many is planned when it is met
    found = session.run(text, values, prepare=REPLACED not in parts)
    if found[0][0] != len(replaced):
        raise Raced("the version to be replaced is no longer the current one")


@lru_cache(maxsize=4096)
def statement(parts: tuple[str, ...], added: tuple[int, ...], removed: tuple[int, ...]) -> str:
    """Return the statement for what there is to write; a number is a table's place in TABLES."""
    single = ONE_REPLACED in parts
    delete = _delete_found if single else _delete_joined
    tables = [_insert(number) for number in added] + [delete(number) for number in removed]
    whole = ",".join((*parts, *tables)).replace("<guard>", GUARD if single else "")
    result = "(SELECT count(*) FROM replaced)" if single or REPLACED in parts else "0"
    return f"WITH {whole}\nSELECT {result},{GENERATION}"


def _insert(number: int) -> str:
    table, columns = TABLES[number]
    names = ", ".join((*columns, "rid"))
    rows = f"SELECT * FROM {_rows(number)}<guard>"  # noqa: S608 - names of our own tables
    return f"\na{number} AS (INSERT INTO {table} ({names}) {rows})"


def _delete_joined(number: int) -> str:
    table = TABLES[number][0]
    chosen = f"{_rows(number)} WHERE {_same(number)}"
    return f"\nd{number} AS (DELETE FROM {table} i USING {chosen})"  # noqa: S608 - names of our own tables


def _delete_found(number: int) -> str:
    """Return a deletion that looks each row up by the index, whatever the size of the table."""
    table = TABLES[number][0]
    row = f"(SELECT i.ctid FROM {table} i WHERE {_same(number)} OFFSET 0)"  # noqa: S608 - names of our own tables
    found = f"SELECT found.ctid FROM {_rows(number)}, LATERAL {row} found<guard>"  # noqa: S608 - names of our own tables
    return f"\nd{number} AS (DELETE FROM {table} WHERE ctid = ANY (ARRAY({found})))"  # noqa: S608 - names of our own tables


def _rows(number: int) -> str:
    """Return the rows of an index table that come as arrays, as a table named o."""
    table, columns = TABLES[number]
    names = (*columns, "rid")
    arrays = ", ".join(_array(table, name) for name in names)
    return f"unnest({arrays}) AS o ({', '.join(names)})"


def _same(number: int) -> str:
    return " AND ".join(f"i.{name} = o.{name}" for name in (*TABLES[number][1], "rid"))


def _array(table: str, column: str) -> str:
    if column == "value":
        return TEXTS
    whole = column in {"key", "target", "rid"} or table == "ix_date"
    return "%s::bigint[]" if whole else "%s::float8[]"


def _single(tenant: int, write: Write) -> tuple[tuple[str, ...], list[object]]:
    """Return the parts and values for one row: numbers as text, whose type the statement tells."""
    of_both = (write.labels, str(write.body_hash), str(write.param_hash), str(write.present))
    body, rid, updated = write.body.decode(), str(write.rid), str(write.updated)
    if write.previous:
        stamp = [str(write.number), updated, write.deleted, write.operation]
        return (ONE_REPLACED,), [
            *stamp,
            *of_both,
            body,
            rid,
            str(write.previous),
            str(write.indexed),
        ]
    names = [write.type, write.fid, str(write.self_key), updated]
    return (ONE_CREATED,), [rid, str(tenant), *names, *of_both, body]


def _several(tenant: int, writes: Sequence[Write]) -> tuple[tuple[str, ...], list[object]]:
    created = [one for one in writes if not one.previous]
    replaced = [one for one in writes if one.previous]
    parts = (CREATED,) * bool(created) + (REPLACED,) * bool(replaced)
    return parts, _created(tenant, created) + _replaced(replaced)


def _created(tenant: int, writes: Sequence[Write]) -> list[object]:
    if not writes:
        return []
    return [
        tenant,
        _numbers(one.rid for one in writes),
        SEPARATOR.join([one.type for one in writes]),
        SEPARATOR.join([one.fid for one in writes]),
        _numbers(one.self_key for one in writes),
        _numbers(one.updated for one in writes),
        SEPARATOR.join([one.labels or "" for one in writes]),
        _numbers(one.body_hash for one in writes),
        _numbers(one.param_hash for one in writes),
        _numbers(one.present for one in writes),
        SEPARATOR.join([one.body.decode() for one in writes]),
    ]


def _replaced(writes: Sequence[Write]) -> list[object]:
    if not writes:
        return []
    return [
        _numbers(one.rid for one in writes),
        _numbers(one.previous for one in writes),
        _numbers(one.indexed for one in writes),
        _numbers(one.number for one in writes),
        _numbers(one.updated for one in writes),
        _numbers(one.deleted for one in writes),
        SEPARATOR.join([one.operation for one in writes]),
        SEPARATOR.join([one.labels or "" for one in writes]),
        _numbers(one.body_hash for one in writes),
        _numbers(one.param_hash for one in writes),
        _numbers(one.present for one in writes),
        SEPARATOR.join([one.body.decode() for one in writes]),
    ]


def _changes(changes: Iterable[tuple[int, Change]]) -> dict[int, list[object]]:
    """Return, for each table that has rows, the value of each of its columns."""
    tables = enumerate(gathered(changes))
    return {number: _columns(number, rows) for number, rows in tables if rows}


def _columns(number: int, rows: Sequence[IndexRow]) -> list[object]:
    names = (*TABLES[number][1], "rid")
    return [
        SEPARATOR.join(map(str, column)) if name == "value" else _numbers(column)
        for name, column in zip(names, zip(*rows, strict=True), strict=True)
    ]


def _numbers(values: Iterable[object]) -> str:
    """Return an array literal; Python writes a list of numbers as PostgreSQL reads one."""
    return "{" + str(list(values))[1:-1] + "}"
