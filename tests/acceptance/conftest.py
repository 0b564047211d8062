"""A fresh installation on each database."""

from pathlib import Path

import pytest

from tests.acceptance.site import SAMPLES, Site


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Site:
    return Site(tmp_path, database_url)


@pytest.fixture
def samples() -> Path:
    if not SAMPLES.is_dir():
        pytest.skip("the folder of samples is not beside the project")
    return SAMPLES
