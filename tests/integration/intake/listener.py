"""A real listener process on a database."""

import os
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from fhir_server.runtime import Runtime
from hl7.mllp import FrameDecoder
from tests.acceptance.site import free_port
from tests.command import Command

START_SECONDS = 40


@dataclass(frozen=True)
class Listener:
    """A running listener."""

    port: int
    process: Command
    log: Path

    def connect(self, timeout: float = 60) -> socket.socket:
        """Return a connection to it."""
        return socket.create_connection(("127.0.0.1", self.port), timeout)


@contextmanager
def listening(
    runtime: Runtime, folder: Path, variables: Mapping[str, str] | None = None
) -> Iterator[Listener]:
    """Start a listener on the runtime's database; end it politely."""
    log = folder / "listener.log"
    kept = {name: text for name, text in os.environ.items() if not name.startswith("PARITY_")}
    port = free_port()
    environment = kept | runtime.settings.environment() | dict(variables or {})
    process = Command(["listener", "--port", str(port)], environment, Path.cwd(), log)
    started = Listener(port, process, log)
    try:
        await_port(started)
        yield started
    finally:
        process.terminate()
        process.wait(timeout=30)


def await_port(listener: Listener) -> None:
    """Wait until connections are taken."""
    end = time.monotonic() + START_SECONDS
    while True:
        assert listener.process.poll() is None, listener.log.read_text()
        try:
            listener.connect().close()
        except OSError:
            assert time.monotonic() < end, listener.log.read_text()
            time.sleep(0.05)
        else:
            return


def answers(connection: socket.socket, count: int) -> list[bytes]:
    """Return the next answers, fewer when the connection is closed before."""
    decoder, frames = FrameDecoder(), list[bytes]()
    while len(frames) < count:
        chunk = connection.recv(65536)
        if not chunk:
            break
        frames += [frame.data for frame in decoder.feed(chunk)]
    return frames
