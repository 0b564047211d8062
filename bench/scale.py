"""`make bench-scale`: what searches cost as data grows, and the memory of loading and exporting.

`python -m bench.scale [sizes]`, default 1000 30000 1000000 resources: Synthea's, then copies under
other ids, names and record numbers. For each size a database of its own is filled by `parity load`;
then every search runs alone, one after another, over one connection to real gunicorn. Beside its
usual time stand the time with the fewest resources and how much it grew. Storage is what the
database takes on disk, indexes included. BENCH_WRITE=1 puts the tables into docs/performance.md.
"""

import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path

import psycopg

from bench import bulk, limit, report, synthea
from bench.cases import LOINC, code_of, person_of
from bench.server import PARITY, Target, environment, prepare, server
from fhir_server.model.codec import decode
from tests.postgresql import private_server

SIZES = (1_000, 30_000, 1_000_000)
REPEATS = int(os.environ.get("BENCH_REPEATS", "60"))
WRITE = os.environ.get("BENCH_WRITE", "") == "1"
DATABASES = os.environ.get("BENCH_DATABASES", "PostgreSQL SQLite").split()
SAMPLED = 900
"""First resources of the data, in every size, about which is asked."""


@dataclass
class Size:
    """What was found at one size."""

    count: int
    load: float
    """Resources loaded a second."""
    load_memory: float
    export: float
    export_memory: float
    body: float
    """Bytes of a resource's text."""
    stored: float
    """Bytes a resource takes on disk."""
    p50: dict[str, float] = field(default_factory=dict)


def searches() -> dict[str, list[str]]:
    """Return the searches by name, each with several criteria to take turns."""
    sampled = [decode(line) for line in synthea.lines(SAMPLED)]
    observations = [one for one in sampled if one["resourceType"] == "Observation"]
    people = sorted({person_of(one) for one in observations})
    pairs = sorted({(person_of(one), code_of(one)) for one in observations if code_of(one)})
    random.Random(7).shuffle(pairs)
    identifiers = [
        f"{one['system']}%7C{one['value']}"
        for person in sampled
        if person["resourceType"] == "Patient" and isinstance(person["identifier"], list)
        for one in person["identifier"][:1]
        if isinstance(one, dict)
    ]
    codes = sorted({code for _, code in pairs})[:20]
    return {
        "read": [f"Patient/{one}" for one in people],
        "Patient by identifier": [f"Patient?identifier={one}" for one in identifiers],
        "Observation by patient and code": [
            f"Observation?patient=Patient/{person}&code={LOINC}%7C{code}" for person, code in pairs
        ],
        "Observation by patient, newest date first": [
            f"Observation?patient=Patient/{one}&_sort=-date&_count=20" for one in people
        ],
        "Observation by code, newest 20": [
            f"Observation?code={LOINC}%7C{one}&_count=20" for one in codes
        ],
        "Patient by family name's beginning": [
            f"Patient?family={one}&gender=female&_count=20" for one in ("Ro", "Sch", "Bo", "Ha")
        ],
        "Encounter by patient with the Patient": [
            f"Encounter?patient=Patient/{one}&_include=Encounter:patient&_count=20"
            for one in people
        ],
        "newest 20 Patients": ["Patient?_count=20"],
    }


def fill(name: str, url: str, folder: Path, count: int) -> tuple[Size, dict[str, str]]:
    """Fill a database; return what loading and exporting took, and the first client."""
    secret = prepare(url, folder)
    file = folder / "synthea.ndjson"
    synthea.write_ndjson(file, count)
    start = time.perf_counter()
    command = [*PARITY, "load", "--json", str(file)]
    variables = environment(url, folder)
    process = subprocess.Popen(command, env=variables, stdout=subprocess.DEVNULL)
    memory = peak(process)
    if process.wait():
        raise ValueError("not everything was loaded")
    seconds = time.perf_counter() - start
    settle(url)
    file.unlink()
    exported = {row.case: row.ours for row in bulk.export(name, url, folder)}
    body, stored = storage(url)
    size = Size(
        count,
        count / seconds,
        memory,
        exported["system export"],
        exported["memory of the export"],
        body,
        stored,
    )
    return size, secret


def peak(process: subprocess.Popen[bytes]) -> float:
    """Return the most megabytes one of a process and its children held at a time."""
    most = [0.0]

    def watch() -> None:
        while process.poll() is None:
            most[0] = max([most[0], *(resident(one) for one in family(process.pid))])
            time.sleep(0.5)

    watching = threading.Thread(target=watch)
    watching.start()
    process.wait()
    watching.join()
    return most[0]


def family(pid: int) -> Iterator[int]:
    """Yield a process and those it started."""
    yield pid
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            children = task.read_text().split()
        except OSError:
            continue
        for child in children:
            yield from family(int(child))


