"""A store that indexes for real, on a fresh database of each kind."""

from collections.abc import Iterator

import pytest

from fhir_server.db.engine import Database
from fhir_server.store.identity import Ids, utc_now
from fhir_server.store.unit_of_work import Store
from tests.integration.search.sample import EXTRACTOR


@pytest.fixture
def store(migrated_url: str) -> Iterator[Store]:
    one = Store(Database.open(migrated_url), EXTRACTOR, utc_now, Ids(utc_now))
    yield one
    one.database.close()
