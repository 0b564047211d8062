"""A store that indexes for real, on a fresh database of each kind."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from fhir_server.db.engine import Database
from fhir_server.store.identity import Ids
from fhir_server.store.unit_of_work import Store
from tests.integration.search.sample import EXTRACTOR


def utc_now() -> datetime:
    return datetime.now(UTC)


@pytest.fixture
def store(migrated_url: str) -> Iterator[Store]:
    one = Store(Database.open(migrated_url), EXTRACTOR, utc_now, Ids(utc_now))
    yield one
    one.database.close()
