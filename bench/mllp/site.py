"""A listener of its own on a database, with how much memory it takes."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from hl7.mllp import FrameDecoder, encode_frame
from tests.acceptance.site import free_port

PARITY = [sys.executable, "-m", "fhir_server"]
START_SECONDS = 60


@dataclass
class Site:
    """One database, the processes on it, and their logs."""

    database_url: str
    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        """The settings of its processes."""
        kept = {name: text for name, text in os.environ.items() if not name.startswith("PARITY_")}
        own = {
            "PARITY_DATABASE_URL": self.database_url,
            "PARITY_DATA_DIR": str(self.folder / "var"),
        }
        return kept | own | dict(self.variables)

    def initialise(self) -> None:
        """Create the database."""
        command = [*PARITY, "init", "--json"]
        subprocess.run(command, env=self.environment, check=True, capture_output=True)

    def start(self, role: str) -> None:
        """Start a role; the listener is waited for."""
        options = ["--port", str(self.port)] if role == "listener" else []
        with (self.folder / f"{role}.log").open("ab") as log:
            self.processes[role] = subprocess.Popen(
                [*PARITY, role, *options], env=self.environment, stderr=log, stdout=log
            )
        if role == "listener":
            self.await_port()

    def kill(self, role: str) -> None:
        """End a role as a power cut does."""
        process = self.processes.pop(role)
        process.send_signal(signal.SIGKILL)
        process.wait()

    def stop(self) -> None:
        """End what runs, politely."""
        for process in self.processes.values():
            process.terminate()
        for process in self.processes.values():
            process.wait(timeout=60)
        self.processes.clear()

    def await_port(self) -> None:
        """Wait until the listener takes connections."""
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.processes["listener"].poll() is not None:
                break
            with suppress(OSError):
                self.connect().close()
                return
            time.sleep(0.02)
        raise TimeoutError((self.folder / "listener.log").read_text()[-2000:])

    def connect(self, timeout: float = 60) -> socket.socket:
        """Return a connection to the listener."""
        made = socket.create_connection(("127.0.0.1", self.port), timeout)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def memory(self, role: str = "listener") -> float:
        """Return the megabytes a role takes now."""
        return resident(self.processes[role].pid)


def resident(pid: int, name: str = "VmRSS") -> float:
    """Return the resident megabytes of a process, or with VmHWM the most there were."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(name):
            return int(line.split()[1]) / 1024
    return 0.0


def ask(connection: socket.socket, message: bytes) -> bytes:
    """Send a message and return its answer, nothing where the connection was closed."""
    connection.sendall(encode_frame(message))
    decoder = FrameDecoder()
    while chunk := connection.recv(1 << 16):
        frames = decoder.feed(chunk)
        if frames:
            return frames[0].data
    return b""
