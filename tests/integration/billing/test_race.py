"""Several workers and senders at once: every file is applied once, every payment posted once."""

import threading
from collections.abc import Callable

from fhir_server.billing.sending import send
from fhir_server.intake.received import Received
from fhir_server.store import jobs
from mappers.path import read
from tests.integration.billing.practice import CONTEXT, Practice
from tests.unit.mappers.fhir_x12.remit import PAID, remit


def at_once(count: int, action: Callable[[], object]) -> None:
    """Run an action in several threads and wait for all."""
    barrier = threading.Barrier(count)

    def run() -> None:
        barrier.wait()
        action()

    threads = [threading.Thread(target=run) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def paid_claim(practice: Practice) -> str:
    id = practice.claim("CASE1")
    practice.submit(id)
    practice.work()
    return id


def test_same_file_at_once_is_applied_once_and_answered_alike(practice: Practice) -> None:
    id = paid_claim(practice)
    taken: list[Received] = []
    at_once(6, lambda: taken.append(practice.receive(remit(PAID, "92.5"))))
    assert len(taken) == 6
    assert len({(one.exchange, one.state, one.reply) for one in taken}) == 1
    assert len(practice.exchanges("in")) == 1
    assert len(practice.all("ClaimResponse")) == 1
    assert practice.story(id)[-2:] == ["sent", "paid"]


def test_same_payment_in_several_envelopes_at_once_is_posted_once(practice: Practice) -> None:
    paid_claim(practice)
    files = [remit(PAID, "92.5", control=number) for number in range(1, 6)]
    states: list[str] = []
    at_once(5, lambda: states.append(practice.receive(files.pop()).state))
    assert sorted(states) == ["applied"] + ["set-aside"] * 4
    assert len(practice.all("ClaimResponse")) == 1
    assert len(practice.all("PaymentReconciliation")) == 1


def test_workers_on_one_inbox_take_each_file_once(practice: Practice) -> None:
    for number in range(4):
        practice.submit(practice.claim(f"W{number}"))
    practice.work()
    practice.payer()
    at_once(3, practice.poll)
    practice.poll()
    assert len(practice.exchanges("in")) == 12
    assert {read(one, "extension.valueCode")[0] for one in practice.all("Claim")} == {"paid"}
    assert not [one for one in practice.inbox.iterdir() if one.is_file()]


def test_job_taken_over_while_it_runs_sends_once(practice: Practice) -> None:
    practice.submit(practice.claim("S1"))
    store = practice.runtime.store
    first = store.transact(CONTEXT, lambda work: jobs.take(work, -1, 5))
    second = store.transact(CONTEXT, lambda work: jobs.take(work, 60, 5))
    assert first is not None
    assert second is not None
    assert (first.id, second.attempts) == (second.id, 2)
    lost: list[str] = []

    def run(job: jobs.Job) -> None:
        try:
            send(job, practice.runtime)
        except jobs.LeaseLost:
            lost.append("lost")

    both = [first, second]
    at_once(2, lambda: run(both.pop()))
    assert practice.sent() == ["cascade-000000001.837"]
    assert [one.state for one in practice.exchanges("out")] == ["sent"]
    assert lost in ([], ["lost"])
