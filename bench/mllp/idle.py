"""`python -m bench.mllp.idle [seconds] [rounds]`: what 256 idle connections cost 32 busy ones.

Rounds with and without idle connections take turns, half of the idle ones within a begun frame.
"""

import statistics
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.mllp.site import Site
from bench.v2 import drive, messages
from tests.postgresql import private_server

IDLE, BUSY = 256, 32


@contextmanager
def idle(site: Site, number: int) -> Iterator[None]:
    """Hold so many connections open that send nothing more."""
    held = [site.connect() for _ in range(number)]
    for one in held[::2]:
        one.sendall(b"\x0bMSH|^~\\&|SLOW\r")
    try:
        yield
    finally:
        for one in held:
            one.close()


def compare(site: Site, seconds: float, rounds: int) -> tuple[float, float]:
    """Return messages a second without and with idle connections, medians."""
    texts = messages()
    drive(site.port, texts, BUSY, 2)
    alone, beside = [], []
    for _ in range(rounds):
        alone.append(drive(site.port, texts, BUSY, seconds).rate)
        with idle(site, IDLE):
            beside.append(drive(site.port, texts, BUSY, seconds).rate)
    return statistics.median(alone), statistics.median(beside)


def main() -> None:
    """Compare and print."""
    seconds = float((sys.argv[1:] or ["5"])[0])
    rounds = int((sys.argv[2:] or ["5"])[0])
    with tempfile.TemporaryDirectory() as folder, private_server(durable=True) as server:
        site = Site(server.create_database("idle"), Path(folder))
        site.variables = {"PARITY_MLLP_CONNECTIONS": "400", "PARITY_MLLP_FRAME_TIMEOUT": "600"}
        site.initialise()
        site.start("listener")
        try:
            alone, beside = compare(site, seconds, rounds)
        finally:
            site.stop()
    lost = 100 * (1 - beside / alone)
    print(f"{BUSY} busy: {alone:,.0f}/s; beside {IDLE} idle: {beside:,.0f}/s; lost {lost:.1f} %")


if __name__ == "__main__":
    main()
