"""Of plans: what a search reads, counted by the database itself while it answers.

SQLite counts the steps of its machine, PostgreSQL the pages it looks at. Neither depends on how
fast the machine is.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
from sqlalchemy import MetaData, insert, select

from fhir_server.db.engine import Database
from fhir_server.db.migrate import upgrade
from fhir_server.model.resource import JsonObject
from fhir_server.search.plan import plan_page
from fhir_server.store.identity import Ids, utc_now
from fhir_server.store.unit_of_work import Store
from fhir_server.store.write import Create, Update
from tests.integration.search.sample import EXTRACTOR, HERE, Pair, query

Search = tuple[str, Sequence[Pair]]
FEW, MANY = 200, 1600
RARE = 7
SEARCHES: tuple[Search, ...] = (
    ("Patient", [("active", "true")]),
    ("Patient", [("identifier", "urn:x|7")]),
    ("Patient", [("active", "true"), ("identifier", "urn:x|7")]),
    ("Patient", [("active", "true"), ("name", "rarely")]),
    ("Observation", [("status", "final"), ("subject", "Patient/p7")]),
    ("Observation", [("status", "final"), ("subject", "Patient/p7"), ("date", "ge1900")]),
    ("Observation", [("status", "final"), ("subject:Patient.identifier", "urn:x|7")]),
    ("Observation", [("_lastUpdated", "ge2000"), ("code", "urn:c|1"), ("status", "final")]),
)
RARE_CODES: tuple[Search, ...] = (
    ("Patient", [("active", "true"), ("gender", "other")]),
    ("Patient", [("gender", "other"), ("birthdate", "1980")]),
    ("Patient", [("active", "true"), ("gender", "other"), ("_sort", "birthdate")]),
    ("Patient", [("active", "true"), ("birthdate", "lt1970")]),
    ("Patient", [("identifier", "urn:x|7"), ("organization", "Organization/all")]),
)
"""A parameter whose values are mostly common, asked for a rare one."""


def resources(count: int) -> Iterator[JsonObject]:
    """Yield patients nearly all of whom are alike, each with an observation."""
    for number in range(count):
        rare = number == RARE
        yield {
            "resourceType": "Patient",
            "id": f"p{number}",
            "active": True,
            "gender": "other" if rare else "female",
            "birthDate": "1980-01-01",
            "managingOrganization": {"reference": "Organization/all"},
            "identifier": [{"system": "urn:x", "value": str(number)}],
            "name": [{"family": "Rarely" if rare else "Common"}],
        }
        yield {
            "resourceType": "Observation",
            "id": f"o{number}",
            "status": "final",
            "code": {"coding": [{"system": "urn:c", "code": "1"}]},
            "subject": {"reference": f"Patient/p{number}"},
            "effectiveDateTime": "2020-01-01",
        }


def fill(store: Store, count: int) -> None:
    """Store them a few hundred at a time, as a load does; the first of them get a history."""
    waiting = list(resources(count))
    for start in range(0, len(waiting), 400):
        wishes = [Create(str(r["resourceType"]), r, str(r["id"])) for r in waiting[start:][:400]]
        with store.write(HERE) as work:
            work.apply(wishes)
    with store.write(HERE) as work:
        held = work.lock_many([("Patient", f"p{number}") for number in range(40)])
        work.apply([Update(one, {"resourceType": "Patient"}) for one in list(held.values())[10:]])


@contextmanager
def opened(url: str) -> Iterator[Store]:
    store = Store(Database.open(url), EXTRACTOR, utc_now, Ids(utc_now))
    try:
        yield store
    finally:
        store.database.close()


def effort(store: Store, search: Search) -> int:
    """Return how much the database reads to answer with the newest page."""
    type, pairs = search
    asked = query(type, list(pairs))
    with store.read(HERE) as reader:
        session = reader.session
        if session.dialect == "postgresql":
            text, values = plan_page(asked, HERE).spell(session.spelling)
            explained = f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {text}"
            session.run(text, values, prepare=False)  # pages of the catalogue are not counted
            told = session.run(explained, values, prepare=False)[0][0]
            assert isinstance(told, list)
            plan = told[0]["Plan"]
            return int(plan["Shared Hit Blocks"] + plan["Shared Read Blocks"])
        steps = 0

        def count() -> int:
            nonlocal steps
            steps += 1
            return 0

        session.sqlite.set_progress_handler(count, 10)
        reader.search(plan_page(reader.led(asked), HERE))
        session.sqlite.set_progress_handler(None, 0)
        return steps


@pytest.fixture
def made(request: pytest.FixtureRequest, migrated_url: str, tmp_path: Path) -> Callable[[str], str]:
    """Return what makes further empty databases of the same kind, by name."""

    def make(name: str) -> str:
        if migrated_url.startswith("sqlite"):
            return f"sqlite:///{tmp_path / name}.db"
        server = request.getfixturevalue("postgresql")
        unique = f"{migrated_url.rpartition('/')[2]}_{name}"
        request.addfinalizer(lambda: server.drop_database(unique))
        url: str = server.create_database(unique)
        return url

    return make


def test_common_values_do_not_make_a_search_read_more(
    migrated_url: str, made: Callable[[str], str]
) -> None:
    """Eight times as many resources with the common value: the same page is as much work."""
    assert grown(SEARCHES, made("few"), migrated_url) == {}


def test_rare_code_beside_common_ones_is_looked_up(
    migrated_url: str, made: Callable[[str], str]
) -> None:
    assert grown(RARE_CODES, made("few"), migrated_url) == {}


def grown(searches: Sequence[Search], few: str, many: str) -> dict[str, tuple[int, int]]:
    """Return the searches that read more where more is stored, with both their efforts."""
    with opened(few) as small, opened(many) as large:
        upgrade(small.database)
        fill(small, FEW)
        fill(large, MANY)
        efforts = {str(one): (effort(small, one), effort(large, one)) for one in searches}
    return {search: pair for search, pair in efforts.items() if pair[1] > 2 * pair[0] + 10}


def test_searches_read_no_more_after_an_upgrade(
    migrated_url: str, made: Callable[[str], str]
) -> None:
    """A database filled under the first revision, then upgraded, against a new one."""
    url = made("old")
    with opened(url) as old, opened(migrated_url) as new:
        fill(new, FEW)
        upgrade(old.database, "0001")
        copy_rows(new.database, old.database)
        upgrade(old.database)
        efforts = {str(search): (effort(new, search), effort(old, search)) for search in SEARCHES}
    worse = {search: pair for search, pair in efforts.items() if pair[1] > 1.5 * pair[0] + 10}
    assert worse == {}, efforts


def copy_rows(source: Database, target: Database) -> None:
    """Fill the tables of an older revision with what a newer one holds; gather statistics."""
    older = MetaData()
    with source.engine.connect() as given, target.engine.connect() as taking:
        older.reflect(taking)
        taking.exec_driver_sql("BEGIN")
        for table in older.sorted_tables:
            if table.name not in {"alembic_version", "sqlite_stat1"}:
                rows = given.execute(select(*table.c)).mappings().all()
                if rows:
                    taking.execute(insert(table), [dict(row) for row in rows])
        taking.exec_driver_sql("COMMIT")
        if target.dialect == "postgresql":
            taking.exec_driver_sql("ANALYZE")
