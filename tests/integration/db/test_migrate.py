"""Migrations lead from nothing to the tables of this version, on both databases."""

import threading
from collections.abc import Iterator

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect

from fhir_server.db import migrate
from fhir_server.db.engine import Database
from fhir_server.db.tables import metadata
from fhir_server.outcome import Conflict

OWN_MEANS = "ix_words"
"""The index of words is made by each database's own means, with tables of its own behind it."""


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    one = Database.open(database_url)
    yield one
    one.close()


def test_empty_database_has_no_revision(database: Database) -> None:
    status = migrate.status(database)
    assert status.current is None
    assert not status.is_current


def test_upgraded_database_has_the_tables_of_the_code(database: Database) -> None:
    assert migrate.upgrade(database).is_current
    with database.engine.connect() as connection:
        options = {
            "compare_type": True,
            "compare_server_default": True,
            "include_name": lambda name, *_: not str(name).startswith(OWN_MEANS),
        }
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, metadata) == []


def test_upgraded_tables_are_spelled_as_the_code_creates_them(database: Database) -> None:
    """Primary keys, collations and WITHOUT ROWID, which the comparison of types does not see."""
    migrate.upgrade(database)
    upgraded = spelled(database)
    with database.engine.begin() as connection:
        metadata.drop_all(connection)
        metadata.create_all(connection)
    assert spelled(database) == upgraded


def spelled(database: Database) -> dict[str, object]:
    """Return what the database says of each table: its text, or columns with collation."""
    inspector = inspect(database.engine)
    keys = {name: inspector.get_pk_constraint(name) for name in metadata.tables}
    if database.dialect == "postgresql":
        text = (
            "SELECT table_name, column_name, collation_name, is_nullable "
            "FROM information_schema.columns WHERE table_schema = 'public' "
            "AND table_name <> 'alembic_version' ORDER BY 1, 2"
        )
    else:
        text = "SELECT name, wr FROM pragma_table_list WHERE name <> 'alembic_version' ORDER BY 1"
    with database.session() as session:
        return {"keys": keys, "rows": session.run(text)}


def test_upgrading_again_changes_nothing(database: Database) -> None:
    first = migrate.upgrade(database)
    assert migrate.upgrade(database) == first


def test_database_of_a_newer_version_is_left_alone(database: Database) -> None:
    migrate.upgrade(database)
    with database.session() as session:
        session.run("UPDATE alembic_version SET version_num = '9999'")
    found = migrate.status(database)
    assert (found.current, found.is_newer, found.is_current) == ("9999", True, False)
    with pytest.raises(Conflict, match=rf"revision 9999, which is newer .*\({found.head}\)"):
        migrate.upgrade(database)
    assert migrate.status(database) == found


def test_upgrades_at_once_do_not_collide(database: Database) -> None:
    done: list[bool] = []
    threads = [
        threading.Thread(target=lambda: done.append(migrate.upgrade(database).is_current))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert done == [True] * 4


def test_prefixes_of_text_are_found_by_index(postgresql_url: str) -> None:
    database = Database.open(postgresql_url)
    migrate.upgrade(database)
    with database.session() as session:
        session.run(
            "INSERT INTO ix_str SELECT 1, 'name' || n, n FROM generate_series(1, 5000) AS n"
        )
        session.run("ANALYZE ix_str")
        like = "EXPLAIN SELECT rid FROM ix_str WHERE key = 1 AND value LIKE 'name12%%'"
        plan = "\n".join(str(row[0]) for row in session.run(like))
    database.close()
    assert "value ~>=~" in plan or "value >= 'name12'" in plan
