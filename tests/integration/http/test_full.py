"""A server whose connections are all in use, over real HTTP."""

import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
from sqlalchemy.engine import make_url

from tests.acceptance.site import Answer
from tests.integration.http.sample import issue, patient
from tests.integration.server import Server, running_server

FEW = {"PARITY_POOL_SIZE": "1", "PARITY_CONNECTION_WAIT": "50"}
WRITERS = 2
"""As many as there are connections: a pool may grow to twice its size."""


@contextmanager
def writing(url: str) -> Iterator[None]:
    """Keep all others from writing; reads go on."""
    address = make_url(url)
    if address.drivername == "sqlite":
        with closing(sqlite3.connect(str(address.database), isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            yield
        return
    plain = address.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(plain) as held:
        held.execute("LOCK TABLE resource IN EXCLUSIVE MODE")
        yield


def refused(server: Server, path: str) -> Answer:
    """Return the first answer to a read that is no 200."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        answer = server.fhir("GET", path)
        if answer.status != 200:
            return answer
    raise AssertionError("every read was answered")


def test_request_without_a_connection_is_told_to_come_again(
    database_url: str, tmp_path: Path
) -> None:
    with (
        running_server(database_url, tmp_path, FEW, workers=1) as server,
        ThreadPoolExecutor(WRITERS) as pool,
    ):
        path = f"Patient/{server.create(patient('known'))['id']}"
        with writing(database_url):
            waiting = [
                pool.submit(server.fhir, "POST", "Patient", patient(f"{number}"))
                for number in range(WRITERS)
            ]
            answer = refused(server, path)
        assert answer.status == 429
        assert answer.headers["retry-after"] == "2"
        assert issue(answer.json)["code"] == "throttled"
        assert [one.result().status for one in waiting] == [201] * WRITERS
        assert server.fhir("GET", path).status == 200
