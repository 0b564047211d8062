"""A runtime on a fresh database of each kind."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from fhir_server.runtime import Runtime
from fhir_server.settings import Settings


@pytest.fixture
def runtime(migrated_url: str, tmp_path: Path) -> Iterator[Runtime]:
    variables = {
        "PARITY_DATABASE_URL": migrated_url,
        "PARITY_DATA_DIR": str(tmp_path / "var"),
        "PARITY_POOL_SIZE": "16",
    }
    built = Runtime.build(Settings.load(variables))
    yield built
    built.store.database.close()


@pytest.fixture
def samples() -> list[Path]:
    folder = Path(__file__).resolve().parents[4] / "shared" / "samples" / "hl7v2"
    if not folder.is_dir():
        pytest.skip("the folder of samples is not beside the project")
    return sorted(folder.glob("*.hl7"))
