"""Loading and exporting: `parity load` of NDJSON, and the export job, each beside its limit.

`python -m bench.bulk export` is the process that exports, so that its memory is its own.
"""

import json
import os
import resource
import sqlite3
import subprocess
import sys
import time
import zlib
from collections.abc import Iterator
from pathlib import Path

import psycopg
import zstandard

from bench import limit
from bench.report import Row
from bench.server import PARITY, environment
from fhir_server.bulk.export import KIND, Payload, as_json, read_result, run_export
from fhir_server.http.file import PACKERS, compress, read_pieces
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.settings import Settings
from fhir_server.store import jobs

KILO = 1024


def load(name: str, database_url: str, folder: Path, file: Path, count: int) -> Row:
    """Load a file by the command and return its row, with the bare copy of the same lines."""
    start = time.perf_counter()
    done = subprocess.run(
        [*PARITY, "load", "--json", str(file)],
        env=environment(database_url, folder),
        check=True,
        capture_output=True,
    )
    seconds = time.perf_counter() - start
    if json.loads(done.stdout)["loaded"] != count:
        raise ValueError("not everything was loaded")
    bare = bare_load(database_url, folder, file)
    bar = "5,000" if name == "PostgreSQL" else ""
    return Row(name, "bulk load", count / seconds, "resources/s", count / bare, bar=bar)


def bare_load(database_url: str, folder: Path, file: Path) -> float:
    """Return the seconds that COPY, or inserts in one transaction, take for the lines of a file."""
    lines = [line.rstrip(b"\n").decode() for line in file.open("rb")]
    if database_url.startswith("sqlite"):
        connection = sqlite3.connect(folder / "bare-load.db")
        connection.execute("PRAGMA journal_mode=WAL")
        connection.execute(limit.CREATE)
        start = time.perf_counter()
        with connection:
            connection.executemany("INSERT INTO bare VALUES (?, ?)", enumerate(lines))
        connection.close()
        return time.perf_counter() - start
    with psycopg.connect(limit.address(database_url)) as other:
        other.execute("DROP TABLE IF EXISTS bare")
        other.execute(limit.CREATE)
        start = time.perf_counter()
        with other.cursor().copy("COPY bare FROM STDIN") as copy:
            for row in enumerate(lines):
                copy.write_row(row)
        other.commit()
        return time.perf_counter() - start


def export(name: str, database_url: str, folder: Path) -> Iterator[Row]:
    """Export everything in a process of its own; yield its rows: plain, and compressed."""
    done = subprocess.run(
        [sys.executable, "-m", "bench.bulk", "export"],
        env=environment(database_url, folder),
        check=True,
        stdout=subprocess.PIPE,
    )
    told = json.loads(done.stdout)
    files = sorted((folder / "var" / told["folder"]).glob("*.ndjson"))
    rate = told["resources"] / told["seconds"]
    plain = told["resources"] / cat(files, folder / "cat")
    bar = "100,000" if name == "PostgreSQL" else ""
    yield Row(name, "system export", rate, "resources/s", plain, bar=bar)
    yield Row(name, "memory of the export", told["megabytes"], "MB", bar="<= 250")
    size = sum(one.stat().st_size for one in files) / 1e6
    for coding in PACKERS:
        ours, bare = packed(files, coding), packed_bare(files, coding)
        yield Row(name, f"download as {coding}", size / ours, "MB/s", size / bare, bar="the limit")


def cat(files: list[Path], target: Path) -> float:
    """Return the seconds it takes to copy files into one that is on disk afterwards."""
    start = time.perf_counter()
    with target.open("wb") as copy:
        for one in files:
            copy.writelines(read_pieces(one))
        copy.flush()
        os.fsync(copy.fileno())
    seconds = time.perf_counter() - start
    target.unlink()
    return seconds


def packed(files: list[Path], coding: str) -> float:
    """Return the seconds a download of the files costs as the server compresses it."""
    start = time.perf_counter()
    for one in files:
        for _ in compress(read_pieces(one), PACKERS[coding]()):
            pass
    return time.perf_counter() - start


def packed_bare(files: list[Path], coding: str) -> float:
    """Return the seconds the library alone takes for the same bytes, held in memory."""
    start = time.perf_counter()
    for one in files:
        if coding == "gzip":
            zlib.compress(one.read_bytes(), 1)
        else:
            zstandard.ZstdCompressor(level=1).compress(one.read_bytes())
    return time.perf_counter() - start


def run() -> None:
    """Run one export job of everything in this process and tell what it took."""
    runtime = Runtime.build(Settings.load())
    context = Context(runtime.settings.tenant)
    types = tuple(runtime.definitions.resource_types)
    payload = as_json(Payload("bench", types, context.scopes))
    id = runtime.store.transact(context, lambda work: jobs.enqueue(work, KIND, payload))
    job = runtime.store.transact(context, lambda work: jobs.take(work, 600, 1, (KIND,)))
    assert job is not None
    start = time.perf_counter()
    run_export(job, runtime)
    seconds = time.perf_counter() - start
    with runtime.store.read(context) as reader:
        done = jobs.get(reader, id)
    assert done is not None
    result = read_result(done)
    told = {
        "resources": sum(one.count for one in result.output),
        "seconds": seconds,
        "folder": result.folder,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / KILO,
    }
    print(json.dumps(told))


if __name__ == "__main__" and sys.argv[1:] == ["export"]:
    run()
