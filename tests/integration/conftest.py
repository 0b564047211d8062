"""Fixtures of the integration tests: a real server on each database."""

import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.integration.server import Server


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator["Server"]:
    """Return a running web process with an administrator's token, one a database and session.

    Tests share it: what they store must be told apart by names or identifiers of their own.
    """
    from tests.integration.server import running_server

    folder = tmp_path_factory.mktemp(f"server_{request.param}")
    if request.param == "sqlite":
        with running_server(f"sqlite:///{folder / 'parity.db'}", folder) as started:
            yield started
        return
    postgresql = request.getfixturevalue("postgresql")
    name = f"server_{uuid.uuid4().hex[:16]}"
    with running_server(postgresql.create_database(name), folder) as started:
        yield started
    postgresql.drop_database(name)


@pytest.fixture
def tag() -> str:
    """Return a text no other test uses, to tell this test's resources by."""
    return uuid.uuid4().hex
