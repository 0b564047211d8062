"""Submitting a claim: one commit, refused whole or ready whole, and sent exactly once."""

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from fhir_server.billing.sending import send, send_overdue
from fhir_server.billing.submission import scrubbed, shown, submit
from fhir_server.outcome import Conflict, Gone, Invalid, NotFound
from fhir_server.store import exchanges, jobs, partners
from fhir_server.transport import directory
from mappers.x12.check import check
from tests.acceptance.claims import put as put_entry
from tests.integration.billing.practice import CONTEXT, Practice


class Killed(BaseException):
    """The process ended here."""


def test_submitted_claim_is_ready_with_its_interchange_kept(practice: Practice) -> None:
    id = practice.claim("S1")
    practice.submit(id)
    (kept,) = practice.exchanges("out")
    assert practice.state(id) == "ready"
    assert (kept.state, kept.facts.control, kept.facts.kind) == ("ready", "000000001", "837")
    assert check(kept.body, "").verdict == "accepted"
    assert practice.sent() == []


def test_worker_sends_the_kept_bytes(practice: Practice) -> None:
    id = practice.claim("S1")
    practice.submit(id)
    assert practice.work() == 1
    (kept,) = practice.exchanges("out")
    assert practice.story(id) == ["draft", "ready", "sent"]
    assert kept.state == "sent"
    assert (practice.outbox / "cascade-000000001.837").read_bytes() == kept.body
    assert practice.work() == 0


def test_claim_that_was_submitted_is_refused(practice: Practice) -> None:
    id = practice.claim("S1")
    practice.submit(id)
    with pytest.raises(Conflict, match="ready cannot become ready"):
        practice.submit(id)
    practice.work()
    with pytest.raises(Conflict, match="sent cannot become ready"):
        practice.submit(id)
    assert len(practice.exchanges("out")) == 1


def test_missing_data_is_refused_by_path_and_leaves_nothing(practice: Practice) -> None:
    coverage = practice.read("Coverage", "nora")
    del coverage["subscriberId"]
    practice.post({"resourceType": "Bundle", "type": "transaction", "entry": [put_entry(coverage)]})
    id = practice.claim("S1", {"total": {"value": 1, "currency": "USD"}})
    with pytest.raises(Invalid) as caught:
        practice.submit(id)
    paths = {one.expression for one in caught.value.issues}
    assert paths == {"Coverage.subscriberId", "Claim.total"}
    assert practice.exchanges("out") == []
    assert practice.story(id) == ["draft"]
    good = practice.claim("S2", {"insurance": []})
    with pytest.raises(Invalid):
        practice.submit(good)


def test_refused_submission_uses_no_control_number(practice: Practice) -> None:
    bad = practice.claim("S1", {"diagnosis": []})
    with pytest.raises(Invalid):
        practice.submit(bad)
    practice.submit(practice.claim("S2"))
    assert [one.facts.control for one in practice.exchanges("out")] == ["000000001"]


def test_payer_without_a_partner_is_refused(practice: Practice) -> None:
    practice.runtime.store.transact(CONTEXT, lambda work: partners.remove(work, "cascade"))
    id = practice.claim("S1")
    with pytest.raises(Invalid) as caught:
        practice.submit(id)
    assert caught.value.issues[0].detail == "no-partner"
    with practice.runtime.store.read(CONTEXT) as reader:
        assert scrubbed(id, reader, practice.runtime) == caught.value.issues


def test_claim_that_is_not_there_is_told_apart_from_a_deleted_one(practice: Practice) -> None:
    with pytest.raises(NotFound):
        practice.submit("nobody")
    id = practice.claim("S1")
    store = practice.runtime.store
    store.transact(CONTEXT, lambda work: work.delete(work.lock("Claim", id)))  # type: ignore[arg-type]
    with pytest.raises(Gone):
        practice.submit(id)


def test_shown_claim_changes_nothing_and_is_the_sent_one_afterwards(practice: Practice) -> None:
    id = practice.claim("S1")
    runtime = practice.runtime
    with runtime.store.read(CONTEXT) as reader:
        before = shown(id, reader, runtime)
        assert scrubbed(id, reader, runtime) == ()
    assert check(before, "").verdict == "accepted"
    assert practice.exchanges("out") == []
    practice.submit(practice.claim("S0"))
    practice.submit(id)
    with runtime.store.read(CONTEXT) as reader:
        after = shown(id, reader, runtime)
    assert after == practice.exchanges("out")[1].body
    assert after != before


def test_parallel_submissions_send_the_claim_once(practice: Practice) -> None:
    id = practice.claim("S1")
    outcomes: list[str] = []

    def attempt() -> None:
        try:
            submit(id, CONTEXT, practice.runtime)
        except Conflict:
            outcomes.append("refused")
        else:
            outcomes.append("submitted")

    threads = [threading.Thread(target=attempt) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["refused"] * 5 + ["submitted"]
    assert len(practice.exchanges("out")) == 1


def test_parallel_submissions_get_numbers_of_their_own(practice: Practice) -> None:
    ids = [practice.claim(f"P{number}") for number in range(6)]
    threads = [threading.Thread(target=practice.submit, args=(id,)) for id in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    controls = sorted(one.facts.control for one in practice.exchanges("out"))
    assert controls == [f"{number:09d}" for number in range(1, 7)]


KILLS = ("before stage", "after stage", "before release", "after release")


@pytest.mark.parametrize("moment", KILLS)
@pytest.mark.parametrize("fetched", [False, True])
def test_killed_worker_sends_once(
    practice: Practice, moment: str, fetched: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice.submit(practice.claim("S1"))
    store = practice.runtime.store
    job = store.transact(CONTEXT, lambda work: jobs.take(work, 60, 5))
    assert job is not None
    when, step = moment.split()
    original_stage, original_release = directory.stage, directory.release

    def stage(outbox: Path, name: str, data: bytes) -> None:
        if when == "after":
            original_stage(outbox, name, data)
        raise Killed

    def release(outbox: Path, name: str) -> bool:
        if when == "after":
            original_release(outbox, name)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(directory, step, stage if step == "stage" else release)
        with pytest.raises(Killed):
            send(job, practice.runtime)
    taken_by_payer = practice.payer() if fetched else 0
    send(job, practice.runtime)
    (kept,) = practice.exchanges("out")
    assert practice.sent() == ["cascade-000000001.837"]
    assert kept.state == "sent"
    assert practice.payer() + taken_by_payer == 1
    with store.read(CONTEXT) as reader:
        ended = jobs.get(reader, job.id)
        assert ended is not None
        assert ended.state == "done"
        assert [
            one.id
            for one in exchanges.of_resource(
                reader, "Claim", exchanges.links_of(reader, kept.id)[0].id
            )
        ] == [kept.id]


def test_interchange_whose_job_was_given_up_still_leaves(
    practice: Practice,
) -> None:
    id = practice.claim("S1")
    practice.submit(id)
    store = practice.runtime.store
    job = store.transact(CONTEXT, lambda work: jobs.take(work, 60, 5))
    assert job is not None
    store.transact(CONTEXT, lambda work: jobs.fail(work, job, "given up", 1))
    assert practice.work() == 0
    assert send_overdue(practice.runtime) == 0
    settings = replace(practice.runtime.settings, job_lease=-1)
    assert send_overdue(replace(practice.runtime, settings=settings)) == 1
    assert send_overdue(replace(practice.runtime, settings=settings)) == 0
    assert practice.work() == 1
    assert practice.sent() == ["cascade-000000001.837"]
    assert practice.state(id) == "sent"
    assert send_overdue(replace(practice.runtime, settings=settings)) == 0
