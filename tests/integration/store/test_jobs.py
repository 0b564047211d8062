"""Jobs: enqueued with their cause, taken once, taken again when the worker is lost."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from fhir_server.model.rest import Context
from fhir_server.store import jobs
from fhir_server.store.jobs import Job, LeaseLost
from fhir_server.store.unit_of_work import Store
from tests.integration.store.sample import ELSEWHERE, HERE, patient

LEASE, ATTEMPTS = 60, 3


class Hand:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.time

    def pass_by(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> Hand:
    return Hand()


@pytest.fixture
def at(store: Store, clock: Hand) -> Store:
    """The store with its time in the test's hand."""
    return replace(store, clock=clock)


def enqueue(store: Store, number: int = 1, run_at: datetime | None = None) -> int:
    with store.write(Context(client="ehr")) as work:
        return jobs.enqueue(work, "export", {"number": number}, run_at)


def take(store: Store) -> Job | None:
    with store.write(HERE) as work:
        return jobs.take(work, LEASE, ATTEMPTS)


def taken(store: Store) -> Job:
    job = take(store)
    assert job is not None
    return job


def get(store: Store, id: int) -> Job:
    with store.read(HERE) as reader:
        job = jobs.get(reader, id)
    assert job is not None
    return job


def test_job_is_taken_with_what_it_was_given(at: Store, clock: Hand) -> None:
    id = enqueue(at)
    job = taken(at)
    assert (job.id, job.kind, job.client, job.payload) == (id, "export", "ehr", {"number": 1})
    assert (job.state, job.attempts) == ("running", 1)
    assert job.lease == clock.time + timedelta(seconds=LEASE)
    assert take(at) is None


def test_job_of_work_undone_does_not_exist(at: Store) -> None:
    def enqueue_and_fail() -> None:
        with at.write(HERE) as work:
            jobs.enqueue(work, "export", {})
            raise RuntimeError

    with pytest.raises(RuntimeError):
        enqueue_and_fail()
    assert take(at) is None


def test_jobs_are_taken_in_order_and_not_before_their_time(at: Store, clock: Hand) -> None:
    later = enqueue(at, 1, clock.time + timedelta(minutes=5))
    now = enqueue(at, 2)
    first = taken(at)
    assert first.id == now
    with at.write(HERE) as work:
        jobs.finish(work, first)
    assert take(at) is None
    clock.pass_by(300)
    enqueue(at, 3)
    assert [taken(at).id, taken(at).payload["number"]] == [later, 3]


def test_only_wanted_kinds_are_taken(at: Store) -> None:
    enqueue(at)
    with at.write(HERE) as work:
        assert jobs.take(work, LEASE, ATTEMPTS, kinds=["send"]) is None
        assert jobs.take(work, LEASE, ATTEMPTS, kinds=["send", "export"]) is not None


def test_lost_worker_is_replaced_after_its_lease(at: Store, clock: Hand) -> None:
    enqueue(at)
    first = taken(at)
    clock.pass_by(LEASE - 1)
    assert take(at) is None
    clock.pass_by(2)
    second = taken(at)
    assert (second.id, second.attempts) == (first.id, 2)
    with pytest.raises(LeaseLost), at.write(HERE) as work:
        jobs.finish(work, first)
    with at.write(HERE) as work:
        jobs.finish(work, second, {"files": 3})
    assert (get(at, first.id).state, get(at, first.id).result) == ("done", {"files": 3})


def test_effects_of_a_worker_that_lost_its_lease_are_undone(at: Store, clock: Hand) -> None:
    enqueue(at)
    first = taken(at)
    clock.pass_by(LEASE + 1)
    taken(at)

    def write_and_finish() -> None:
        with at.write(HERE) as work:
            work.create("Patient", "a", patient())
            jobs.finish(work, first)

    with pytest.raises(LeaseLost):
        write_and_finish()
    with at.read(HERE) as reader:
        assert reader.current("Patient", "a") is None


def test_lease_is_renewed_with_progress(at: Store, clock: Hand) -> None:
    enqueue(at)
    job = taken(at)
    clock.pass_by(LEASE - 1)
    with at.write(HERE) as work:
        jobs.renew(work, job, LEASE, {"done": 10})
    clock.pass_by(LEASE - 1)
    assert take(at) is None
    assert get(at, job.id).result == {"done": 10}


def test_worker_lost_each_time_fails_the_job(at: Store, clock: Hand) -> None:
    id = enqueue(at)
    for _ in range(ATTEMPTS):
        taken(at)
        clock.pass_by(LEASE + 1)
    assert take(at) is None
    job = get(at, id)
    assert (job.state, job.attempts, job.finished) == ("failed", ATTEMPTS, clock.time)


def test_failing_job_waits_longer_each_time_then_fails(at: Store, clock: Hand) -> None:
    id = enqueue(at)
    pauses = []
    for _ in range(ATTEMPTS - 1):
        job = taken(at)
        with at.write(HERE) as work:
            assert jobs.fail(work, job, "no route to the partner", ATTEMPTS) == "queued"
        pause = get(at, id).run_at - clock.time
        pauses.append(pause.total_seconds())
        clock.pass_by(pause.total_seconds() - 0.5)
        assert take(at) is None
        clock.pass_by(1)
    job = taken(at)
    with at.write(HERE) as work:
        assert jobs.fail(work, job, "no route to the partner", ATTEMPTS) == "failed"
    assert pauses == [2, 4]
    assert get(at, id).result == {"error": "no route to the partner"}
    clock.pass_by(10_000)
    assert take(at) is None


def test_cancelled_job_is_not_taken_and_not_finished(at: Store) -> None:
    waiting = enqueue(at, 1)
    with at.write(HERE) as work:
        assert jobs.cancel(work, waiting)
        assert not jobs.cancel(work, waiting)
    running_id = enqueue(at, 2)
    running = taken(at)
    assert running.id == running_id
    with at.write(HERE) as work:
        assert jobs.cancel(work, running.id)
    with pytest.raises(LeaseLost), at.write(HERE) as work:
        jobs.finish(work, running)
    assert take(at) is None
    with at.read(HERE) as reader:
        assert jobs.counts(reader) == {"cancelled": 2}


def test_other_tenants_do_not_see_or_cancel_a_job(at: Store) -> None:
    id = enqueue(at)
    with at.write(ELSEWHERE) as work:
        assert jobs.get(work, id) is None
        assert not jobs.cancel(work, id)


def test_workers_at_once_take_each_job_once(store: Store) -> None:
    with store.write(HERE) as work:
        for number in range(40):
            jobs.enqueue(work, "send", {"number": number})

    def work_off(_: int) -> list[int]:
        ids = []
        while job := store.transact(HERE, lambda work: jobs.take(work, LEASE, ATTEMPTS)):
            with store.write(HERE) as work:
                jobs.finish(work, job)
            ids.append(job.id)
        return ids

    with ThreadPoolExecutor(8) as pool:
        ids = [id for some in pool.map(work_off, range(8)) for id in some]
    assert len(ids) == len(set(ids)) == 40
    with store.read(HERE) as reader:
        assert jobs.counts(reader) == {"done": 40}
