"""The keeper process: `python -m tests.postgresql DIRECTORY [--durable]`.

Starts a server in the directory, writes where it listens, waits for the end of standard input,
stops the server and removes the directory.
"""

import json
import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

import psycopg

from tests.postgresql.binaries import Account, find_binaries, run_as, server_account
from tests.postgresql.keeper import FAILED, READY
from tests.postgresql.server import USER, Server

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "256MB",
    "log_min_messages": "fatal",
    "logging_collector": "off",
}
FAST_AND_LOSSY = {
    "autovacuum": "off",
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
}
# Most installations sort as people do: code that needs the order of bytes must ask for it. A build
# without ICU cannot, and sorts by bytes.
COLLATIONS = (
    ("--locale=C", "--locale-provider=icu", "--icu-locale=en-US"),
    ("--no-locale",),
)
SOCKET_PATH_LIMIT = 80
ATTEMPTS = 3
ANSWER_SECONDS = 30.0


def main(directory: Path, *, durable: bool) -> int:
    """Keep a server in the directory until standard input ends."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    process: subprocess.Popen[bytes] | None = None
    try:
        process, server = start(directory, SETTINGS if durable else SETTINGS | FAST_AND_LOSSY)
        publish(directory / READY, json.dumps(asdict(server)))
        sys.stdin.buffer.read()
    except (OSError, RuntimeError, subprocess.SubprocessError) as error:
        publish(directory / FAILED, reason(error))
        sys.stdin.buffer.read()
        return 1
    finally:
        if process is not None:
            stop(process)
        shutil.rmtree(directory, ignore_errors=True)
    return 0


def start(directory: Path, settings: dict[str, str]) -> tuple[subprocess.Popen[bytes], Server]:
    """Initialise a cluster and start it on a free port; try again when the port was taken."""
    binaries = find_binaries()
    if binaries is None:
        raise RuntimeError("no PostgreSQL programs were found")
    account = server_account()
    programs = binaries.for_account(account, directory)
    password = secrets.token_urlsafe(12)
    initialise(directory, programs, account, password)
    for _ in range(ATTEMPTS):
        server = Server(free_port(), password, binaries.origin)
        process = launch(directory, programs, account, settings | {"port": str(server.port)})
        if answers(server, process):
            return process, server
        stop(process)
    raise RuntimeError((directory / "server.log").read_text()[-2000:])


def initialise(directory: Path, programs: Path, account: Account, password: str) -> None:
    """Create the cluster's files, owned by the account."""
    secret = directory / "password"
    secret.write_text(password)
    for path in (directory, secret):
        os.chown(path, account.uid, account.gid)
    command = [
        str(programs / "initdb"),
        f"--pgdata={directory / 'data'}",
        f"--username={USER}",
        f"--pwfile={secret}",
        "--auth=scram-sha-256",
        "--encoding=UTF8",
        "--no-sync",
    ]
    *preferred, last = COLLATIONS
    for collation in preferred:
        with suppress(subprocess.CalledProcessError):
            run_as([*command, *collation], account)
            return
    run_as([*command, *last], account)


def launch(
    directory: Path, programs: Path, account: Account, settings: dict[str, str]
) -> subprocess.Popen[bytes]:
    """Start the server process; its words go to server.log."""
    sockets = str(directory) if len(str(directory)) < SOCKET_PATH_LIMIT else ""
    command = [str(programs / "postgres"), "-D", str(directory / "data")]
    for name, value in (settings | {"unix_socket_directories": sockets}).items():
        command += ["-c", f"{name}={value}"]
    with (directory / "server.log").open("ab") as log:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            user=account.uid if account.lent else None,
            group=account.gid if account.lent else None,
            extra_groups=() if account.lent else None,
        )


def answers(server: Server, process: subprocess.Popen[bytes]) -> bool:
    """Wait until the server takes connections; False when it ended or never did."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            server.connect().close()
        except psycopg.OperationalError:
            time.sleep(0.05)
        else:
            return True
    return False


def stop(process: subprocess.Popen[bytes]) -> None:
    """Stop the server: first the fast way, then at once."""
    for word in (signal.SIGINT, signal.SIGQUIT):
        if process.poll() is None:
            process.send_signal(word)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            continue
        return
    process.kill()
    process.wait()


def publish(path: Path, text: str) -> None:
    """Write a file so that a reader never sees half of it."""
    draft = path.with_suffix(".draft")
    draft.write_text(text)
    draft.rename(path)


def reason(error: Exception) -> str:
    """Return what a failed command said, or the error itself."""
    return str(getattr(error, "stderr", None) or error)


def free_port() -> int:
    """Return a port of the loopback interface that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), durable="--durable" in sys.argv[2:]))
