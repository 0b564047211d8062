"""A worker killed in the middle of an export: another ends it, and nothing is lost or doubled."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from fhir_server.store.write import Create
from tests.command import Command
from tests.integration.bulk.practice import HERE, observation
from tests.integration.bulk.test_http import outputs, start
from tests.integration.server import Server, running_server

KILLS = 5
RESOURCES = 3000
LONG = "x" * 20_000
HALFWAY = 2_000_000
"""Bytes of an unfinished file after which the worker is killed."""
HURRY = {"PARITY_JOB_LEASE": "1", "PARITY_POLL_INTERVAL": "20", "PARITY_JOB_ATTEMPTS": "99"}


@contextmanager
def worker(server: Server) -> Iterator[Command]:
    """Run a worker process on the server's database; it is dead at the end of the block."""
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PARITY_")}
    log = server.log.with_name("worker.log")
    process = Command(["worker"], kept | server.settings.environment(), Path.cwd(), log)
    try:
        yield process
    finally:
        process.kill()
        process.wait(timeout=20)


def furnish(server: Server) -> None:
    """Store many long resources, so that an export takes a while."""
    runtime = server.runtime()
    for first in range(0, RESOURCES, 500):
        long = [
            observation(number) | {"note": [{"text": LONG}]} for number in range(first, first + 500)
        ]
        with runtime.store.write(HERE) as work:
            work.apply([Create("Observation", one) for one in long])
    runtime.store.database.close()


def unfinished(folder: Path) -> int:
    """Return the bytes of the files that are being written."""
    size = 0
    for one in folder.glob("*/.part-*"):
        try:
            size += one.stat().st_size
        except FileNotFoundError:
            continue
    return size


def wait_for_half(folder: Path) -> bool:
    """Wait until an export is being written; False when that takes too long."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        if unfinished(folder) > HALFWAY:
            return True
        time.sleep(0.002)
    return False


def finished(server: Server, place: str) -> JsonObject:
    """Wait for the manifest."""
    end = time.monotonic() + 60
    while (answer := server.request("GET", place)).status == 202:
        assert time.monotonic() < end
        time.sleep(0.05)
    assert answer.status == 200, answer.body
    return answer.json


def test_export_survives_the_death_of_its_workers(database_url: str, tmp_path: Path) -> None:
    with running_server(database_url, tmp_path, HURRY) as server:
        furnish(server)
        folder = server.settings.path("export")
        place = start(server, "?_type=Observation")
        for _ in range(KILLS):
            for left in folder.glob("*/.part-*"):
                left.unlink()
            with worker(server):
                assert wait_for_half(folder), server.log.with_name("worker.log").read_text()
            assert server.request("GET", place).status == 202
        with worker(server):
            manifest = finished(server, place)
        file = server.request("GET", outputs(manifest)["Observation"])
        ids = [str(decode(line)["id"]) for line in file.body.splitlines()]
        assert len(ids) == len(set(ids)) == RESOURCES
        output = manifest["output"]
        assert isinstance(output, list)
        assert [one["count"] for one in output if isinstance(one, dict)] == [RESOURCES]
        assert len(list(folder.iterdir())) == 1
