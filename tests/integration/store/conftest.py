"""A store on a fresh database of each kind."""

from collections.abc import Iterator

import pytest

from fhir_server.db.migrate import upgrade
from fhir_server.store.unit_of_work import Store
from tests.integration.store.sample import open_store


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    one = open_store(database_url)
    upgrade(one.database)
    yield one
    one.database.close()
