"""`make bench`: what the server does in a second, beside the limit of the machine, as one table.

Real gunicorn, authentication and validation on, 8 keep-alive connections; client, server and
database share the machine, and the database syncs each commit. Each figure is the median of
repeated rounds; the limit is the bare insert, select or copy of the same bytes in the same
database, measured between the rounds. BENCH_ROUNDS, BENCH_SECONDS and BENCH_RESOURCES set the
size, BENCH_WRITE=1 puts the table into docs/performance.md.
"""

import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import bulk, cases, limit, load, report, synthea
from bench.patient import patient
from bench.report import Row
from bench.server import Target, prepare, server
from tests.postgresql import private_server

CLIENTS = 8
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "5"))
SECONDS = float(os.environ.get("BENCH_SECONDS", "3"))
RESOURCES = int(os.environ.get("BENCH_RESOURCES", "30000"))
WRITE = os.environ.get("BENCH_WRITE", "") == "1"


def measure(name: str, url: str, folder: Path) -> Iterator[Row]:
    """Yield the rows of one database."""
    secret = prepare(url, folder)
    file = folder / "synthea.ndjson"
    synthea.write_ndjson(file, RESOURCES)
    yield bulk.load(name, url, folder, file, RESOURCES)
    yield from bulk.export(name, url, folder)
    with server(name, url, folder, secret) as target:
        yield from requests(target)
        yield from transactions(target)


def requests(target: Target) -> Iterator[Row]:
    """Yield the rows of single requests."""
    known = cases.discover(target)
    body = patient(0).decode()
    results: dict[str, list[load.Result]] = {case: [] for case in cases.CASES}
    bounds: dict[str, list[float]] = {"insert": [], "select": []}
    for _ in range(ROUNDS):
        insert, select = bare(target, body)
        bounds["insert"].append(insert)
        bounds["select"].append(select)
        for case, (build, *_) in cases.CASES.items():
            done = load.drive(target.port, build(target, known), clients=CLIENTS, seconds=SECONDS)
            results[case].append(done)
    for case, (_, bound, bar, peer) in cases.CASES.items():
        rounds = results[case]
        yield Row(
            target.name,
            case,
            statistics.median(one.rate for one in rounds),
            "requests/s",
            statistics.median(bounds[bound]),
            statistics.median(one.p50 for one in rounds),
            statistics.median(one.p99 for one in rounds),
            bar=bar if target.name == "PostgreSQL" else "",
            peer=peer if target.name == "PostgreSQL" else "",
            failed=sum(one.failures for one in rounds),
        )


def bare(target: Target, body: str) -> tuple[float, float]:
    """Return bare inserts and selects a second."""
    if target.database_url.startswith("sqlite"):
        return limit.sqlite(target.folder, body, clients=CLIENTS, seconds=SECONDS / 3)
    return limit.postgresql(target.database_url, body, clients=CLIENTS, seconds=SECONDS / 3)


def transactions(target: Target) -> Iterator[Row]:
    """Yield the rows of transaction Bundles: one alone, and many at once."""
    bundles = cases.Transactions()
    named = target.name == "PostgreSQL"
    alone = bundles.alone(target)
    case = f"transaction of {alone['entries']:.0f} entries, alone"
    bars = ("< 300 ms", "3,900") if named else ("", "")
    yield Row(target.name, case, alone["ms"], "ms", None, None, None, *bars)
    rates, failures = [], 0
    for _ in range(ROUNDS):
        before = bundles.sent
        done = load.drive(
            target.port, bundles.requests(target), clients=CLIENTS, seconds=2 * SECONDS
        )
        answered = done.rate * done.seconds
        share = answered / (answered + CLIENTS)  # those under way at the end were not answered
        rates.append((bundles.sent - before) * share / done.seconds)
        failures += done.failures
    bars = ("2,000", "230") if named else ("", "")
    rate = statistics.median(rates)
    yield Row(
        target.name, "transactions", rate, "resources/s", None, None, None, *bars, failed=failures
    )


def main() -> None:
    """Run every case on both databases and print one table."""
    told = f"{CLIENTS} clients, {ROUNDS} rounds of {SECONDS:g} s, {RESOURCES:,} Synthea resources"
    print(f"{report.machine()}\n{told}", file=sys.stderr, flush=True)
    rows: list[Row] = []
    paces = [report.pace()]
    with private_server(durable=True) as database, tempfile.TemporaryDirectory() as name:
        for kind, url in (
            ("PostgreSQL", database.create_database("bench")),
            ("SQLite", f"sqlite:///{Path(name) / 'SQLite' / 'parity.db'}"),
        ):
            folder = Path(name) / kind
            folder.mkdir()
            for row in measure(kind, url, folder):
                rows.append(row)
                paces.append(report.pace())
                print(report.table([row]).splitlines()[-1], file=sys.stderr, flush=True)
    head = f"{report.machine()}. {told}. {report.paced(paces)}."
    whole = f"{head}\n\n{report.table(rows)}"
    print(whole)
    if WRITE:
        report.write("requests", whole)
    for further in ("store", "x12", "claims", "remittance"):
        subprocess.run([sys.executable, "-m", f"bench.{further}"], check=True)


if __name__ == "__main__":
    main()
