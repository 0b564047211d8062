"""One server on each database, with the practice in it, for the tests that only read."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance.fhir.practice import transaction
from tests.integration.server import Server, running_server


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def practice(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Return a running server that holds the practice."""
    folder: Path = tmp_path_factory.mktemp("practice")
    url = f"sqlite:///{folder / 'parity.db'}"
    if request.param == "postgresql":
        keeper = request.getfixturevalue("postgresql")
        url = keeper.create_database(f"practice_{uuid.uuid4().hex[:16]}")
    with running_server(url, folder) as server:
        answer = server.fhir("POST", "", transaction())
        assert answer.status == 200, answer.body
        yield server
