"""The limit: what the same database does with the same bytes and nothing around them."""

import itertools
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psycopg

CREATE = "CREATE TABLE bare (id BIGINT PRIMARY KEY, body TEXT NOT NULL)"


def rate(work: Callable[[], Callable[[], None]], *, clients: int, seconds: float) -> float:
    """Return calls a second over this many threads, each with its own connection."""
    counts = [0] * clients
    begin = threading.Barrier(clients)

    def run(number: int) -> None:
        once = work()
        begin.wait()
        end = time.perf_counter() + seconds
        while time.perf_counter() < end:
            once()
            counts[number] += 1

    threads = [threading.Thread(target=run, args=(number,)) for number in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(counts) / seconds


def address(url: str) -> str:
    """Return the URL of a PostgreSQL database as psycopg takes it."""
    return url.replace("postgresql+psycopg://", "postgresql://")


def postgresql(url: str, body: str, *, clients: int, seconds: float) -> tuple[float, float]:
    """Return bare inserts and selects a second on PostgreSQL, a transaction each."""
    place = address(url)
    with psycopg.connect(place, autocommit=True) as connection:
        connection.execute("DROP TABLE IF EXISTS bare")
        connection.execute(CREATE)
    ids = itertools.count(1)

    def insert() -> Callable[[], None]:
        connection = psycopg.connect(place, autocommit=True, prepare_threshold=0)
        return lambda: void(
            connection.execute("INSERT INTO bare VALUES (%s, %s)", (next(ids), body))
        )

    def select() -> Callable[[], None]:
        connection = psycopg.connect(place, autocommit=True, prepare_threshold=0)
        return lambda: void(
            connection.execute("SELECT body FROM bare WHERE id = %s", (7,)).fetchall()
        )

    inserts = rate(insert, clients=clients, seconds=seconds)
    return inserts, rate(select, clients=clients, seconds=seconds)


def sqlite(folder: Path, body: str, *, clients: int, seconds: float) -> tuple[float, float]:
    """Return bare inserts (one writer) and selects a second on SQLite with a journal as ours."""
    path = folder / "bare.db"
    path.unlink(missing_ok=True)

    def connect() -> sqlite3.Connection:
        connection = sqlite3.connect(path, isolation_level=None, timeout=30)
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute("PRAGMA synchronous=FULL")
        return connection

    connect().execute(CREATE)
    ids = itertools.count(1)

    def insert() -> Callable[[], None]:
        connection = connect()
        return lambda: void(connection.execute("INSERT INTO bare VALUES (?, ?)", (next(ids), body)))

    def select() -> Callable[[], None]:
        connection = connect()
        return lambda: void(
            connection.execute("SELECT body FROM bare WHERE id = ?", (7,)).fetchall()
        )

    inserts = rate(insert, clients=1, seconds=seconds)
    return inserts, rate(select, clients=clients, seconds=seconds)


def void(result: object) -> None:
    """Drop a result."""
    del result
