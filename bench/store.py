"""What a create costs in the store: beside the bare insert of the same row, without its index.

`python -m bench.store [seconds] [rounds]`; no HTTP, no validation. 8 connections are 2 processes
of 4 threads. Each figure is the median of the rounds; bare and full alternate within a round.
The Observation has about as many index rows as the mean resource of a practice, the Patient,
with its names and addresses, four times as many.
"""

import itertools
import multiprocessing
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from decimal import Decimal
from functools import cache
from pathlib import Path

from bench.patient import patient
from fhir_server.db.migrate import upgrade
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.settings import Settings
from fhir_server.store.content import make_content
from fhir_server.store.unit_of_work import Store
from fhir_server.store.write import Create
from tests.postgresql import private_server

HERE = Context()
LAYOUTS = ((1, 1), (2, 4))
"""Processes, and threads in each."""
BARE = (
    "INSERT INTO resource (rid, tenant, type, fid, self, ver, updated, deleted, operation, labels,"
    " body_hash, param_hash, body) VALUES "
    "({0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0}, {0})"
)
BATCH = 500
UCUM = "http://unitsofmeasure.org"
DIV = f"<div xmlns='http://www.w3.org/1999/xhtml'>{'A synthetic score, in words. ' * 12}</div>"
Work = Callable[[Store, str], None]


def open_store(url: str) -> Store:
    """Return the store of a database with the product's own index."""
    return Runtime.build(Settings(database_url=url)).store


def observation(number: int) -> JsonObject:
    """Return an Observation of about 1.1 kB."""
    return {
        "resourceType": "Observation",
        "text": {"status": "generated", "div": DIV},
        "identifier": [{"system": "https://bench.example/result", "value": str(number)}],
        "status": "final",
        "category": [{"coding": [{"system": "urn:category", "code": "survey"}]}],
        "code": {"coding": [{"system": "http://loinc.org", "code": "44261-6"}]},
        "subject": {"reference": f"Patient/{number % 1000}"},
        "encounter": {"reference": f"Encounter/{number % 5000}"},
        "effectiveDateTime": "2026-03-01T10:15:00-05:00",
        "performer": [{"reference": "Practitioner/1"}],
        "valueQuantity": {"value": Decimal("14.0"), "system": UCUM, "code": "{score}"},
    }


def make(kind: str, number: int) -> JsonObject:
    """Return a resource of the kind."""
    return decode(patient(number)) if kind == "Patient" else observation(number)


def full(store: Store, kind: str) -> None:
    """Create one resource as a request does."""
    with store.write(HERE) as work:
        work.create(kind, None, make(kind, store.ids.key()))


def bare(store: Store, kind: str) -> None:
    """Insert a row of the same bytes, with nothing around it."""
    rid, fid = store.ids.key(), store.ids.resource_id()
    row = (rid, 1, kind, fid, rid, 1, rid, False, "create", None, rid, rid, body(kind))
    with store.database.session() as session:
        mark = "%s" if session.dialect == "postgresql" else "?"
        if session.dialect == "sqlite":
            session.begin()
        session.run(BARE.format(mark), row)
        session.commit()


@cache
def body(kind: str) -> str:
    """Return the stored text of a resource of the kind."""
    return make_content(make(kind, 1), kind, "a" * 36, 1, 1).body.decode()


def batch(store: Store, kind: str) -> None:
    """Create many resources in one unit of work."""
    with store.write(HERE) as work:
        work.apply([Create(kind, make(kind, store.ids.key())) for _ in range(BATCH)])


def run(url: str, work: Work, kind: str, threads: int, seconds: float) -> int:
    """Return how often this many threads of this process did the work."""
    store = open_store(url)
    for _ in range(10):
        work(store, kind)
    counts = [0] * threads
    end = time.perf_counter() + seconds

    def repeat(number: int) -> None:
        while time.perf_counter() < end:
            work(store, kind)
            counts[number] += 1

    running = [threading.Thread(target=repeat, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    store.database.close()
    return sum(counts)


def rate(url: str, work: Work, kind: str, layout: tuple[int, int], seconds: float) -> float:
    """Return how often a second all processes together did the work."""
    processes, threads = layout
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        arguments = [(url, work, kind, threads, seconds)] * processes
        return sum(pool.starmap(run, arguments)) / seconds


@contextmanager
def databases() -> Iterator[tuple[tuple[str, str], ...]]:
    """Make an empty database of each kind; PostgreSQL with fsync, as in production."""
    with private_server(durable=True) as server, tempfile.TemporaryDirectory() as folder:
        urls = (
            ("postgresql", server.create_database("bench")),
            ("sqlite", f"sqlite:///{Path(folder) / 'bench.db'}"),
        )
        for _, url in urls:
            store = open_store(url)
            upgrade(store.database)
            store.database.close()
        yield urls


def measure(url: str, kind: str, layout: tuple[int, int], seconds: float, rounds: int) -> str:
    """Return the figures of one line: bare inserts, creates, and their share."""
    pairs = [
        (rate(url, bare, kind, layout, seconds), rate(url, full, kind, layout, seconds))
        for _ in range(rounds)
    ]
    floor = statistics.median(one for one, _ in pairs)
    made = statistics.median(one for _, one in pairs)
    return f"{floor:>10.0f}{made:>10.0f}{made / floor:>8.0%}"


def main(seconds: float, rounds: int) -> None:
    """Print one line a database, kind of resource and number of connections."""
    print(f"{'database':<12}{'resource':<12}{'connections':>12}{'bare/s':>10}{'create/s':>10}")
    with databases() as urls:
        for (name, url), kind in itertools.product(urls, ("Observation", "Patient")):
            for layout in LAYOUTS:
                line = measure(url, kind, layout, seconds, rounds)
                print(f"{name:<12}{kind:<12}{layout[0] * layout[1]:>12}{line}", flush=True)
            many = BATCH * rate(url, batch, kind, (1, 1), seconds)
            print(f"{name:<12}{kind:<12}{f'{BATCH} a commit':>12}{'':>10}{many:>10.0f}", flush=True)


if __name__ == "__main__":
    given = sys.argv[1:]
    main(float(given[0]) if given else 2.0, int(given[1]) if given[1:] else 3)
