"""An installation in this process, on a fresh database of each kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fhir_server.runtime import Runtime
from tests.integration.reindex.site import open_site


@pytest.fixture
def runtime(migrated_url: str, tmp_path: Path) -> Iterator[Runtime]:
    built = open_site(migrated_url, tmp_path)
    yield built
    built.store.database.close()
