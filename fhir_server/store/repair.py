"""Index rows apart from writes: what is stored for a resource, and putting it right.

Rows of the index tables are found by their values, not by the resource they are of; so what is
stored is compared a window of resources at a time, each window by one reading of the tables.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from sqlalchemy import Select, bindparam, select, update

from fhir_server.db.failure import Outdated
from fhir_server.db.tables import metadata, resource
from fhir_server.search.rows import Rows
from fhir_server.store.edition import Edition, generation_of
from fhir_server.store.index import TABLES, Change, IndexRow, gathered
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork

Statement = Select[*tuple[object, ...]]
Entry = tuple[int, IndexRow]
"""The number of an index table in TABLES, and a row of it without rid."""
Mark = tuple[int, int]
"""The hash of a resource's index rows, and the bits of its parameters with a value."""


@dataclass(slots=True)
class Delta:
    """Rows to add and to remove, each with the rid it is of, by number of the index table."""

    added: list[list[tuple[object, ...]]] = field(default_factory=lambda: [[] for _ in TABLES])
    removed: list[list[tuple[object, ...]]] = field(default_factory=lambda: [[] for _ in TABLES])

    def add(self, rid: int, entries: Iterable[Entry]) -> None:
        """Note rows a resource lacks."""
        for number, row in entries:
            self.added[number].append((*row, rid))

    def remove(self, rid: int, entries: Iterable[Entry]) -> None:
        """Note rows a resource should not have."""
        for number, row in entries:
            self.removed[number].append((*row, rid))


def entries_of(change: Change) -> set[Entry]:
    """Return the rows of a resource as they are compared."""
    tables = enumerate(gathered([(0, change)]))
    return {(number, row[:-1]) for number, rows in tables for row in rows}


def stored_entries(reader: Reader, after: int, last: int) -> dict[int, set[Entry]]:
    """Return the index rows of every resource between two keys, by one reading of each table."""
    found: dict[int, set[Entry]] = {}
    for number, (name, columns) in enumerate(TABLES):
        table = metadata.tables[name]
        chosen = select(table.c.rid, *(table.c[column] for column in columns))
        chosen = chosen.where(table.c.rid > after, table.c.rid <= last)
        for row in reader.rows(chosen):
            found.setdefault(cast("int", row[0]), set()).add((number, cast("IndexRow", row[1:])))
    return found


def mark_of(rows: Rows) -> Mark:
    """Return what the row of a resource tells of its index rows."""
    return rows.hash, rows.present


def apply(work: UnitOfWork, delta: Delta, marks: Mapping[int, Mark]) -> None:
    """Write rows that are lacking, remove those too many, and note the marks of all by rid.

    What is there, or gone, already is left so.
    """
    mark = "%s" if work.session.dialect == "postgresql" else "?"
    for number, (name, columns) in enumerate(TABLES):
        if delta.removed[number]:
            work.session.run_many(_delete(name, columns, mark), delta.removed[number])
        if delta.added[number]:
            work.session.run_many(_insert(name, columns, mark), delta.added[number])
    for rid, (hash, present) in marks.items():
        work.change(_REMARK, {"known": rid, "hash": hash, "bits": present})


def require_edition(work: UnitOfWork) -> Edition:
    """Begin, and return the search parameters to index by.

    Raises Outdated when they have changed.
    """
    work.begin()
    edition = work.edition
    if edition is None:
        raise Outdated("the store has no search parameters of its own")
    if generation_of(work.session, work.context.tenant) != edition.number:
        work.forget_edition()
        raise Outdated("the search parameters have changed")
    return edition


_REMARK = (
    update(resource)
    .where(resource.c.rid == bindparam("known"))
    .values(param_hash=bindparam("hash"), present=bindparam("bits"))
)


def _insert(table: str, columns: Sequence[str], mark: str) -> str:
    marks = ", ".join(mark for _ in (*columns, "rid"))
    names = ", ".join((*columns, "rid"))
    return f"INSERT INTO {table} ({names}) VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608 - names of our own tables


def _delete(table: str, columns: Sequence[str], mark: str) -> str:
    same = " AND ".join(f"{name} = {mark}" for name in (*columns, "rid"))
    return f"DELETE FROM {table} WHERE {same}"  # noqa: S608 - names of our own tables
