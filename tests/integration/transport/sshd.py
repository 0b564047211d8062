"""A partner's OpenSSH server on a free port of this machine, as the user who runs the tests."""

import getpass
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PATHS = ("/usr/sbin", "/usr/local/sbin", "/sbin")
CONFIG = """
ListenAddress 127.0.0.1
Port {port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/authorized
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
KbdInteractiveAuthentication no
PermitRootLogin prohibit-password
Subsystem sftp internal-sftp
"""


@dataclass(frozen=True)
class SshServer:
    """A running server: its port and key; `folder` holds inbox, outbox and the clients' keys."""

    port: int
    host_key: str
    folder: Path

    @property
    def user(self) -> str:
        """Who may log in."""
        return getpass.getuser()


def find_sshd() -> str | None:
    """Return the path of sshd, which needs an absolute one."""
    return shutil.which("sshd", path=os.pathsep.join((os.environ.get("PATH", ""), *PATHS)))


def make_key(path: Path) -> None:
    """Write a key pair."""
    command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "test", "-f", str(path)]
    subprocess.run(command, check=True, timeout=20)


@contextmanager
def ssh_server(sshd: str, folder: Path) -> Iterator[SshServer]:
    """Run sshd until the end of the block."""
    for name in ("host", "client", "stranger"):
        make_key(folder / name)
    (folder / "authorized").write_bytes((folder / "client.pub").read_bytes())
    for name in ("inbox", "outbox"):
        (folder / name).mkdir()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    (folder / "sshd_config").write_text(CONFIG.format(port=port, folder=folder))
    if os.geteuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    command = [sshd, "-D", "-e", "-f", str(folder / "sshd_config")]
    with (folder / "log").open("wb") as log, subprocess.Popen(command, stderr=log) as process:
        try:
            wait_for(port, folder / "log")
            yield SshServer(port, (folder / "host.pub").read_text(), folder)
        finally:
            process.terminate()


def wait_for(port: int, log: Path) -> None:
    """Wait until something listens. Raises AssertionError with what sshd said."""
    end = time.monotonic() + 20
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(log.read_text())
