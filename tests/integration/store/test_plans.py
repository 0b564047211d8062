"""No write, deletion, history, export or erasure reads a table through, on either database."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from typing import Self

import psycopg
import pytest
from psycopg.abc import Params, Query
from sqlalchemy import event
from sqlalchemy.pool import ConnectionPoolEntry

from fhir_server.db.migrate import upgrade
from fhir_server.store.erase import Past, erase, erase_past
from fhir_server.store.unit_of_work import Store, UnitOfWork
from fhir_server.store.write import Create, Delete, Update
from tests.integration.store.sample import HERE, open_store, patient

TABLES = ("resource", "resource_version", "ix_eq", "ix_ref", "ix_str", "ix_date", "ix_num")
THROUGH = re.compile(rf"(?:Seq Scan on|SCAN) ({'|'.join(TABLES)})\b")
MOMENT = 2**62


class Recorder(psycopg.Cursor[tuple[object, ...]]):
    """A cursor that has what it is to run explained first, as if no table could be read through."""

    plans: list[str]

    def execute(
        self,
        query: Query,
        params: Params | None = None,
        *,
        prepare: bool | None = None,
        binary: bool | None = None,
    ) -> Self:
        text = query.decode() if isinstance(query, bytes) else str(query)
        if text.split()[0] in {"WITH", "SELECT", "INSERT", "UPDATE", "DELETE"}:
            plain: psycopg.Cursor[tuple[object, ...]] = psycopg.Cursor(self.connection)
            plain.execute("SET enable_seqscan = off")
            # psycopg's overloads tell templates from other queries; passing either on is right
            plain.execute(f"EXPLAIN {text}", params)
            plan = "\n".join(str(row[0]) for row in plain.fetchall())
            Recorder.plans.append(f"{text}\n{plan}")
            plain.execute("SET enable_seqscan = on")
        return super().execute(query, params, prepare=prepare, binary=binary)  # type: ignore[arg-type, misc]


@pytest.fixture
def plans(migrated_url: str) -> Iterator[tuple[Store, Callable[[], list[str]]]]:
    """Return a store with a few resources, and what gives the plans of all it runs."""
    texts: list[str] = []
    Recorder.plans = []

    def watch(connection: psycopg.Connection | sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        if isinstance(connection, sqlite3.Connection):
            connection.set_trace_callback(texts.append)
        else:
            connection.cursor_factory = Recorder

    store = open_store(migrated_url)
    upgrade(store.database)
    with store.write(HERE) as work:
        work.apply([Create("Patient", patient(str(number)), f"p{number}") for number in range(20)])
    store.database.close()
    event.listen(store.database.engine, "connect", watch)

    def explained() -> list[str]:
        if store.database.dialect == "postgresql":
            return Recorder.plans
        run = [one for one in texts if one.split()[0] in {"SELECT", "INSERT", "UPDATE", "DELETE"}]
        with store.database.session() as session:
            session.sqlite.set_trace_callback(None)
            return [
                "\n".join([one, *(str(row[3]) for row in session.run(f"EXPLAIN QUERY PLAN {one}"))])
                for one in run
            ]

    yield store, explained
    store.database.close()


def update(work: UnitOfWork) -> None:
    held = work.lock_many([("Patient", "p1"), ("Patient", "p2")])
    work.apply([Update(one, patient("new", "Other")) for one in held.values()])
    one = work.lock("Patient", "p3")
    assert one is not None
    work.update(one, patient("newer"))


def delete(work: UnitOfWork) -> None:
    held = work.lock_many([("Patient", "p1"), ("Patient", "p2")])
    work.apply([Delete(one) for one in held.values()])


def history(work: UnitOfWork) -> None:
    update(work)
    assert len(work.history("Patient", "p1")) == 2
    assert work.version("Patient", "p1", 1) is not None


def export(work: UnitOfWork) -> None:
    delete(work)
    assert len(list(work.stream("Patient"))) == 18
    assert len(list(work.stream_deleted("Patient"))) == 2
    assert len(list(work.stream_versions("Patient"))) == 22


def erasure(work: UnitOfWork) -> None:
    update(work)
    assert erase_past(work, Past(MOMENT), "Patient", 10) == 3
    assert erase(work, [("Patient", "p1"), ("Patient", "p9")]).resources == 2


@pytest.mark.parametrize("action", [update, delete, history, export, erasure])
def test_no_table_is_read_through(
    plans: tuple[Store, Callable[[], list[str]]], action: Callable[[UnitOfWork], None]
) -> None:
    store, explained = plans
    with store.write(HERE) as work:
        action(work)
    found = explained()
    assert found
    assert [plan for plan in found if THROUGH.search(plan)] == []


def test_reading_through_is_seen(plans: tuple[Store, Callable[[], list[str]]]) -> None:
    store, explained = plans
    with store.read(HERE) as reader:
        reader.session.run("SELECT count(*) FROM resource WHERE operation = 'create'")
    assert any(THROUGH.search(plan) for plan in explained())
