"""A practice in one process: its runtime, the steps of its web and worker, and a payer."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from demo.payer.desk import answer_waiting
from fhir_server.billing import HANDLERS, STEPS
from fhir_server.billing.state import State, state_of
from fhir_server.billing.submission import submit
from fhir_server.db.engine import Database
from fhir_server.db.migrate import upgrade
from fhir_server.intake.inbox import poll_inboxes
from fhir_server.intake.received import Received
from fhir_server.intake.x12 import receive
from fhir_server.interactions.transaction import execute
from fhir_server.interactions.write import insert
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.settings import Settings
from fhir_server.store import jobs, partners
from fhir_server.store.exchanges import Exchange, after
from fhir_server.store.identity import Clock
from fhir_server.store.partners import Directory, Partner, Party
from tests.acceptance.claims import intake, professional_claim

CONTEXT = Context()
FOLDERS = Directory("partner/in", "partner/out")
CASCADE = Partner(
    "cascade",
    "Cascade Health Plan",
    Party("PARITY", name="Harbor Behavioral Health"),
    Party("CHP01", name="Cascade Health Plan"),
    FOLDERS,
    ("CHP01",),
)


def now() -> datetime:
    """Return the moment everything happens at, some days after the service."""
    return datetime(2026, 11, 10, 9, 0, tzinfo=UTC)


def at(clock: Clock, runtime: Runtime) -> Runtime:
    """Return the runtime at another time, on the same database and source of keys."""
    return replace(runtime, clock=clock, store=replace(runtime.store, clock=clock))


@dataclass
class Practice:
    """The flows of one installation, called step by step."""

    runtime: Runtime
    folder: Path

    def post(self, bundle: JsonObject) -> None:
        """Carry out a transaction as a client's."""
        self.runtime.store.transact(CONTEXT, lambda work: execute(bundle, work, self.runtime))

    def claim(self, number: str, changes: JsonObject | None = None) -> str:
        """Post a claim and return its id."""
        resource = professional_claim(number) | (changes or {})
        return self.runtime.store.transact(CONTEXT, lambda work: insert(resource, work).id)

    def submit(self, id: str) -> None:
        """Submit a claim."""
        submit(id, CONTEXT, self.runtime)

    def work(self) -> int:
        """Run every job that is due; return how many there were."""
        count = 0
        while True:
            job = self.runtime.store.transact(CONTEXT, lambda work: jobs.take(work, 60, 5))
            if job is None:
                return count
            HANDLERS[job.kind](job, self.runtime)
            count += 1

    def payer(self) -> int:
        """Let the payer answer what is in the outbox."""
        return answer_waiting(self.outbox, self.inbox, now())

    def poll(self) -> int:
        """Take in what is in the inbox."""
        return poll_inboxes(self.runtime, STEPS)

    def receive(self, data: bytes, name: str = "file") -> Received:
        """Take in one file as if it were posted."""
        return receive(data, name, self.runtime, CONTEXT, STEPS)

    def read(self, type: str, id: str) -> JsonObject:
        """Return a resource as stored."""
        with self.runtime.store.read(CONTEXT) as reader:
            version = reader.current(type, id)
        assert version is not None
        return decode(version.body)

    def all(self, type: str) -> list[JsonObject]:
        """Return every resource of a type."""
        with self.runtime.store.read(CONTEXT) as reader:
            return [decode(one.body) for one in reader.stream(type)]

    def state(self, id: str) -> State:
        """Return the state of a claim."""
        return state_of(self.read("Claim", id))

    def story(self, id: str) -> list[State]:
        """Return the states a claim went through, oldest first."""
        with self.runtime.store.read(CONTEXT) as reader:
            versions = reader.history("Claim", id)
        return [state_of(decode(one.body)) for one in reversed(versions)]

    def exchanges(self, direction: str) -> list[Exchange]:
        """Return what was exchanged one way, oldest first."""
        with self.runtime.store.read(CONTEXT) as reader:
            return [one for one in after(reader, 0, 1000) if one.direction == direction]

    @property
    def outbox(self) -> Path:
        """Where the worker leaves claims."""
        return self.folder / FOLDERS.outbox

    @property
    def inbox(self) -> Path:
        """Where the payer leaves its answers."""
        return self.folder / FOLDERS.inbox

    def sent(self) -> Sequence[str]:
        """Return the names of the files that left, fetched or not."""
        return [
            one.name for one in sorted(self.outbox.rglob("*.837")) if ".staging" not in one.parts
        ]


@contextmanager
def open_practice(url: str, folder: Path) -> Iterator[Practice]:
    """Open a practice on a fresh database, the payer's plan and one patient loaded."""
    database = Database.open(url)
    upgrade(database)
    database.close()
    runtime = Runtime.build(Settings(database_url=url, data_dir=str(folder)), now)
    practice = Practice(runtime, folder)
    try:
        runtime.store.transact(CONTEXT, lambda work: partners.put(work, CASCADE))
        practice.post(intake())
        yield practice
    finally:
        runtime.store.database.close()
