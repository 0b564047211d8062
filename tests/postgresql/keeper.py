"""The process that owns a private server: it starts it, and removes it when its owner ends.

The keeper waits for the end of its standard input. The pipe closes when the owner closes it and
also when the owner is killed, so no server and no folder outlives a run.
"""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.postgresql.server import Server

READY = "ready.json"
FAILED = "failed.txt"
START_SECONDS = 90.0
STOP_SECONDS = 60.0


class Keeper:
    """Owner's end of a keeper process; `directory` is how other processes find the server."""

    def __init__(self, *, durable: bool = False) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="parity-pg-"))
        command = [sys.executable, "-m", "tests.postgresql", str(self.directory)]
        self._process = subprocess.Popen(
            command + (["--durable"] if durable else []),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            cwd=Path(__file__).parents[2],
            start_new_session=True,
        )

    def server(self) -> Server:
        """Return the server, waiting until it answers."""
        return wait_for_server(self.directory)

    def close(self) -> None:
        """Stop the server and remove its folder."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait(timeout=STOP_SECONDS)


def wait_for_server(directory: Path) -> Server:
    """Return the server that a keeper starts in this folder, once it answers.

    Raises RuntimeError with the keeper's reason when the server could not start.
    """
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if (directory / READY).exists():
            return Server(**json.loads((directory / READY).read_text()))
        if (directory / FAILED).exists():
            raise RuntimeError(f"PostgreSQL did not start: {(directory / FAILED).read_text()}")
        time.sleep(0.05)
    raise RuntimeError(f"PostgreSQL did not start within {START_SECONDS:.0f} s")


@contextmanager
def private_server(*, durable: bool = False) -> Iterator[Server]:
    """Run a private server for the time of the block.

    `durable` keeps fsync on, as a production server has it: benchmarks need it, tests do not.
    """
    keeper = Keeper(durable=durable)
    try:
        yield keeper.server()
    finally:
        keeper.close()
