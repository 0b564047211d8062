"""`make bench`: creates, reads and searches a second through real gunicorn, on both databases.

Authentication and validation are on; 8 keep-alive connections; client, server and database share
the machine. Each figure is the median of repeated rounds; beside it stands the bare insert or
select of the same bytes in the same database, measured between the rounds.
"""

import itertools
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

from bench import limit, load
from bench.patient import SYSTEM, patient
from tests.acceptance.site import free_port
from tests.postgresql import private_server

CLIENTS = 8
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "3"))
PARITY = [sys.executable, "-m", "fhir_server"]


@dataclass(frozen=True)
class Target:
    """A running server: where it is, the database behind it, a token for it."""

    name: str
    port: int
    database_url: str
    folder: Path
    token: str


@contextmanager
def server(name: str, database_url: str, folder: Path) -> Iterator[Target]:
    """Start a web role of its own on the database and stop it at the end."""
    port = free_port()
    environment = dict(os.environ) | {
        "PARITY_DATABASE_URL": database_url,
        "PARITY_DATA_DIR": str(folder / "var"),
    }
    made = subprocess.run(
        [*PARITY, "init", "--json"], env=environment, check=True, capture_output=True
    )
    secret = json.loads(made.stdout)
    process = subprocess.Popen([*PARITY, "web", "--port", str(port)], env=environment)
    try:
        await_ready(port)
        yield Target(name, port, database_url, folder, token(port, secret))
    finally:
        process.terminate()
        process.wait(timeout=30)


def await_ready(port: int) -> None:
    """Wait until the server answers ready."""
    end = time.monotonic() + 30
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


KEYS = ("client_id", "client_secret")


def creates(target: Target, numbers: Iterator[int]) -> Iterator[bytes]:
    """Yield creates of Patients, each another one."""
    for number in numbers:
        yield load.request("POST", "/fhir/Patient", target.token, patient(number))


def reads(target: Target, ids: list[str]) -> Iterator[bytes]:
    """Yield reads of known Patients, over and over."""
    for one in itertools.cycle(ids):
        yield load.request("GET", f"/fhir/Patient/{one}", target.token)


def searches(target: Target, known: int) -> Iterator[bytes]:
    """Yield searches by identifier that each find one Patient."""
    for number in itertools.cycle(range(known)):
        path = f"/fhir/Patient?identifier={SYSTEM}%7CB{number}"
        yield load.request("GET", path, target.token)


def known_ids(target: Target) -> list[str]:
    """Return the ids of a page of Patients."""
    asked = urllib.request.Request(
        f"http://127.0.0.1:{target.port}/fhir/Patient?_count=500",
        headers={"Authorization": f"Bearer {target.token}"},
    )
    with urllib.request.urlopen(asked) as answer:
        return [entry["resource"]["id"] for entry in json.load(answer)["entry"]]


def measure(target: Target) -> None:
    """Print the rows of one database."""
    numbers = itertools.count()
    rounds: dict[str, list[load.Result]] = {"create": [], "read": [], "search": []}
    limits: dict[str, list[float]] = {"create": [], "read": [], "search": []}
    body = patient(0).decode()
    load.drive(target.port, creates(target, numbers), clients=CLIENTS, seconds=1)
    ids = known_ids(target)
    known = len(ids)
    for _ in range(ROUNDS):
        if target.database_url.startswith("sqlite"):
            insert, select = limit.sqlite(target.folder, body, clients=CLIENTS, seconds=SECONDS / 3)
        else:
            insert, select = limit.postgresql(
                target.database_url, body, clients=CLIENTS, seconds=SECONDS / 3
            )
        for case, requests, bound in (
            ("create", creates(target, numbers), insert),
            ("read", reads(target, ids), select),
            ("search", searches(target, known), select),
        ):
            rounds[case].append(load.drive(target.port, requests, clients=CLIENTS, seconds=SECONDS))
            limits[case].append(bound)
    for case, results in rounds.items():
        ours = statistics.median(one.rate for one in results)
        bound = statistics.median(limits[case])
        p99 = statistics.median(one.p99 for one in results)
        failures = sum(one.failures for one in results)
        print(
            f"{target.name:<11}{case:<8}{ours:>9,.0f}{bound:>11,.0f}{ours / bound:>8.0%}"
            f"{p99:>9.1f}{failures:>9}",
            flush=True,
        )


def main() -> None:
    """Run every case on both databases and print one table."""
    print(f"{CLIENTS} clients, {ROUNDS} rounds of {SECONDS:g} s, medians")
    heads = ("ours/s", 9), ("limit/s", 11), ("ratio", 8), ("p99 ms", 9), ("failed", 9)
    print(f"{'database':<11}{'case':<8}" + "".join(f"{head:>{width}}" for head, width in heads))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with server("SQLite", f"sqlite:///{folder / 'parity.db'}", folder) as target:
            measure(target)
    with tempfile.TemporaryDirectory() as name, private_server() as database:
        url = database.create_database("bench")
        with server("PostgreSQL", url, Path(name)) as target:
            measure(target)


if __name__ == "__main__":
    main()
