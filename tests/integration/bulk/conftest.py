"""An installation in this process, on a fresh database of each kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fhir_server.runtime import Runtime
from fhir_server.settings import Settings


@pytest.fixture
def runtime(migrated_url: str, tmp_path: Path) -> Iterator[Runtime]:
    settings = Settings.load(
        {"PARITY_DATABASE_URL": migrated_url, "PARITY_DATA_DIR": str(tmp_path / "var")}
    )
    built = Runtime.build(settings)
    yield built
    built.store.database.close()
