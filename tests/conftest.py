"""Fixtures every kind of test may use, and the list of what could not be run."""

import shutil
import uuid
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import settings

from tests.memory_disk import use_memory_disk
from tests.postgresql import Keeper, Server, find_binaries
from tests.postgresql.keeper import wait_for_server

KEEPER = pytest.StashKey[Keeper]()
SHARED = "postgresql"
MISSING = "PostgreSQL is not installed here, neither by the system nor as a wheel"

use_memory_disk()

# A slow moment of a shared machine says nothing about the code.
settings.register_profile("parity", settings(), deadline=None)
settings.load_profile("parity")


class Node(Protocol):
    """What pytest-xdist tells of a worker before it starts."""

    config: pytest.Config
    workerinput: dict[str, str]


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Node) -> None:
    """Tell a worker of a parallel run where the one server of the run is."""
    keeper = run_keeper(node.config)
    node.workerinput[SHARED] = str(keeper.directory) if keeper else ""


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop the server of this run, whatever the outcome of the tests."""
    keeper = config.stash.get(KEEPER, None)
    if keeper is not None:
        keeper.close()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Name each part that was not tested or is known to fail, and why."""
    reasons = Counter(
        f"{outcome}: {reason_of(report)}"
        for outcome in ("skipped", "xfailed")
        for report in terminalreporter.getreports(outcome)
    )
    if not reasons:
        return
    terminalreporter.section("not tested here")
    for reason, count in sorted(reasons.items()):
        terminalreporter.line(f"{count} {reason}")


def reason_of(report: pytest.TestReport) -> str:
    """Return why a test was skipped or is expected to fail."""
    expected: str = getattr(report, "wasxfail", "")
    if expected:
        return expected.removeprefix("reason: ")
    place = report.longrepr
    text = place[2] if isinstance(place, tuple) else str(place)
    return text.removeprefix("Skipped: ")


def run_keeper(config: pytest.Config) -> Keeper | None:
    """Return the keeper of this run, started on first use; None without programs to start."""
    if KEEPER not in config.stash and find_binaries() is not None:
        config.stash[KEEPER] = Keeper()
    return config.stash.get(KEEPER, None)


@pytest.fixture(scope="session")
def postgresql(request: pytest.FixtureRequest) -> Server:
    """Return the private server of this run, shared by its workers."""
    shared: dict[str, str] = getattr(request.config, "workerinput", {})
    if SHARED in shared:
        directory = shared[SHARED]
    else:
        keeper = run_keeper(request.config)
        directory = str(keeper.directory) if keeper else ""
    if not directory:
        pytest.skip(MISSING)
    return wait_for_server(Path(directory))


@pytest.fixture
def postgresql_url(postgresql: Server) -> Iterator[str]:
    """Return the SQLAlchemy URL of a fresh, empty PostgreSQL database."""
    name = f"test_{uuid.uuid4().hex[:16]}"
    yield postgresql.create_database(name)
    postgresql.drop_database(name)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Return the SQLAlchemy URL of a fresh, empty database, once of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'test.db'}"
    url: str = request.getfixturevalue("postgresql_url")
    return url


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a SQLite database with the tables of this version, to be copied."""
    file = tmp_path_factory.mktemp("migrated") / "template.db"
    migrate(f"sqlite:///{file}")
    return file


@pytest.fixture(params=["sqlite", "postgresql"])
def migrated_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of a fresh database with the tables of this version, once of each kind.

    A copy of a migrated template costs a fraction of a migration.
    """
    if request.param == "sqlite":
        file: Path = request.getfixturevalue("migrated_file")
        shutil.copyfile(file, tmp_path / "migrated.db")
        yield f"sqlite:///{tmp_path / 'migrated.db'}"
        return
    server: Server = request.getfixturevalue("postgresql")
    name = f"test_{uuid.uuid4().hex[:16]}"
    yield server.create_database(name, server.template("migrated", migrate))
    server.drop_database(name)


def migrate(url: str) -> None:
    """Give a database the tables of this version."""
    # Alembic costs a third of a second, which tests without a database shall not pay.
    from fhir_server.db.engine import Database
    from fhir_server.db.migrate import upgrade

    database = Database.open(url)
    upgrade(database)
    database.close()
