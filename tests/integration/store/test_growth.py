"""A PostgreSQL database filled at once is searched by good plans at once."""

from sqlalchemy import text

from fhir_server.db.migrate import upgrade
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.settings import Settings
from fhir_server.store.growth import FIRST
from fhir_server.store.write import Create, Update


def known_rows(runtime: Runtime, table: str = "resource") -> int:
    """Return how many rows PostgreSQL's statistics know of; -1 before any were gathered."""
    with runtime.store.read(Context()) as reader:
        rows = reader.rows(text(f"SELECT reltuples FROM pg_class WHERE relname = '{table}'"))
    return int(str(rows[0][0]).split(".", maxsplit=1)[0])


def fill(runtime: Runtime, count: int) -> None:
    with runtime.store.write(Context()) as work:
        work.apply(
            [
                Create("Patient", {"resourceType": "Patient", "name": [{"family": f"F{number}"}]})
                for number in range(count)
            ]
        )


def replace_all(runtime: Runtime) -> None:
    with runtime.store.write(Context()) as work:
        held = work.lock_many([(one.type, one.id) for one in work.stream("Patient")])
        work.apply([Update(one, {"resourceType": "Patient"}) for one in held.values()])


def test_statistics_are_gathered_when_the_database_has_grown(postgresql_url: str) -> None:
    runtime = Runtime.build(Settings(database_url=postgresql_url))
    upgrade(runtime.store.database)
    fill(runtime, FIRST - 1)
    replace_all(runtime)
    assert known_rows(runtime) < FIRST
    fill(runtime, 1)
    assert known_rows(runtime) == FIRST
    assert known_rows(runtime, "resource_version") == FIRST - 1
    fill(runtime, FIRST)
    assert known_rows(runtime) == FIRST
    runtime.store.database.close()
