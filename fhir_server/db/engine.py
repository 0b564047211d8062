"""The database a process works with: SQLite in a file, or PostgreSQL.

Connections are in autocommit mode and transactions are begun in so many words by `Session`, so
that a single statement costs a single round trip. Nothing connects before first use, and a
forked process opens connections of its own.
"""

import math
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from fhir_server.db.failure import translated
from fhir_server.db.session import Session
from fhir_server.db.turnstile import Turnstile
from fhir_server.db.watch import STEPS, Watch
from fhir_server.settings import SettingError

Dialect = Literal["sqlite", "postgresql"]
LOCK_WAIT = 30_000
"""Milliseconds a SQLite connection waits for the writer of another process."""
PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # what is acknowledged survives a power cut: record 0012
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {LOCK_WAIT}",
    "PRAGMA cache_size = -32000",
    "PRAGMA temp_store = MEMORY",
    "PRAGMA wal_autocheckpoint = 8000",  # pages: 32 MB; index pages written often are moved once
)
FUNCTIONS: Mapping[str, Callable[[float], float]] = {
    "asin": math.asin,
    "cos": math.cos,
    "radians": math.radians,
    "sin": math.sin,
    "sqrt": math.sqrt,
}
PREPARE_ON_REQUEST = 2**31
"""Only statements that ask for it are prepared: a prepared search would lose its good plan."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How many connections a process has, and the milliseconds a statement and a wait may last."""

    pool_size: int
    statement_timeout: int
    connection_wait: int


@dataclass(slots=True)
class Database:
    """One database and the connections of this process to it; shared by all threads."""

    engine: Engine
    dialect: Dialect
    writer: Turnstile = field(default_factory=Turnstile)
    _process: int = field(default_factory=os.getpid)

    @classmethod
    def open(
        cls,
        url: str,
        pool_size: int = 8,
        statement_timeout: int = 30_000,
        connection_wait: int = 10_000,
    ) -> "Database":
        """Return the database of a SQLAlchemy URL, not yet connected.

        `statement_timeout` is in milliseconds and holds on every connection; `connection_wait`,
        too, is how long a session waits for one. Raises SettingError for a URL that names neither
        a SQLite file nor PostgreSQL by psycopg.
        """
        limits = Limits(pool_size, statement_timeout, connection_wait)
        try:
            address = make_url(url)
        except ArgumentError:
            raise SettingError("PARITY_DATABASE_URL is not a URL") from None
        if address.drivername in {"sqlite", "sqlite+pysqlite"}:
            return cls(_sqlite(address, limits), "sqlite")
        if address.drivername == "postgresql+psycopg":
            return cls(_postgresql(address, limits), "postgresql")
        raise SettingError(
            "PARITY_DATABASE_URL must be sqlite:///FILE or postgresql+psycopg://..., "
            f"not {address.drivername}"
        )

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Lend a connection; a transaction left open is rolled back.

        Raises Throttled when none is free, Unavailable when the database cannot be reached.
        """
        self._own_connections()
        with translated():
            session = Session(self.engine, self.dialect, self.writer)
        try:
            yield session
        finally:
            session.close()

    def close(self) -> None:
        """Close the connections that are not lent."""
        self.engine.dispose()

    def _own_connections(self) -> None:
        """Forget, after a fork, connections that belong to the parent."""
        if self._process != os.getpid():
            self.engine.dispose(close=False)
            self.writer = Turnstile()
            self._process = os.getpid()


def _sqlite(address: URL, limits: Limits) -> Engine:
    if not address.database or address.database == ":memory:":
        raise SettingError("PARITY_DATABASE_URL must name a SQLite file: sqlite:///var/parity.db")
    Path(address.database).parent.mkdir(parents=True, exist_ok=True)
    engine = _engine(address, limits, {"timeout": LOCK_WAIT / 1000, "cached_statements": 512})

    def watch(connection: sqlite3.Connection, entry: ConnectionPoolEntry) -> None:
        entry.info["watch"] = Watch(limits.statement_timeout)
        connection.set_progress_handler(entry.info["watch"], STEPS)

    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "connect", watch)
    return engine


def _postgresql(address: URL, limits: Limits) -> Engine:
    given = address.query.get("options", "")
    options = given if isinstance(given, str) else " ".join(given)
    fixed = f"-c statement_timeout={limits.statement_timeout} -c timezone=UTC"
    return _engine(
        address.difference_update_query(["options"]),
        limits,
        {
            "options": f"{options} {fixed}".strip(),
            "application_name": "parity",
            "connect_timeout": 10,
            "prepare_threshold": PREPARE_ON_REQUEST,
        },
    )


def _engine(address: URL, limits: Limits, arguments: Mapping[str, str | int | float]) -> Engine:
    return create_engine(
        address,
        paramstyle="named" if address.drivername.startswith("sqlite") else "pyformat",
        isolation_level="AUTOCOMMIT",
        hide_parameters=True,  # an error tells the statement, not what a patient has
        pool_size=limits.pool_size,
        max_overflow=limits.pool_size,
        pool_timeout=limits.connection_wait / 1000,
        pool_use_lifo=True,
        connect_args=dict(arguments),
    )


def _prepare_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    for pragma in PRAGMAS:
        connection.execute(pragma)
    give_functions(connection)


def give_functions(connection: sqlite3.Connection) -> None:
    """Give a SQLite that was built without mathematical functions those that distances need."""
    marks = ", ".join("?" for _ in FUNCTIONS)
    known = f"SELECT name FROM pragma_function_list WHERE name IN ({marks})"  # noqa: S608 - marks
    present = {name for (name,) in connection.execute(known, tuple(FUNCTIONS))}
    for name, function in FUNCTIONS.items():
        if name not in present:
            connection.create_function(name, 1, function, deterministic=True)
