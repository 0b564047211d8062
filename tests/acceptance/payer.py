"""The loopback payer at a site: the partner is configured, its files are answered in a thread."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from demo.payer.claim import submitted_claims
from demo.payer.desk import answer_waiting
from mappers.x12.reader import read
from tests.acceptance.site import Site

PARTNER = {
    "name": "Cascade Health Plan",
    "own": {"id": "HARBORBH", "name": "Harbor Behavioral Health"},
    "other": {"id": "CASCADE", "name": "Cascade Health Plan"},
    "payer_ids": ["CHP01"],
    "usage": "T",
    "transport": {"inbox": "cascade/inbox", "outbox": "cascade/outbox"},
}


@dataclass(frozen=True)
class Received:
    """An interchange as the payer got it: its ISA13, the numbers of its claims, its bytes."""

    control: str
    claims: tuple[str, ...]
    body: bytes


@dataclass(frozen=True)
class Payer:
    """The payer's folders."""

    folder: Path

    def received(self) -> list[Received]:
        """Return every interchange fetched from the outbox."""
        found = []
        for path in sorted((self.folder / "outbox" / "done").iterdir()):
            body = path.read_bytes()
            for interchange in read(body).interchanges:
                numbers = [
                    claim.number
                    for group in interchange.groups
                    for one in group.sets
                    for claim in submitted_claims(one)
                ]
                found.append(Received(interchange.header.control, tuple(numbers), body))
        return found


@contextmanager
def directory_payer(site: Site) -> Iterator[Payer]:
    """Configure the partner by the API and answer its files until the end of the block."""
    answer = site.request(
        "PUT",
        "/api/partners/cascade",
        json.dumps(PARTNER).encode(),
        media_type="application/json",
    )
    assert answer.status == 200, answer.body
    payer = Payer(site.folder / "var" / "cascade")
    stop = threading.Event()

    def work() -> None:
        while not stop.wait(0.05):
            answer_waiting(payer.folder / "outbox", payer.folder / "inbox", datetime.now(UTC))

    thread = threading.Thread(target=work)
    thread.start()
    try:
        yield payer
    finally:
        stop.set()
        thread.join()
