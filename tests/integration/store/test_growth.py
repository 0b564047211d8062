"""A PostgreSQL database filled at once is searched by good plans at once."""

from sqlalchemy import text

from fhir_server.db.migrate import upgrade
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.settings import Settings
from fhir_server.store.growth import FIRST
from fhir_server.store.write import Create


def known_rows(runtime: Runtime) -> int:
    """Return how many resources PostgreSQL's statistics know of; -1 before any were gathered."""
    with runtime.store.read(Context()) as reader:
        rows = reader.rows(text("SELECT reltuples FROM pg_class WHERE relname = 'resource'"))
    return int(str(rows[0][0]).split(".", maxsplit=1)[0])


def fill(runtime: Runtime, count: int) -> None:
    with runtime.store.write(Context()) as work:
        work.apply(
            [
                Create("Patient", {"resourceType": "Patient", "name": [{"family": f"F{number}"}]})
                for number in range(count)
            ]
        )


def test_statistics_are_gathered_when_the_database_has_grown(postgresql_url: str) -> None:
    runtime = Runtime.build(Settings(database_url=postgresql_url))
    upgrade(runtime.store.database)
    fill(runtime, FIRST - 1)
    assert known_rows(runtime) < FIRST
    fill(runtime, 1)
    assert known_rows(runtime) == FIRST
    fill(runtime, FIRST)
    assert known_rows(runtime) == FIRST
    runtime.store.database.close()
