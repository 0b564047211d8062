"""Partners over a network, with one within the process: away, back, refusing, leaving files."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from fhir_server.billing import STEPS
from fhir_server.billing.sending import send
from fhir_server.intake.inbox import poll_inboxes
from fhir_server.model.partner import FileNames, Memory
from fhir_server.store import circuits, jobs, partners
from fhir_server.transport.failure import NotTaken
from fhir_server.transport.memory import MemoryTransport
from mappers.path import read
from mappers.x12.acknowledgments import acknowledge
from mappers.x12.reader import read as read_x12
from tests.integration.billing.practice import CASCADE, CONTEXT, Practice, at, now
from tests.unit.mappers.fhir_x12.remit import PAID, remit

PARTNER = replace(CASCADE, transport=Memory("cascade"), files=FileNames(inbound=("*.835", "*.999")))


class Clock:
    """A clock that is put forward."""

    def __init__(self) -> None:
        self.moment = now()

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def line() -> MemoryTransport:
    return MemoryTransport()


@pytest.fixture
def networked(practice: Practice, clock: Clock, line: MemoryTransport) -> Practice:
    """Return the practice with its partner behind a network and a clock to put forward."""
    runtime = at(clock, practice.runtime)
    runtime.transports.memory["cascade"] = line
    opened = Practice(runtime, practice.folder)
    runtime.store.transact(CONTEXT, lambda work: partners.put(work, PARTNER))
    return opened


def circuit(practice: Practice) -> circuits.Circuit:
    with practice.runtime.store.read(CONTEXT) as reader:
        return circuits.of(reader, "cascade")


def test_partner_that_is_away_gets_the_claim_when_it_is_back(
    networked: Practice, line: MemoryTransport, clock: Clock
) -> None:
    line.down = True
    id = networked.claim("S1")
    networked.submit(id)
    pauses = []
    for _ in range(12):
        networked.work()
        told = circuit(networked)
        assert told.retry is not None
        pauses.append((told.retry - clock()).total_seconds())
        clock.moment = told.retry
    assert pauses[:4] == [2, 4, 8, 16]
    assert pauses[-1] == circuits.LONGEST
    assert networked.state(id) == "ready"
    line.down = False
    assert networked.work() == 1
    assert list(line.delivered) == ["cascade-000000001.837"]
    assert networked.state(id) == "sent"
    assert (circuit(networked).failures, circuit(networked).reason) == (
        0,
        circuit(networked).reason,
    )


def test_open_circuit_keeps_other_claims_waiting_without_trying(
    networked: Practice, line: MemoryTransport, clock: Clock
) -> None:
    line.down = True
    networked.submit(networked.claim("S1"))
    networked.work()
    line.down = False
    networked.submit(networked.claim("S2"))
    assert networked.work() == 1
    assert line.delivered == {}
    clock.moment += timedelta(seconds=60)
    assert networked.work() == 2
    assert len(line.delivered) == 2


def test_file_the_partner_refuses_is_work_for_a_person(
    networked: Practice, line: MemoryTransport, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(name: str, data: bytes) -> bool:
        raise NotTaken("the partner refused what it was sent (HTTP 400)")

    monkeypatch.setattr(line, "release", refuse)
    id = networked.claim("S1")
    networked.submit(id)
    assert networked.work() == 1
    (kept,) = networked.exchanges("out")
    assert kept.state == "refused"
    (task,) = networked.all("Task")
    assert read(task, "focus.reference") == [f"Claim/{id}"]
    assert read(task, "code.coding[0].code") == ["undelivered-file"]
    assert circuit(networked).failures == 0
    assert networked.state(id) == "rejected"
    networked.submit(id)
    assert networked.state(id) == "ready"
    assert [one.state for one in networked.exchanges("out")] == ["refused", "ready"]


def test_worker_lost_between_the_steps_sends_the_same_interchange(
    networked: Practice, line: MemoryTransport
) -> None:
    networked.submit(networked.claim("S1"))
    store = networked.runtime.store
    job = store.transact(CONTEXT, lambda work: jobs.take(work, -1, 5))
    assert job is not None
    (kept,) = networked.exchanges("out")
    line.stage(kept.facts.name, b"cut short")
    again = store.transact(CONTEXT, lambda work: jobs.take(work, 60, 5))
    assert again is not None
    send(again, networked.runtime)
    assert line.delivered == {kept.facts.name: kept.body}


def test_files_are_collected_by_pattern_and_at_their_time(
    networked: Practice, line: MemoryTransport, clock: Clock
) -> None:
    id = networked.claim("CASE1")
    networked.submit(id)
    networked.work()
    line.waiting |= {"readme.txt": b"hello", "one.835": remit(PAID, "92.5")}
    assert poll_inboxes(networked.runtime, STEPS) == 1
    assert networked.state(id) == "paid"
    assert list(line.waiting) == ["readme.txt"]
    line.waiting["two.835"] = remit(PAID, "92.5", control=32)
    assert poll_inboxes(networked.runtime, STEPS) == 0
    clock.moment += timedelta(seconds=61)
    assert poll_inboxes(networked.runtime, STEPS) == 1


def test_inbox_that_is_away_is_left_alone_for_a_while(
    networked: Practice, line: MemoryTransport, clock: Clock
) -> None:
    line.down = True
    assert poll_inboxes(networked.runtime, STEPS) == 0
    assert circuit(networked).failures == 1
    assert poll_inboxes(networked.runtime, STEPS) == 0
    assert circuit(networked).failures == 1
    clock.moment += timedelta(seconds=61)
    poll_inboxes(networked.runtime, STEPS)
    assert circuit(networked).failures == 2


def test_folder_that_can_be_used_again_is_told(practice: Practice) -> None:
    inbox = practice.inbox
    inbox.mkdir(parents=True)
    practice.runtime.store.transact(
        CONTEXT, lambda work: circuits.note_failed(work, "cascade", "the folder cannot be used")
    )
    runtime = replace(practice.runtime, clock=lambda: now() + timedelta(minutes=1))
    poll_inboxes(runtime, STEPS)
    assert circuit(practice).failures == 0


def test_999_in_the_answer_to_a_delivery_is_taken_in_once(
    networked: Practice, line: MemoryTransport
) -> None:
    id = networked.claim("S1")
    networked.submit(id)
    (sent,) = networked.exchanges("out")
    answer = acknowledge(
        read_x12(sent.body).interchanges[0], interchange_control=8, group_control=8, written=now()
    )
    assert answer is not None
    line.reply = answer
    networked.work()
    assert networked.state(id) == "sent"
    networked.poll()
    assert networked.state(id) == "received"
    (kept,) = networked.exchanges("in")
    assert (kept.body, kept.state, kept.facts.kind) == (answer, "applied", "999")
    assert kept.facts.partner == "cascade"
    networked.poll()
    assert len(networked.exchanges("in")) == 1


def test_page_in_the_answer_to_a_delivery_is_let_go(
    networked: Practice, line: MemoryTransport
) -> None:
    line.reply = b"<html>thank you</html>"
    id = networked.claim("S1")
    networked.submit(id)
    networked.work()
    networked.poll()
    assert networked.state(id) == "sent"
    assert networked.exchanges("in") == []
