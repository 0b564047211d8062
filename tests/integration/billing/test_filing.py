"""The clock of timely filing, and of files that are not acknowledged."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from fhir_server.billing.filing import remind, start_watch
from fhir_server.model.partner import Expected
from fhir_server.model.resource import JsonObject
from fhir_server.store import jobs, partners
from mappers.path import read
from mappers.x12.acknowledgments import acknowledge
from mappers.x12.reader import read as read_x12
from mappers.x12.writer import Envelope, enclose
from tests.integration.billing.practice import CASCADE, CONTEXT, Practice, at, now
from tests.integration.billing.test_life import refusal
from tests.unit.mappers.fhir_x12.remit import status, statuses

AGREED = Expected(ta1=2, acknowledgment=24, claim_status=48)
PARTNER = replace(CASCADE, filing_days={"*": 365, "CHP01": 30})


class Clock:
    """A clock that is put forward; the service was on 2 November, the limit is 2 December."""

    def __init__(self) -> None:
        self.moment = now()

    def __call__(self) -> datetime:
        return self.moment


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def timed(practice: Practice, clock: Clock) -> Practice:
    runtime = at(clock, practice.runtime)
    runtime.store.transact(CONTEXT, lambda work: partners.put(work, PARTNER))
    return Practice(runtime, practice.folder)


def reminded(practice: Practice) -> list[JsonObject]:
    practice.runtime.store.transact(CONTEXT, lambda work: remind(work, practice.runtime))
    return practice.all("Task")


def test_claim_that_is_not_accepted_is_told_of_before_its_limit(
    timed: Practice, clock: Clock
) -> None:
    id = timed.claim("CASE1")
    assert reminded(timed) == []
    clock.moment += timedelta(days=10)
    (task,) = reminded(timed)
    assert read(task, "code.coding[0].code") == ["file-in-time"]
    assert read(task, "focus.reference") == [f"Claim/{id}"]
    assert read(task, "restriction.period.end") == ["2026-12-02"]
    assert len(reminded(timed)) == 1


def test_accepted_claim_is_in_time(timed: Practice, clock: Clock) -> None:
    id = timed.claim("CASE1")
    timed.submit(id)
    timed.work()
    timed.receive(statuses(status("CASE1", "STC*A2:20:PR*20261104*WQ*165.5~")))
    assert timed.state(id) == "accepted"
    clock.moment += timedelta(days=20)
    assert [one for one in reminded(timed) if "file-in-time" in str(one)] == []


def test_file_that_is_not_acknowledged_is_followed_up(timed: Practice, clock: Clock) -> None:
    timed.submit(timed.claim("CASE1"))
    timed.work()
    clock.moment += timedelta(hours=23)
    assert reminded(timed) == []
    clock.moment += timedelta(hours=2)
    (task,) = reminded(timed)
    assert read(task, "code.coding[0].code") == ["follow-up-file"]
    assert "after 24 hours; claims in it: 1" in str(read(task, "reasonCode.text")[0])


def test_acknowledged_file_is_not(timed: Practice, clock: Clock) -> None:
    timed.submit(timed.claim("CASE1"))
    timed.work()
    timed.receive(refusal([]))
    clock.moment += timedelta(hours=25)
    assert [one for one in reminded(timed) if "follow-up-file" in str(one)] == []


@pytest.fixture
def strict(timed: Practice) -> Practice:
    """Return the practice with a partner that answers by TA1, 999 and 277CA."""
    partner = replace(PARTNER, expected=AGREED)
    timed.runtime.store.transact(CONTEXT, lambda work: partners.put(work, partner))
    timed.submit(timed.claim("CASE1"))
    timed.work()
    return timed


def missed(practice: Practice) -> dict[str, str]:
    """Return the answers that are missed or were, with the status of the work about them."""
    found = {}
    for one in reminded(practice):
        if read(one, "code.coding[0].code") == ["follow-up-file"]:
            told = str(read(one, "reasonCode.text")[0])
            found[told.partition(" has no ")[2].partition(" ")[0]] = str(one["status"])
    return found


def test_each_answer_is_missed_in_its_own_time(strict: Practice, clock: Clock) -> None:
    assert missed(strict) == {}
    clock.moment += timedelta(hours=3)
    assert missed(strict) == {"TA1": "requested"}
    clock.moment += timedelta(hours=22)
    assert missed(strict) == {"TA1": "requested", "999": "requested"}
    clock.moment += timedelta(hours=24)
    assert missed(strict) == dict.fromkeys(("TA1", "999", "277CA"), "requested")


def test_answer_that_comes_late_ends_the_work(strict: Practice, clock: Clock) -> None:
    clock.moment += timedelta(hours=49)
    assert len(missed(strict)) == 3
    strict.receive(acceptance(strict))
    assert missed(strict) == {"TA1": "completed", "999": "completed", "277CA": "requested"}
    strict.receive(statuses(status("CASE1", "STC*A2:20:PR*20261104*WQ*165.5~")))
    assert set(missed(strict).values()) == {"completed"}
    (sent,) = strict.exchanges("out")
    assert sent.state == "answered"
    assert sent.report == {"answered": ["TA1", "999"]}


def test_ta1_in_time_is_not_missed(strict: Practice, clock: Clock) -> None:
    number = strict.exchanges("out")[0].facts.control
    strict.receive(accepted_interchange(number))
    clock.moment += timedelta(hours=3)
    assert missed(strict) == {}


def acceptance(practice: Practice) -> bytes:
    """Return the 999 that accepts what was sent first."""
    sent = read_x12(practice.exchanges("out")[0].body).interchanges[0]
    answer = acknowledge(sent, interchange_control=8, group_control=8, written=now())
    assert answer is not None
    return answer


def accepted_interchange(number: str) -> bytes:
    """Return a TA1 that accepts an interchange of ours."""
    envelope = Envelope("ZZ", "CHP01", "ZZ", "PARITY", 77, 77, now())
    return enclose(envelope, None, [], [f"TA1*{number}*261110*0900*A*000"])


def test_watch_is_left_once_and_goes_on(timed: Practice, clock: Clock) -> None:
    start_watch(timed.runtime)
    start_watch(timed.runtime)
    assert timed.work() == 1
    with timed.runtime.store.read(CONTEXT) as reader:
        states = [one.state for one in jobs.of_kind(reader, "x12-watch")]
    assert states == ["done", "queued"]
    clock.moment += timedelta(hours=1)
    assert timed.work() == 1
