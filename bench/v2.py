"""`python -m bench.v2 [seconds] [rounds]`: results a second through a real listener over MLLP.

A message is an ORU^R01 with 20 observations about a patient of its own; it is acknowledged after
the commit, when its resources are found by search. Sender, listener and database share the
machine. Beside the rate stand the slowest per cent and what was found by search afterwards.
"""

import itertools
import os
import selectors
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from fhir_server.interactions.criteria import Criteria
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.search.plan import plan_count
from fhir_server.settings import Settings
from hl7.mllp import FrameDecoder, encode_frame
from tests.acceptance.messages import oru
from tests.acceptance.site import free_port
from tests.postgresql import private_server

RESULTS = 20
CONNECTIONS = (1, 8, 32)
PARITY = [sys.executable, "-m", "fhir_server"]


@dataclass
class Sender:
    """One connection: its socket, what is being received, when its message left."""

    socket: socket.socket
    decoder: FrameDecoder = field(default_factory=FrameDecoder)
    started: float = 0.0

    def send(self, message: bytes) -> None:
        """Send the next message."""
        self.started = time.perf_counter()
        self.socket.sendall(encode_frame(message))


@dataclass(frozen=True)
class Round:
    """What one round gave: seconds a message took, and how many seconds it lasted."""

    times: list[float]
    seconds: float

    @property
    def rate(self) -> float:
        """Messages a second."""
        return len(self.times) / self.seconds

    def percentile(self, per_cent: int) -> float:
        """Return how many milliseconds this share of the messages took at most."""
        return sorted(self.times)[len(self.times) * per_cent // 100] * 1000


def messages() -> Iterator[bytes]:
    """Yield messages, each about another patient and order."""
    for number in itertools.count():
        name = f"B{number}"
        yield oru(name, patient=f"M{name}", order=f"F{name}", results=RESULTS)


@contextmanager
def listener(database_url: str, folder: Path) -> Iterator[int]:
    """Start a listener of its own on the database, yield its port, and stop it at the end."""
    port = free_port()
    environment = dict(os.environ) | {
        "PARITY_DATABASE_URL": database_url,
        "PARITY_DATA_DIR": str(folder / "var"),
    }
    subprocess.run([*PARITY, "init", "--json"], env=environment, check=True, capture_output=True)
    with (folder / "listener.log").open("wb") as log:
        process = subprocess.Popen(
            [*PARITY, "listener", "--port", str(port)], env=environment, stderr=log
        )
    try:
        await_port(port)
        yield port
    finally:
        process.terminate()
        process.wait(timeout=30)


def await_port(port: int) -> None:
    """Wait until the listener takes connections."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with suppress(OSError):
            socket.create_connection(("127.0.0.1", port)).close()
            return
        time.sleep(0.05)
    raise TimeoutError("the listener did not start")


def drive(port: int, texts: Iterator[bytes], connections: int, seconds: float) -> Round:
    """Send over this many connections for some seconds; each waits for its acknowledgment."""
    waiting = selectors.DefaultSelector()
    for _ in range(connections):
        sender = Sender(socket.create_connection(("127.0.0.1", port)))
        sender.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        waiting.register(sender.socket, selectors.EVENT_READ, sender)
        sender.send(next(texts))
    times: list[float] = []
    start = time.perf_counter()
    open_ones = connections
    while open_ones:
        for key, _ in waiting.select(timeout=1):
            if not answered(key.data):
                continue
            times.append(time.perf_counter() - key.data.started)
            if time.perf_counter() - start < seconds:
                key.data.send(next(texts))
            else:
                waiting.unregister(key.data.socket)
                key.data.socket.close()
                open_ones -= 1
    return Round(times, time.perf_counter() - start)


def answered(sender: Sender) -> bool:
    """Take what arrived; say whether it completes an acknowledgment, which must accept."""
    chunk = sender.socket.recv(1 << 16)
    if not chunk:
        raise ConnectionError("the listener closed a connection")
    frames = sender.decoder.feed(chunk)
    if any(b"\rMSA|AA|" not in frame.data for frame in frames):
        raise ValueError("the listener refused a message")
    return bool(frames)


def observations(database_url: str) -> int:
    """Return how many laboratory observations a search finds."""
    runtime = Runtime.build(Settings(database_url=database_url))
    criteria = Criteria.parse("Observation", "category=laboratory", runtime)
    with runtime.store.read(Context()) as reader:
        count = reader.tally(plan_count(criteria.query, reader.context))
    runtime.store.database.close()
    return count


def measure(name: str, database_url: str, folder: Path, seconds: float, rounds: int) -> None:
    """Print the rows of one database."""
    texts = messages()
    sent = 0
    with listener(database_url, folder) as port:
        sent += len(drive(port, texts, 8, 1).times)
        for connections in CONNECTIONS:
            done = [drive(port, texts, connections, seconds) for _ in range(rounds)]
            sent += sum(len(one.times) for one in done)
            rate = statistics.median(one.rate for one in done)
            p50 = statistics.median(one.percentile(50) for one in done)
            p99 = statistics.median(one.percentile(99) for one in done)
            row = f"{name:<11}{connections:>11}{rate:>9,.0f}{p50:>9.1f}{p99:>9.1f}"
            print(row, flush=True)
    found = observations(database_url)
    print(f"{name:<11}{sent:,} messages acknowledged, {found:,} observations found")
    if found != sent * RESULTS:
        raise ValueError("what was acknowledged is not what is found")


def main() -> None:
    """Run every case on both databases and print one table."""
    seconds, rounds = float((sys.argv[1:] or ["3"])[0]), int((sys.argv[2:] or ["3"])[0])
    print(f"ORU^R01 of {RESULTS} observations, {rounds} rounds of {seconds:g} s, medians")
    print(f"{'database':<11}{'connections':>11}{'msg/s':>9}{'p50 ms':>9}{'p99 ms':>9}")
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder, 'parity.db')}"
        measure("SQLite", url, Path(folder), seconds, rounds)
    with tempfile.TemporaryDirectory() as folder, private_server() as database:
        measure("PostgreSQL", database.create_database("v2"), Path(folder), seconds, rounds)


if __name__ == "__main__":
    main()
