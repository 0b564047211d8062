"""A fresh installation on each database."""

from pathlib import Path

import pytest

from tests.acceptance.site import Site


@pytest.fixture
def site(tmp_path: Path, database_url: str) -> Site:
    return Site(tmp_path, database_url)
