"""A lent connection: statements of SQLAlchemy or as plain text, and the transaction, if any."""

import sqlite3
import struct
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cached_property
from typing import Literal, cast

import psycopg
from sqlalchemy import Connection, Engine, Executable, Row
from sqlalchemy.engine import CursorResult, Dialect

from fhir_server.db.failure import translated
from fhir_server.db.turnstile import Turnstile
from fhir_server.db.watch import Watch

Isolation = Literal["write", "snapshot"]
BEGIN = {
    ("sqlite", "write"): "BEGIN IMMEDIATE",
    ("sqlite", "snapshot"): "BEGIN DEFERRED",
    ("postgresql", "write"): "BEGIN",
    ("postgresql", "snapshot"): "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
}
Record = tuple[object, ...]
Values = Sequence[object] | Mapping[str, object]


FETCHED = 500
"""Rows of a long selection held at once on SQLite."""
HEADER = 19
"""Bytes before the first row of a binary COPY."""
PAIR = struct.Struct(">hiqi")
"""What stands before the text of a row: how many columns, the size of the first, it, the second."""


class Session:
    """One connection for the time it is lent; not shared between threads.

    Outside a transaction every statement commits by itself. On SQLite a writing transaction
    holds the turn of the process's one writer.
    """

    def __init__(self, engine: Engine, dialect: str, writer: Turnstile) -> None:
        self.dialect = dialect
        self._engine = engine
        self._lent = engine.raw_connection()
        self._writer = writer
        self._turn = False
        self._watch = cast("Watch | None", self._lent.info.get("watch"))  # put there by db.engine
        self._long: list[Generator[tuple[int, bytes], None, None]] = []
        self.open: Isolation | None = None

    def execute(
        self, statement: Executable, values: Mapping[str, object] | None = None
    ) -> Sequence[Row[*tuple[object, ...]]]:
        """Run a SQLAlchemy statement; return its rows, none for one that yields none.

        A statement made once and run with `values` costs a third of one made for each run.
        """
        with self._measured():
            result = self._connection.execute(statement, values)
            return result.all() if result.returns_rows else ()

    def change(self, statement: Executable, values: Mapping[str, object] | None = None) -> int:
        """Run a SQLAlchemy statement that changes rows; return how many."""
        with self._measured():
            result = self._connection.execute(statement, values)
            return result.rowcount if isinstance(result, CursorResult) else 0

    @cached_property
    def _connection(self) -> Connection:
        """What runs statements of SQLAlchemy; the hot paths run text and need none."""
        return Connection(self._engine, self._lent)

    @property
    def spelling(self) -> Dialect:
        """How SQLAlchemy spells a statement for `run`."""
        return self._engine.dialect

    def run(self, text: str, values: Values = (), *, prepare: bool = True) -> list[Record]:
        """Run SQL in the driver's own spelling of parameters; return its rows.

        On PostgreSQL the statement is prepared, unless told not to: for statements that come
        again and again and need no plan of their own.
        """
        with self._measured():
            if self.dialect == "postgresql":
                cursor = self.postgresql.execute(text, values, prepare=prepare)
                return cursor.fetchall() if cursor.rownumber is not None else []
            return cast("list[Record]", self.sqlite.execute(text, values).fetchall())

    def run_many(self, text: str, rows: Iterable[Sequence[object]]) -> int:
        """Run SQL once a row, in the driver's own spelling; return how many rows changed."""
        with self._measured():
            if self.dialect == "postgresql":
                cursor = self.postgresql.cursor()
                cursor.executemany(text.encode(), rows)
                return cursor.rowcount
            return self.sqlite.executemany(text, rows).rowcount

    def pairs(self, text: str, values: Mapping[str, object]) -> Iterator[tuple[int, bytes]]:
        """Yield a number and a text in UTF-8 a row, as the rows of a long selection arrive.

        The selection is SQL in the driver's own spelling.

        Whoever stops in the middle leaves the rest to be ended with the session.
        """
        rows = self._pairs(text, values)
        self._long.append(rows)
        yield from rows
        self._long.remove(rows)

    def _pairs(
        self, text: str, values: Mapping[str, object]
    ) -> Generator[tuple[int, bytes], None, None]:
        if self.dialect == "sqlite":
            with translated():
                cursor = self.sqlite.execute(text, values)
                while rows := cursor.fetchmany(FETCHED):
                    yield from [(number, value.encode()) for number, value in rows]
            return
        # COPY takes no parameters: the driver writes them into the text
        constant = psycopg.ClientCursor(self.postgresql).mogrify(text, values)
        copied = f"COPY ({constant}) TO STDOUT (FORMAT binary)"
        with translated(), self.postgresql.cursor().copy(copied.encode()) as copy:
            yield from _binary_pairs(copy)

    @property
    def postgresql(self) -> psycopg.Connection[Record]:
        """The driver's connection."""
        driver = self._lent.driver_connection
        # psycopg is the only driver the PostgreSQL dialect is opened with
        return cast("psycopg.Connection[Record]", driver)

    @property
    def sqlite(self) -> sqlite3.Connection:
        """The driver's connection."""
        return cast("sqlite3.Connection", self._lent.driver_connection)

    def begin(self, isolation: Isolation = "write") -> None:
        """Begin a transaction unless one is open."""
        if self.open:
            return
        if self.dialect == "sqlite" and isolation == "write":
            self._writer.acquire()
            self._turn = True
        try:
            self._direct(BEGIN[self.dialect, isolation])
        except BaseException:
            self._end()
            raise
        self.open = isolation

    def commit(self) -> None:
        """Commit the open transaction, if any."""
        if self.open:
            self._direct("COMMIT")
            self._end()

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Undo what the block did, and nothing before it, when it raises (in a transaction)."""
        self._direct("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            self._direct("ROLLBACK TO attempt")
            self._direct("RELEASE attempt")
            raise
        self._direct("RELEASE attempt")

    def rollback(self) -> None:
        """Undo the open transaction, if any; a lost connection has undone it already."""
        if not self.open:
            return
        try:
            if self.dialect == "postgresql" or self.sqlite.in_transaction:
                self._direct("ROLLBACK")  # SQLite undoes all when it stops a write at its limit
        except Exception:
            self._lent.invalidate()
            raise
        finally:
            self._end()

    def close(self) -> None:
        """Give the connection back, without the transaction that was left open."""
        try:
            for rows in self._long:
                rows.close()  # the database still sends: the connection would wait for ever
        except BaseException:
            self._lent.invalidate()
            raise
        finally:
            self._lent.close()
            self._end()

    @contextmanager
    def _measured(self) -> Iterator[None]:
        """Run a statement in the block: errors are translated, the time on SQLite is measured."""
        if self._watch is not None:
            self._watch.start()
        try:
            with translated():
                yield
        finally:
            if self._watch is not None:
                self._watch.stop()

    def _end(self) -> None:
        self.open = None
        if self._turn:
            self._turn = False
            self._writer.release()

    def _direct(self, text: str) -> None:
        with self._measured():
            if self.dialect == "postgresql":
                self.postgresql.execute(text.encode())
            else:
                self.sqlite.execute(text)


def _binary_pairs(
    copied: Iterable[bytes | bytearray | memoryview],
) -> Iterator[tuple[int, bytes]]:
    """Yield the rows of a binary COPY of a number and a text, never null.

    PostgreSQL sends a row at a time; the first comes behind the header, the end is two bytes.
    Source: https://www.postgresql.org/docs/current/sql-copy.html#id-1.9.55.9.4.
    """
    start = HEADER
    for row in copied:
        if len(row) >= start + PAIR.size:
            yield PAIR.unpack_from(row, start)[2], bytes(row[start + PAIR.size :])
        start = 0
