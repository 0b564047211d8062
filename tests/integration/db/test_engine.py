"""Connections: what holds on each of them, and what the database's refusals become."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from fhir_server.db.engine import Database
from fhir_server.db.turnstile import Turnstile
from fhir_server.outcome import Throttled, TooCostly, Unavailable
from fhir_server.settings import SettingError


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    one = Database.open(database_url, pool_size=2, statement_timeout=200)
    yield one
    one.close()


def test_opening_connects_to_nothing(tmp_path: Path) -> None:
    Database.open("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    Database.open(f"sqlite:///{tmp_path / 'new.db'}")
    assert not (tmp_path / "new.db").exists()


@pytest.mark.parametrize("url", ["parity.db", "mysql://x/y", "sqlite://", "sqlite:///:memory:"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(SettingError):
        Database.open(url)


def test_unreachable_server_is_unavailable() -> None:
    database = Database.open("postgresql+psycopg://nobody@127.0.0.1:1/nothing")
    with pytest.raises(Unavailable), database.session():
        pass


def test_statements_commit_by_themselves(database: Database) -> None:
    with database.session() as session:
        session.run("CREATE TABLE t (x INTEGER)")
        session.run("INSERT INTO t VALUES (1)")
    with database.session() as session:
        assert session.run("SELECT x FROM t") == [(1,)]


def test_transaction_left_open_is_undone(database: Database) -> None:
    with database.session() as session:
        session.run("CREATE TABLE t (x INTEGER)")
        session.begin()
        session.run("INSERT INTO t VALUES (1)")
    with database.session() as session:
        assert session.run("SELECT x FROM t") == []
        session.begin()
        session.run("INSERT INTO t VALUES (2)")
        session.commit()
        assert session.execute(select(text("x")).select_from(text("t"))) == [(2,)]


def test_all_connections_lent_is_too_much_at_once(database_url: str) -> None:
    database = Database.open(database_url, pool_size=1, connection_wait=100)
    with (
        database.session(),
        database.session(),
        pytest.raises(Throttled),
        database.session(),
    ):
        pass
    database.close()


def test_time_limit_holds_on_every_connection(postgresql_url: str) -> None:
    database = Database.open(postgresql_url, pool_size=3, statement_timeout=100)
    with database.session() as one, database.session() as two, database.session() as three:
        for session in (one, two, three):
            with pytest.raises(TooCostly):
                session.run("SELECT pg_sleep(5)")
            assert session.run("SELECT 1") == [(1,)]
    database.close()


SLOW = """
WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 100000000)
SELECT count(*) FROM n"""


def test_slow_statement_is_stopped_on_either_database(database: Database) -> None:
    with database.session() as session:
        session.run("CREATE TABLE t (x INTEGER)")
        for _ in range(2):
            with pytest.raises(TooCostly):
                session.run(SLOW)
        session.begin()
        session.run("INSERT INTO t VALUES (1)")
        with pytest.raises(TooCostly):
            session.run(f"INSERT INTO t {SLOW}" if database.dialect == "sqlite" else SLOW)
        session.rollback()
        assert session.run("SELECT x FROM t") == []
    with database.session() as session:
        assert session.run("SELECT 1") == [(1,)]


def test_time_between_statements_does_not_count(database_url: str) -> None:
    import time

    database = Database.open(database_url, statement_timeout=500)
    with database.session() as session:
        session.run("CREATE TABLE t (x INTEGER)")
        time.sleep(0.6)
        fill = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 20000)"
        session.run(f"INSERT INTO t {fill} SELECT x FROM n")
    time.sleep(0.6)
    with database.engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM t").scalar() == 20000
    database.close()


def test_more_writers_than_turns_wait_no_longer_than_allowed(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'test.db'}")
    database.writer = Turnstile(patience=0.1)
    with database.session() as one, database.session() as other:
        one.begin()
        with pytest.raises(Unavailable):
            other.begin()
        one.rollback()
        other.begin()
        other.rollback()
    database.close()


def test_deadlocked_transaction_may_be_run_again(postgresql_url: str) -> None:
    import threading

    from fhir_server.db.failure import Raced

    database = Database.open(postgresql_url)
    with database.session() as session:
        session.run("CREATE TABLE t (x INTEGER PRIMARY KEY, y INTEGER)")
        session.run("INSERT INTO t VALUES (1, 0), (2, 0)")
    both = threading.Barrier(2)
    raced: list[Raced] = []

    def update(first: int, second: int) -> None:
        with database.session() as session:
            session.begin()
            session.run("UPDATE t SET y = 1 WHERE x = %s", (first,))
            both.wait()
            try:
                session.run("UPDATE t SET y = 1 WHERE x = %s", (second,))
                session.commit()
            except Raced as error:
                raced.append(error)

    threads = [threading.Thread(target=update, args=pair) for pair in ((1, 2), (2, 1))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(raced) == 1
    database.close()


def test_sqlite_writer_of_another_process_makes_busy(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'test.db'}")
    other = sqlite3.connect(tmp_path / "test.db", isolation_level=None)
    with database.session() as session:
        session.run("PRAGMA busy_timeout = 50")
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(Unavailable):
            session.begin()
        other.execute("ROLLBACK")
        session.begin()
        session.commit()
    other.close()
    database.close()


def test_sqlite_readers_do_not_wait_for_the_writer(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'test.db'}")
    with database.session() as writer, database.session() as reader:
        writer.run("CREATE TABLE t (x INTEGER)")
        writer.begin()
        writer.run("INSERT INTO t VALUES (1)")
        assert reader.run("SELECT count(*) FROM t") == [(0,)]
        writer.commit()
        assert reader.run("SELECT count(*) FROM t") == [(1,)]
    database.close()


def test_sqlite_runs_as_designed(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'test.db'}")
    with database.session() as session:
        assert session.run("PRAGMA journal_mode") == [("wal",)]
        assert session.run("PRAGMA foreign_keys") == [(1,)]
        assert session.run("PRAGMA synchronous") == [(2,)]
    database.close()


def test_failure_of_the_program_does_not_tell_values(database: Database) -> None:
    with pytest.raises(DBAPIError) as caught, database.session() as session:
        session.execute(text("INSERT INTO nowhere VALUES (:name)"), {"name": "Testperson"})
    assert "Testperson" not in str(caught.value)


def test_full_disk_is_told_and_nothing_is_half_written(tmp_path: Path) -> None:
    database = Database.open(f"sqlite:///{tmp_path / 'small.db'}")
    with database.session() as session:
        session.run("CREATE TABLE t (x BLOB)")
        session.run("PRAGMA max_page_count = 50")
        session.begin()
        session.run("INSERT INTO t VALUES ('first')")
        with pytest.raises(Unavailable, match="disk of the database is full"):
            session.run("INSERT INTO t VALUES (zeroblob(1000000))")
        session.rollback()
        assert session.run("SELECT count(*) FROM t") == [(0,)]
    database.close()


def test_full_disk_of_postgresql_is_told(postgresql_url: str) -> None:
    database = Database.open(postgresql_url)
    raised = "DO $$ BEGIN RAISE EXCEPTION 'no space' USING ERRCODE = '53100'; END $$"
    with (
        database.session() as session,
        pytest.raises(Unavailable, match="disk of the database is full"),
    ):
        session.run(raised, prepare=False)
    database.close()
