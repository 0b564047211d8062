"""How many statements a unit of work costs on PostgreSQL, and which index answers."""

from collections.abc import Callable, Iterator
from typing import Self

import psycopg
import pytest
from psycopg.abc import Params, Query
from sqlalchemy import event, select
from sqlalchemy.pool import ConnectionPoolEntry

from fhir_server.db.migrate import upgrade
from fhir_server.model.resource import JsonObject
from fhir_server.search.visible import version_columns, versions, visible
from fhir_server.store.reader import Rows
from fhir_server.store.unit_of_work import Store
from fhir_server.store.write import Create, Update
from tests.integration.store.sample import HERE, open_store, patient

sent: list[str] = []


class Recorder(psycopg.Cursor[tuple[object, ...]]):
    """A cursor that notes the first word of what it sends."""

    def execute(
        self,
        query: Query,
        params: Params | None = None,
        *,
        prepare: bool | None = None,
        binary: bool | None = None,
    ) -> Self:
        text = query.decode() if isinstance(query, bytes) else str(query)
        sent.append(text.split()[0])
        # psycopg's overloads tell templates from other queries; passing either on is right
        return super().execute(query, params, prepare=prepare, binary=binary)  # type: ignore[arg-type, misc]


@pytest.fixture
def watched(postgresql_url: str) -> Iterator[Store]:
    """A store whose statements are noted in `sent`."""

    def watch(connection: psycopg.Connection, _: ConnectionPoolEntry) -> None:
        connection.cursor_factory = Recorder

    store = open_store(postgresql_url)
    upgrade(store.database)
    store.database.close()
    event.listen(store.database.engine, "connect", watch)
    with store.write(HERE) as work:
        work.create("Patient", "a", patient())
    sent.clear()
    yield store
    store.database.close()


def test_create_is_one_statement(watched: Store) -> None:
    with watched.write(HERE) as work:
        work.create("Patient", None, patient())
    assert sent == ["WITH"]


def test_creating_many_is_one_statement(watched: Store) -> None:
    with watched.write(HERE) as work:
        work.apply([Create("Patient", patient(str(number))) for number in range(50)])
    assert sent == ["WITH"]


def test_read_is_one_statement(watched: Store) -> None:
    with watched.read(HERE) as reader:
        assert reader.current("Patient", "a") is not None
        assert reader.version("Patient", "a", 1) is not None
        assert len(reader.many([("Patient", "a"), ("Patient", "b")])) == 1
    assert sent == ["SELECT", "SELECT", "SELECT"]


def test_update_reads_writes_and_commits(watched: Store) -> None:
    with watched.write(HERE) as work:
        held = work.lock("Patient", "a")
        assert held is not None
        work.update(held, patient("2"))
    assert sent == ["BEGIN", "SELECT", "WITH", "COMMIT"]


def test_unit_of_work_without_writes_only_reads(watched: Store) -> None:
    with watched.write(HERE) as work:
        work.current("Patient", "a")
    assert sent == ["SELECT"]


def by_id() -> Rows:
    rows = visible("Patient", HERE)
    return select(*version_columns(rows)).where(rows.c.fid == "a")


def one_version() -> Rows:
    rows = versions("Patient", HERE)
    return select(*version_columns(rows)).where(rows.c.fid == "a", rows.c.ver == 1)


def newest() -> Rows:
    rows = visible("Patient", HERE)
    return select(*version_columns(rows)).order_by(rows.c.rid.desc()).limit(10)


def last_changed() -> Rows:
    rows = visible("Patient", HERE)
    chosen = select(*version_columns(rows)).where(rows.c.updated > 0)
    return chosen.order_by(rows.c.updated.desc(), rows.c.rid.desc()).limit(10)


@pytest.mark.parametrize(
    ("build", "index"),
    [
        (by_id, "resource_identity"),
        (one_version, "resource_identity"),
        (newest, "resource_newest"),
        (last_changed, "resource_updated"),
    ],
)
def test_index_answers(store: Store, build: Callable[[], Rows], index: str) -> None:
    with store.write(HERE) as work:
        work.apply([Create("Patient", patient(str(number))) for number in range(20)])
        made = work.apply([Create("Group", {"resourceType": "Group"}) for _ in range(2000)])
        changed: JsonObject = {"resourceType": "Group", "active": True}
        work.apply([Update(one, changed) for one in made])
        work.create("Patient", "a", patient())
    engine = store.database.engine
    text = str(build().compile(engine, compile_kwargs={"literal_binds": True}))
    explain = "EXPLAIN " if store.database.dialect == "postgresql" else "EXPLAIN QUERY PLAN "
    with store.database.session() as session:
        session.run("ANALYZE")
        plan = "\n".join(str(row[-1]) for row in session.run(explain + text))
    assert index in plan
    assert "Seq Scan" not in plan
    assert "SCAN resource_version" not in plan
    assert "TEMP B-TREE" not in plan
    assert "Sort" not in plan
