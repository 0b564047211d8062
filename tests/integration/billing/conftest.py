"""A practice on each database."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.billing.practice import Practice, open_practice


@pytest.fixture
def practice(database_url: str, tmp_path: Path) -> Iterator[Practice]:
    """Return a practice with its plan, clinician and patient on a fresh database."""
    with open_practice(database_url, tmp_path) as opened:
        yield opened
