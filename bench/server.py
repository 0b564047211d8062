"""A web role of its own on a database, for as long as it is measured."""

import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from tests.acceptance.site import free_port

PARITY = [sys.executable, "-m", "fhir_server"]
READY_SECONDS = 120
KEYS = ("client_id", "client_secret")


@dataclass(frozen=True)
class Target:
    """A running server: where it is, the database behind it, a token for it."""

    name: str
    port: int
    database_url: str
    folder: Path
    token: str


def environment(database_url: str, folder: Path) -> dict[str, str]:
    """Return the variables by which every role finds the database."""
    return dict(os.environ) | {
        "PARITY_DATABASE_URL": database_url,
        "PARITY_DATA_DIR": str(folder / "var"),
    }


def prepare(database_url: str, folder: Path) -> dict[str, str]:
    """Make the tables and the first client; return its id and secret."""
    made = subprocess.run(
        [*PARITY, "init", "--json"],
        env=environment(database_url, folder),
        check=True,
        capture_output=True,
    )
    return {name: str(value) for name, value in json.loads(made.stdout).items()}


@contextmanager
def server(name: str, database_url: str, folder: Path, secret: dict[str, str]) -> Iterator[Target]:
    """Start a web role of its own on the database and stop it at the end."""
    port = free_port()
    variables = environment(database_url, folder)
    process = subprocess.Popen([*PARITY, "web", "--port", str(port)], env=variables)
    try:
        await_ready(port)
        yield Target(name, port, database_url, folder, token(port, secret))
    finally:
        process.terminate()
        process.wait(timeout=30)


def await_ready(port: int) -> None:
    """Wait until the server answers ready."""
    end = time.monotonic() + READY_SECONDS
    while time.monotonic() < end:
        with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz"):
            return
        time.sleep(0.1)
    raise TimeoutError("the server did not become ready")


def token(port: int, secret: dict[str, str]) -> str:
    """Return an access token."""
    form = {"grant_type": "client_credentials", **{k: secret[k] for k in KEYS}}
    with urllib.request.urlopen(
        f"http://127.0.0.1:{port}/auth/token", urlencode(form).encode()
    ) as answer:
        return str(json.load(answer)["access_token"])
