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
REPLACED = """
wish AS (
  SELECT * FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::bigint[], %s::boolean[], <texts>,
                       <nullable>, %s::bigint[], %s::bigint[], %s::bigint[], <nullable>)
    AS w (rid, previous, ver, updated, deleted, operation, labels, body_hash, param_hash, present,
          body)
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
  FROM wish w WHERE r.rid = w.rid AND r.ver = w.previous
  RETURNING r.rid
)""".replace("<texts>", TEXTS).replace("<nullable>", NULLABLE)


GENERATION = """
       (SELECT 1 / (g.number = %s)::int FROM search_generation g WHERE g.tenant = %s)"""
"""Divides by zero, so that nothing is written, when the rows are of another generation."""


MARK = """
marked AS (
  INSERT INTO words_mark (tenant, rid) SELECT %s::int, rid FROM unnest(%s::bigint[]) AS m (rid)
)"""
"""Whose words are to be read again: by `store.words`, after the commit."""


def write(session: Session, tenant: int, generation: int, writes: Sequence[Write]) -> None:
    """Write the rows, their history and their index in one statement.

    `generation` is that of the search parameters which the rows are of. Raises Conflict when a
    new resource's id is taken, Raced when a version to be replaced is no longer the current one,
    Outdated when the search parameters have changed.
    """
    created = [one for one in writes if not one.previous]
    replaced = [one for one in writes if one.previous]
    added = _changes((one.rid, one.added) for one in writes)
    removed = _changes((one.rid, one.removed) for one in replaced)
    parts = (CREATED,) * bool(created) + (REPLACED,) * bool(replaced)
    values = _created(tenant, created) + _replaced(replaced)
    marked = [one.rid for one in writes if one.marked]
    if marked:
        parts += (MARK,)
        values += (tenant, _numbers(marked))
    for columns in (*added.values(), *removed.values()):
        values += columns
    values += [generation, tenant]
    text = statement(parts, tuple(added), tuple(removed))
    # a plan made once suits inserts; a join with the arrays is planned each time it is met
    found = session.run(text, values, prepare=not replaced)
    if found[0][0] != len(replaced):
        raise Raced("the version to be replaced is no longer the current one")


@lru_cache(maxsize=4096)
def statement(parts: tuple[str, ...], added: tuple[int, ...], removed: tuple[int, ...]) -> str:
    """Return the statement for what there is to write; a number is a table's place in TABLES."""
    tables = [_insert(number) for number in added] + [_delete(number) for number in removed]
    result = "(SELECT count(*) FROM replaced)" if REPLACED in parts else "0"
    return f"WITH {','.join((*parts, *tables))}\nSELECT {result},{GENERATION}"


def _insert(number: int) -> str:
    table, columns = TABLES[number]
    names = ", ".join((*columns, "rid"))
    arrays = ", ".join(_array(table, name) for name in (*columns, "rid"))
    return f"\na{number} AS (INSERT INTO {table} ({names}) SELECT * FROM unnest({arrays}))"  # noqa: S608 - names of our own tables


def _delete(number: int) -> str:
    table, columns = TABLES[number]
    names = (*columns, "rid")
    arrays = ", ".join(_array(table, name) for name in names)
    same = " AND ".join(f"i.{name} = o.{name}" for name in names)
    old = f"unnest({arrays}) AS o ({', '.join(names)})"
    return f"\nd{number} AS (DELETE FROM {table} i USING {old} WHERE {same})"  # noqa: S608 - names of our own tables


def _array(table: str, column: str) -> str:
    if column == "value":
        return TEXTS
    whole = column in {"key", "target", "rid"} or table == "ix_date"
    return "%s::bigint[]" if whole else "%s::float8[]"


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
