"""`parity` commands of tests: processes of their own, forked where the product is imported already.

What a command does is the same as from a shell; what is spared is reading the modules again, which
takes longer than most commands. The console script itself is run by `integration/cli/test_script`.
"""

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from multiprocessing.context import ForkServerContext
from pathlib import Path

PRELOADED = (
    "fhir_server.app",
    "fhir_server.cli.administration",
    "fhir_server.cli.data",
    "fhir_server.cli.listener",
    "fhir_server.cli.reindex",
    "fhir_server.cli.serve",
    "fhir_server.cli.v2",
    "fhir_server.cli.web",
    "fhir_server.cli.worker",
    "fhir_server.cli.x12_check",
    "fhir_server.cli.x12_exchange",
    "gunicorn.arbiter",
    "gunicorn.workers.gthread",
    "psycopg_binary",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite.pysqlite",
)


class Command:
    """A command that was started; the methods are those of `subprocess.Popen`."""

    def __init__(
        self,
        arguments: Sequence[str],
        environment: Mapping[str, str],
        folder: Path,
        output: Path,
        errors: Path | None = None,
    ) -> None:
        """Start it with its output appended to files; without `errors` both go to `output`.

        It leads a session of its own, so that what it starts can be ended with it.
        """
        files = (str(output), str(errors or output))
        self._process = _server().Process(
            target=_main, args=(tuple(arguments), dict(environment), str(folder), files)
        )
        self._process.start()

    @property
    def pid(self) -> int:
        """The number of the process, and of its group."""
        assert self._process.pid is not None
        return self._process.pid

    def poll(self) -> int | None:
        """Return the exit status; None while it runs."""
        return self._process.exitcode

    def wait(self, timeout: float) -> int:
        """Return the exit status when it has ended. Raises TimeoutExpired."""
        self._process.join(timeout)
        if self._process.exitcode is None:
            raise subprocess.TimeoutExpired("parity", timeout)
        return self._process.exitcode

    def send_signal(self, number: int) -> None:
        """Send a signal to the process alone, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it and all it started, as a power cut would."""
        with suppress(ProcessLookupError):
            os.killpg(self.pid, signal.SIGKILL)


def run(
    arguments: Sequence[str], environment: Mapping[str, str], folder: Path, timeout: float
) -> "subprocess.CompletedProcess[bytes]":
    """Run a command to its end, as `subprocess.run` does. Raises TimeoutExpired."""
    with tempfile.TemporaryDirectory() as place:
        output, errors = Path(place, "output"), Path(place, "errors")
        command = Command(arguments, environment, folder, output, errors)
        try:
            status = command.wait(timeout)
        except subprocess.TimeoutExpired:
            command.kill()
            raise
        return subprocess.CompletedProcess(
            list(arguments), status, output.read_bytes(), errors.read_bytes()
        )


@cache
def _server() -> ForkServerContext:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(PRELOADED))
    return context


def _main(
    arguments: Sequence[str],
    environment: Mapping[str, str],
    folder: str,
    files: Sequence[str],
) -> None:
    """Be the command: its session, its folder, its environment, its output, its arguments."""
    from fhir_server.cli import main

    os.setsid()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    for descriptor, path in enumerate(files, 1):
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        os.dup2(file, descriptor)
        os.close(file)
    sys.argv = ["parity", *arguments]
    main()
