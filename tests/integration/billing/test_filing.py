"""The clock of timely filing, and of files that are not acknowledged."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from fhir_server.billing.filing import remind, start_watch
from fhir_server.model.resource import JsonObject
from fhir_server.store import jobs, partners
from mappers.path import read
from tests.integration.billing.practice import CASCADE, CONTEXT, Practice, at, now
from tests.integration.billing.test_life import refusal
from tests.unit.mappers.fhir_x12.remit import status, statuses

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


def test_watch_is_left_once_and_goes_on(timed: Practice, clock: Clock) -> None:
    start_watch(timed.runtime)
    start_watch(timed.runtime)
    assert timed.work() == 1
    with timed.runtime.store.read(CONTEXT) as reader:
        states = [one.state for one in jobs.of_kind(reader, "x12-watch")]
    assert states == ["done", "queued"]
    clock.moment += timedelta(hours=1)
    assert timed.work() == 1
