"""`python -m bench.mllp.soak [minutes] [connections]`: a listener under steady load.

Results (ORU^R01) of 20 observations from 32 connections, each about another patient, for so many
minutes on PostgreSQL. Each quarter prints messages a second, the median and the slowest per cent;
at the end: acknowledged against stored, and what the listener's memory did.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from bench.mllp.site import Site
from bench.v2 import Round, drive, messages
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.settings import Settings
from fhir_server.store import exchanges
from tests.postgresql import private_server

QUARTERS = 4


def stored(database_url: str) -> dict[str, int]:
    """Return how many inbound messages there are by state."""
    runtime = Runtime.build(Settings(database_url=database_url))
    with runtime.store.read(Context()) as reader:
        counted = exchanges.counts(reader)
    runtime.store.database.close()
    return {state: number for (_, way, state), number in counted.items() if way == "in"}


def row(name: str, done: Round, memory: float) -> str:
    """Return what is told of one stretch."""
    return (
        f"{name:<10}{done.rate:>9,.0f}/s{done.percentile(50):>9.1f} ms"
        f"{done.percentile(99):>9.1f} ms{memory:>9.1f} MB"
    )


def soak(site: Site, texts: Iterator[bytes], seconds: float, connections: int) -> int:
    """Send for so many seconds, print each quarter; return how many were acknowledged."""
    sent = 0
    print(f"{'':<10}{'messages':>11}{'p50':>12}{'p99':>12}{'memory':>12}", flush=True)
    for quarter in range(1, QUARTERS + 1):
        done = drive(site.port, texts, connections, seconds / QUARTERS)
        sent += len(done.times)
        print(row(f"quarter {quarter}", done, site.memory()), flush=True)
    return sent


def main() -> None:
    """Soak, and compare what was acknowledged with what is stored."""
    minutes = float((sys.argv[1:] or ["10"])[0])
    connections = int((sys.argv[2:] or ["32"])[0])
    with tempfile.TemporaryDirectory() as folder, private_server(durable=True) as database:
        site = Site(database.create_database("soak"), Path(folder))
        site.initialise()
        site.start("listener")
        try:
            texts = messages()
            drive(site.port, texts, 8, 1)
            warm = sum(stored(site.database_url).values())
            began = time.monotonic()
            sent = soak(site, texts, minutes * 60, connections)
            lasted = time.monotonic() - began
        finally:
            site.stop()
        kept = stored(site.database_url)
    print(f"{sent:,} acknowledged in {lasted:.0f} s, {sum(kept.values()) - warm:,} stored: {kept}")
    if sum(kept.values()) - warm != sent:
        raise ValueError("what was acknowledged is not what is stored")


if __name__ == "__main__":
    main()
