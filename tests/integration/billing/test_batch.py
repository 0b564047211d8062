"""Claims gathered in batches: by time, by size, on demand; one that is wrong keeps none back."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from fhir_server.billing.collecting import collect_waiting
from fhir_server.billing.step import take_step
from fhir_server.model.partner import Batch, Controls, FileNames
from fhir_server.outcome import Conflict, Invalid
from fhir_server.store import exchanges, partners
from mappers.path import read as values
from mappers.x12.reader import read
from tests.integration.billing.practice import CASCADE, CONTEXT, Practice, at, now

PARTNER = replace(
    CASCADE,
    batch=Batch(minutes=30, claims_per_set=2, sets_per_group=2),
    controls=Controls(700, 799),
    files=FileNames("{date}_{partner}_{control}.{kind}"),
)


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
def batching(practice: Practice, clock: Clock) -> Practice:
    """Return the practice whose partner takes batches, with a clock to put forward."""
    runtime = at(clock, practice.runtime)
    runtime.store.transact(CONTEXT, lambda work: partners.put(work, PARTNER))
    return Practice(runtime, practice.folder)


def submitted(practice: Practice, *numbers: str) -> list[str]:
    ids = [practice.claim(one) for one in numbers]
    for id in ids:
        practice.submit(id)
    return ids


def claim_numbers(data: bytes) -> list[list[str]]:
    """Return the numbers of the claims of each set."""
    return [
        [one.element(1) for one in each.segments if one.id == "CLM"]
        for _, _, each in read(data).sets()
    ]


def test_claims_wait_and_leave_together_when_it_is_time(batching: Practice, clock: Clock) -> None:
    ids = submitted(batching, "A", "B", "C")
    assert batching.work() == 0
    assert {batching.state(id) for id in ids} == {"ready"}
    assert batching.exchanges("out") == []
    clock.moment += timedelta(minutes=30)
    assert batching.work() == 2
    (kept,) = batching.exchanges("out")
    assert claim_numbers(kept.body) == [["A", "B"], ["C"]]
    assert kept.facts.control == "000000700"
    assert batching.sent() == ["20261110_cascade_000000700.837"]
    assert {batching.state(id) for id in ids} == {"sent"}
    with batching.runtime.store.read(CONTEXT) as reader:
        places = {one.id: one.place for one in exchanges.links_of(reader, kept.id)}
    assert [places[id] for id in ids] == ["0001", "0001", "0002"]


def test_full_batch_leaves_before_its_time(batching: Practice) -> None:
    submitted(batching, "A", "B", "C", "D", "E")
    assert batching.work() >= 2
    kept = batching.exchanges("out")
    assert [claim_numbers(one.body) for one in kept] == [[["A", "B"], ["C", "D"]], [["E"]]]
    assert [one.facts.control for one in kept] == ["000000700", "000000701"]


def test_batch_leaves_on_demand(batching: Practice) -> None:
    submitted(batching, "A")
    made = collect_waiting("cascade", CONTEXT, batching.runtime)
    assert len(made) == 1
    assert collect_waiting("cascade", CONTEXT, batching.runtime) == []
    batching.work()
    assert len(batching.sent()) == 1


def test_claim_that_waits_can_be_held_until_it_leaves(batching: Practice) -> None:
    held, sent = submitted(batching, "A", "B")
    take_step(held, "hold", "ask the clinician", CONTEXT, batching.runtime)
    assert batching.state(held) == "held"
    collect_waiting("cascade", CONTEXT, batching.runtime)
    batching.work()
    (kept,) = batching.exchanges("out")
    assert claim_numbers(kept.body) == [["B"]]
    with pytest.raises(Conflict):
        take_step(sent, "hold", "", CONTEXT, batching.runtime)
    take_step(held, "release", "", CONTEXT, batching.runtime)
    batching.submit(held)
    assert batching.state(held) == "ready"


def test_claim_that_waits_can_be_void(batching: Practice) -> None:
    (id,) = submitted(batching, "A")
    take_step(id, "void", "never given", CONTEXT, batching.runtime)
    assert batching.story(id) == ["draft", "ready", "void"]
    assert collect_waiting("cascade", CONTEXT, batching.runtime) == []


def test_claim_that_is_wrong_is_refused_at_once(batching: Practice) -> None:
    id = batching.claim("A", {"total": {"value": 1, "currency": "USD"}})
    with pytest.raises(Invalid):
        batching.submit(id)
    assert batching.state(id) == "draft"


def test_claim_gone_wrong_while_it_waited_keeps_no_other_back(batching: Practice) -> None:
    wrong, good = submitted(batching, "A", "B")

    def spoil(work: object) -> None:
        from fhir_server.store.unit_of_work import UnitOfWork

        assert isinstance(work, UnitOfWork)
        held = work.lock("Claim", wrong)
        assert held is not None
        work.update(held, batching.read("Claim", wrong) | {"diagnosis": []})

    batching.runtime.store.transact(CONTEXT, spoil)
    collect_waiting("cascade", CONTEXT, batching.runtime)
    batching.work()
    assert (batching.state(wrong), batching.state(good)) == ("rejected", "sent")
    (task,) = batching.all("Task")
    assert values(task, "focus.reference") == [f"Claim/{wrong}"]
    assert values(task, "input.type.text")


def test_refused_set_of_a_batch_gives_back_its_claims_alone(batching: Practice) -> None:
    ids = submitted(batching, "A", "B", "C")
    collect_waiting("cascade", CONTEXT, batching.runtime)
    batching.work()
    from tests.integration.billing.test_life import refusal

    batching.receive(refusal([], control=700))
    assert [batching.state(id) for id in ids] == ["rejected", "rejected", "sent"]