def resident(pid: int) -> float:
    """Return the megabytes of memory a process has had at most."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0.0
    held = [line.split()[1] for line in lines if line.startswith("VmHWM")]
    return int(held[0]) / bulk.KILO if held else 0.0


def settle(url: str) -> None:
    """Do what the database does by itself a minute later."""
    if url.startswith("sqlite"):
        return
    with psycopg.connect(limit.address(url), autocommit=True) as connection:
        connection.execute("VACUUM (ANALYZE)")
        connection.execute("CHECKPOINT")


def storage(url: str) -> tuple[float, float]:
    """Return the bytes of a resource's text, and the bytes it takes with all its indexes."""
    if url.startswith("sqlite"):
        path = Path(url.removeprefix("sqlite:///"))
        with sqlite3.connect(path) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            text = "SELECT count(*), sum(length(CAST(body AS BLOB))) FROM resource"
            count, body = connection.execute(text).fetchone()
        return body / count, path.stat().st_size / count
    with psycopg.connect(limit.address(url)) as other:
        row = other.execute("SELECT count(*), sum(octet_length(body)) FROM resource").fetchone()
        taken = other.execute(
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class"
            " WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        ).fetchone()
    assert row is not None and taken is not None  # noqa: PT018
    return float(row[1] / row[0]), float(taken[0] / row[0])


def ask(target: Target, paths: Sequence[str]) -> float:
    """Return the usual milliseconds of a search, its criteria taking turns."""
    connection = HTTPConnection("127.0.0.1", target.port)
    headers = {"Authorization": f"Bearer {target.token}"}
    times = []
    for number in range(REPEATS + len(paths)):
        start = time.perf_counter()
        connection.request("GET", f"/fhir/{paths[number % len(paths)]}", headers=headers)
        answer = connection.getresponse()
        answer.read()
        times.append((time.perf_counter() - start) * 1000)
        if answer.status != 200:
            raise ValueError(f"{answer.status} for {paths[number % len(paths)]}")
    connection.close()
    return statistics.median(times[len(paths) :])


def measure(name: str, sizes: Sequence[int]) -> list[Size]:
    """Return what was found at each size on one database."""
    found = []
    with private_server(durable=True) as database, tempfile.TemporaryDirectory() as place:
        for count in sizes:
            folder = Path(place) / str(count)
            folder.mkdir()
            url = f"sqlite:///{folder / 'parity.db'}"
            if name == "PostgreSQL":
                url = database.create_database(f"scale_{count}")
            found.append(measure_size(name, url, folder, count))
            print(f"{name} {found[-1]}", file=sys.stderr, flush=True)
    return found


def measure_size(name: str, url: str, folder: Path, count: int) -> Size:
    """Return what was found at one size."""
    size, secret = fill(name, url, folder, count)
    with server(name, url, folder, secret) as target:
        for case, paths in searches().items():
            ask(target, paths[:1])
            size.p50[case] = ask(target, paths)
    return size


def growth(sizes: Sequence[Size]) -> str:
    """Return the table of searches by size."""
    heads = ["search", *(f"{one.count:,}: p50 ms" for one in sizes), "growth"]
    lines = []
    for case in sizes[0].p50:
        times = [one.p50[case] for one in sizes]
        lines.append([case, *(f"{one:.2f}" for one in times), f"{times[-1] / times[0]:.2f}"])
    return report.markdown(heads, lines)


def volumes(sizes: Sequence[Size]) -> str:
    """Return the table of loading, exporting, storage and memory by size."""
    rows: dict[str, list[str]] = {
        "load, resources/s": [f"{one.load:,.0f}" for one in sizes],
        "most memory of a loading process, MB": [f"{one.load_memory:.0f}" for one in sizes],
        "export, resources/s": [f"{one.export:,.0f}" for one in sizes],
        "most memory of the export, MB": [f"{one.export_memory:.0f}" for one in sizes],
        "bytes of a body": [f"{one.body:,.0f}" for one in sizes],
        "bytes stored a resource": [f"{one.stored:,.0f}" for one in sizes],
        "stored / body": [f"{one.stored / one.body:.2f}" for one in sizes],
    }
    heads = ["", *(f"{one.count:,}" for one in sizes)]
    return report.markdown(heads, [[name, *cells] for name, cells in rows.items()])


def main(sizes: Sequence[int]) -> None:
    """Measure every size on both databases and print the tables."""
    parts: list[str] = []
    paces = [report.pace()]
    for name in DATABASES:
        found = measure(name, sizes)
        paces.append(report.pace())
        parts.append(f"{name}:\n\n{growth(found)}\n{volumes(found)}")
    whole = "\n".join([f"{report.machine()}. {report.paced(paces)}.\n", *parts])
    print(whole)
    if WRITE:
        report.write("scale", whole)


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]] or SIZES)
