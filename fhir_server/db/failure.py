"""What the database refuses, told in the server's own errors; the one place that translates."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import psycopg
from psycopg import errors
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from fhir_server.outcome import Conflict, FhirError, Throttled, TooCostly, Unavailable


class Raced(Unavailable):
    """Another write came between; the same unit of work may succeed when run again."""

    detail = "raced"


class Outdated(Raced):
    """The search parameters have changed since the rows to be written were made."""


def over_time() -> TooCostly:
    """Return the error of a statement that the database stopped."""
    return TooCostly("the database stopped a statement at its time limit")


WITHOUT_ROOM = "the disk of the database is full"
LIMITS: Mapping[int, Callable[[], FhirError]] = {
    sqlite3.SQLITE_BUSY: lambda: Unavailable("the database is busy"),
    sqlite3.SQLITE_LOCKED: lambda: Unavailable("the database is busy"),
    sqlite3.SQLITE_INTERRUPT: over_time,
    sqlite3.SQLITE_FULL: lambda: Unavailable(WITHOUT_ROOM),
    sqlite3.SQLITE_IOERR: lambda: Unavailable("the disk of the database cannot be used"),
    sqlite3.SQLITE_READONLY: lambda: Unavailable("the database cannot be written to"),
    sqlite3.SQLITE_CANTOPEN: lambda: Unavailable("the file of the database cannot be opened"),
    sqlite3.SQLITE_CORRUPT: lambda: Unavailable("the file of the database is damaged"),
    sqlite3.SQLITE_NOTADB: lambda: Unavailable("the file of the database is no SQLite database"),
}
"""Which error each primary result code of SQLite becomes (https://www.sqlite.org/rescode.html)."""
PRIMARY = 0xFF
"""The part of a result code that holds the primary one."""
REASONS: tuple[tuple[type[Exception], Callable[[], FhirError]], ...] = (
    (PoolTimeout, lambda: Throttled("every database connection is in use")),
    (errors.QueryCanceled, over_time),
    (errors.SerializationFailure, lambda: Raced("another write came between")),
    (errors.DeadlockDetected, lambda: Raced("another write came between")),
    (errors.DivisionByZero, lambda: Outdated("the search parameters have changed")),
    (errors.DiskFull, lambda: Unavailable(WITHOUT_ROOM)),
    (psycopg.OperationalError, lambda: Unavailable("the database cannot be reached")),
    (psycopg.InterfaceError, lambda: Unavailable("the database cannot be reached")),
)
"""Which error each driver's error becomes; the first row that fits."""
IDENTITY = ("resource_identity", "resource.fid")
ROW = ("resource_pkey", "resource.rid")


@contextmanager
def translated() -> Iterator[None]:
    """Turn what a driver raises in the block into TooCostly, Unavailable, Raced or Conflict.

    Anything else is a fault of the program and passes unchanged.
    """
    try:
        yield
    except (DBAPIError, PoolTimeout, psycopg.Error, sqlite3.Error) as error:
        cause = error.orig if isinstance(error, DBAPIError) else error
        reason = _reason(cause)
        if reason is None:
            raise
        raise reason from error


def _reason(cause: BaseException | None) -> Exception | None:
    for kind, reason in REASONS:
        if isinstance(cause, kind):
            return reason()
    if isinstance(cause, psycopg.IntegrityError | sqlite3.IntegrityError):
        return _duplicate(cause)
    if isinstance(cause, sqlite3.DatabaseError):
        limit = LIMITS.get(getattr(cause, "sqlite_errorcode", 0) & PRIMARY)
        return limit() if limit is not None else None
    return None


def _duplicate(cause: psycopg.Error | sqlite3.Error) -> Exception | None:
    """Tell a taken resource id, which is the caller's affair, from a taken internal key."""
    text = str(cause)
    if any(name in text for name in IDENTITY):
        return Conflict("a resource with this type and id exists already")
    if any(name in text for name in ROW):
        return Raced("two processes allocated one internal key")
    return None
