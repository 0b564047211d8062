"""`python -m bench.mllp.kill [kills] [senders]`: kill -9 under senders, at random moments.

The listener, the worker and a backend of PostgreSQL (which makes the whole server go through crash
recovery) are killed in turn. Senders repeat a message until it is acknowledged, over a new
connection each time it broke. At the end: acknowledged messages that are missing, resources that
are there twice, and how long after each kill a message was acknowledged again.
"""

import os
import random
import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import psycopg

from bench.mllp.site import Site
from hl7.client import MllpClient
from tests.acceptance.messages import oru
from tests.postgresql import Server, private_server

ROLES = ("listener", "worker", "postgresql")
RESULTS = 4
PATIENCE = 60.0


@dataclass
class Story:
    """What was acknowledged, and when: control ids, the moments, and the kills with their roles."""

    acknowledged: set[str] = field(default_factory=set)
    moments: list[float] = field(default_factory=list)
    kills: list[tuple[str, float]] = field(default_factory=list)
    ended: threading.Event = field(default_factory=threading.Event)

    @property
    def recoveries(self) -> list[float]:
        """The seconds from each kill to the next acknowledgment of what was sent after it."""
        return [
            min((one for one in self.moments if one > at), default=at + PATIENCE) - at
            for _, at in self.kills
        ]


def send(site: Site, control: str, story: Story) -> None:
    """Send a message until it is acknowledged."""
    message = oru(control, patient=f"M{control}", order=f"F{control}", results=RESULTS)
    while control not in story.acknowledged:
        try:
            with MllpClient("127.0.0.1", site.port, 10) as client:
                code = client.send(message)[0].code
        except OSError:
            time.sleep(0.02)
            continue
        if code == "AA":
            story.acknowledged.add(control)
            story.moments.append(time.monotonic())
        elif code not in {"AE", "CE"}:
            raise ValueError(f"a message was refused with {code}")


@contextmanager
def sending(site: Site, story: Story, senders: int) -> Iterator[None]:
    """Keep so many senders busy until the block ends."""
    numbers = count()

    def work() -> None:
        while not story.ended.is_set():
            send(site, f"K{next(numbers)}", story)

    with ThreadPoolExecutor(senders) as pool:
        working = [pool.submit(work) for _ in range(senders)]
        try:
            yield
        finally:
            story.ended.set()
        for one in working:
            one.result()


def strike(site: Site, server: Server, role: str) -> None:
    """Kill a role and start it again."""
    if role == "postgresql":
        kill_backend(server)
        return
    site.kill(role)
    site.start(role)


def kill_backend(server: Server) -> None:
    """Kill a backend that serves us; PostgreSQL then ends all others and recovers."""
    chosen = (
        "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend'"
        " AND pid <> pg_backend_pid() AND datname = 'kill' ORDER BY random() LIMIT 1"
    )
    with server.connect() as connection:
        found = connection.execute(chosen).fetchone()
    if found is not None:
        os.kill(found[0], signal.SIGKILL)


def suffer(site: Site, server: Server, story: Story, kills: int) -> None:
    """Kill at random moments, waiting after each until messages are acknowledged again."""
    chance = random.Random(11)
    for number in range(kills):
        time.sleep(chance.uniform(0.1, 0.8))
        role = ROLES[number % len(ROLES)]
        at = time.monotonic()
        strike(site, server, role)
        story.kills.append((role, at))
        done, end = len(story.moments), at + PATIENCE
        while len(story.moments) <= done and time.monotonic() < end:
            time.sleep(0.01)


@dataclass(frozen=True)
class Outcome:
    """What is stored: messages acknowledged that are missing, and what is there too often."""

    missing: int
    doubled: int
    acknowledged: int


def judge(database_url: str, story: Story) -> Outcome:
    """Compare what was acknowledged with what is stored."""
    with psycopg.connect(database_url.replace("+psycopg", "")) as connection:
        applied = connection.execute(
            "SELECT control FROM exchange"
            " WHERE direction = 'in' AND state IN ('applied', 'warning')"
        ).fetchall()
        rows = connection.execute(
            "SELECT type, count(*) FROM resource WHERE NOT deleted GROUP BY type"
        ).fetchall()
    kept = Counter(control for (control,) in applied)
    missing = sum(one not in kept for one in story.acknowledged)
    stored: dict[str, int] = dict(rows)
    expected = len(story.acknowledged)
    doubled = sum(number - 1 for number in kept.values())
    doubled += abs(stored.get("DiagnosticReport", 0) - expected)
    doubled += abs(stored.get("Patient", 0) - expected)
    doubled += abs(stored.get("Observation", 0) - RESULTS * expected)
    return Outcome(missing, doubled, expected)


def run(kills: int, senders: int, folder: Path, server: Server) -> tuple[Story, Outcome]:
    """Run the whole of it on a database of its own."""
    site, story = Site(server.create_database("kill"), folder), Story()
    site.initialise()
    try:
        for role in ("listener", "worker"):
            site.start(role)
        with sending(site, story, senders):
            suffer(site, server, story, kills)
    finally:
        site.stop()
    return story, judge(site.database_url, story)


def main() -> None:
    """Kill, and print what became of the messages."""
    kills = int((sys.argv[1:] or ["100"])[0])
    senders = int((sys.argv[2:] or ["8"])[0])
    with tempfile.TemporaryDirectory() as folder, private_server(durable=True) as server:
        story, outcome = run(kills, senders, Path(folder), server)
    roles = Counter(role for role, _ in story.kills)
    recoveries = sorted(story.recoveries)
    print(f"kills: {dict(roles)}; acknowledged: {outcome.acknowledged:,}")
    print(f"acknowledged but missing: {outcome.missing}; too many or too few: {outcome.doubled}")
    middle = recoveries[len(recoveries) // 2]
    print(f"recovery: median {middle:.2f} s, longest {recoveries[-1]:.2f} s")
    if outcome.missing or outcome.doubled:
        raise ValueError("what was acknowledged is not what is stored")


if __name__ == "__main__":
    main()
