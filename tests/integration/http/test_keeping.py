"""Connections that are kept open: every client is answered, however many there are and pause."""

import http.client
import os
import signal
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest

from tests.integration.server import Server, running_server

THREADS = 8
"""Threads of the one process that serves SQLite."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("keeping")
    with running_server(f"sqlite:///{folder / 'parity.db'}", folder) as started:
        yield started


@contextmanager
def kept(server: Server) -> Iterator[http.client.HTTPConnection]:
    """Open a connection, and fail instead of opening it again when the server closes it."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.auto_open = 0
    connection.connect()
    try:
        yield connection
    finally:
        connection.close()


def ask(connection: http.client.HTTPConnection, path: str = "/readyz") -> tuple[int, str]:
    """Ask once more on a connection; return the status, and what Connection says."""
    connection.request("GET", path)
    answer = connection.getresponse()
    answer.read()
    return answer.status, answer.headers.get("connection", "")


def test_one_connection_is_answered_again_and_again_whether_it_pauses_or_not(
    server: Server,
) -> None:
    with kept(server) as connection:
        for pause in (0, 0, 0.001, 0.005, 0.02, 0.05, 0):
            time.sleep(pause)
            assert ask(connection) == (200, "keep-alive")


def test_more_busy_connections_than_threads_are_all_answered(server: Server) -> None:
    def run(_: int) -> list[int]:
        with kept(server) as connection:
            return [ask(connection)[0] for _ in range(20)]

    with ThreadPoolExecutor(THREADS * 3) as pool:
        assert list(pool.map(run, range(THREADS * 3))) == [[200] * 20] * THREADS * 3


def test_two_requests_sent_at_once_on_a_connection_are_both_answered(server: Server) -> None:
    with kept(server) as connection:
        connection.sock.sendall(b"GET /readyz HTTP/1.1\r\nHost: here\r\n\r\n" * 2)
        received = b""
        while received.count(b"HTTP/1.1 200") < 2:
            more = connection.sock.recv(65536)
            assert more, received
            received += more


def test_a_server_that_stops_tells_its_busy_clients(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    folder = tmp_path_factory.mktemp("stopping")
    url = f"sqlite:///{folder / 'parity.db'}"
    with running_server(url, folder) as server, kept(server) as connection:
        assert ask(connection) == (200, "keep-alive")
        os.kill(server.pid, signal.SIGTERM)
        end = time.monotonic() + 10
        said = "keep-alive"
        while said == "keep-alive" and time.monotonic() < end:
            status, said = ask(connection)
            assert status == 200
        assert said == "close"
