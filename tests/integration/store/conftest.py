"""A store on a fresh database of each kind."""

from collections.abc import Iterator

import pytest

from fhir_server.store.unit_of_work import Store
from tests.integration.store.sample import open_store


@pytest.fixture
def store(migrated_url: str) -> Iterator[Store]:
    one = open_store(migrated_url)
    yield one
    one.database.close()
