"""The queue of messages, what is applied again, tried and mended, on both databases."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from fhir_server.intake.received import Received
from fhir_server.intake.v2 import receive, receive_many
from fhir_server.intake.v2_dry_run import try_message
from fhir_server.intake.v2_letter import Arrival
from fhir_server.intake.v2_queue import (
    apply_again,
    apply_waiting,
    prune_feed,
    queue_again,
    resubmit,
)
from fhir_server.model.feed import Acknowledgment, Failure, FeedRecord, Party
from fhir_server.outcome import Conflict
from fhir_server.runtime import Runtime
from fhir_server.store import exchanges, feeds, message_queue, message_search, unmapped_codes
from fhir_server.store.exchanges import Exchange
from fhir_server.store.message_search import Wanted
from hl7.acknowledgment import read_receipt
from mappers.v2_fhir.dialect import CodeTable, Dialect
from tests.integration.intake.message import (
    HERE,
    PATIENT,
    admit,
    found,
    kept,
    message,
    result,
    sole,
    versions,
)

LAB = FeedRecord(
    "lab", senders=(Party("LIS", "TESTLAB"),), acknowledgment=Acknowledgment("persisted")
)
WRONG = message("ORU^R01^ORU_R01", "BAD", PATIENT)
OTHER = PATIENT.replace("M1^", "M2^")


def put(runtime: Runtime, record: FeedRecord) -> None:
    """Keep a feed; it is in force at once."""
    runtime.store.transact(HERE, lambda work: feeds.put(work, record))
    runtime.feeds.forget()


def later(runtime: Runtime, seconds: int) -> Runtime:
    """Return the runtime so many seconds later."""
    clock = runtime.store.clock

    def then() -> datetime:
        return clock() + timedelta(seconds=seconds)

    store = replace(runtime.store, clock=then)
    return replace(runtime, store=store, clock=then)


def states(runtime: Runtime) -> dict[str, str]:
    return {one.facts.control: one.state for one in kept(runtime)}


def by_control(runtime: Runtime, control: str) -> Exchange:
    (only,) = (one for one in kept(runtime) if one.facts.control == control)
    return only


def codes(taken: Sequence[object]) -> list[str]:
    replies = [one.reply or b"" for one in taken if isinstance(one, Received)]
    return [read_receipt(one).code for one in replies]


def test_messages_that_arrive_together_are_each_answered(runtime: Runtime) -> None:
    several = [
        result("C1", "F"),
        b"garbage",
        result("C2", "F", order="F2", patient=OTHER),
        WRONG,
        result("C1", "F"),
        message("QQQ^Q01", "C4"),
        admit("A08", "C5"),
        result("C6", "P", order="F2", patient=OTHER),
    ]
    taken = receive_many([Arrival(one) for one in several], runtime, HERE)
    assert codes(taken) == ["AA", "AR", "AA", "AE", "AA", "AR", "AA", "AA"]
    assert taken[4] == taken[0]
    assert len(kept(runtime)) == 7
    assert len(found(runtime, "Patient")) == 2
    assert {one["status"] for one in found(runtime, "DiagnosticReport")} == {"final"}
    again = receive_many([Arrival(one) for one in several], runtime, HERE)
    accepted = (0, 2, 4, 6, 7)
    assert [again[at] for at in accepted] == [taken[at] for at in accepted]


def test_safe_message_is_acknowledged_then_applied_by_a_worker(runtime: Runtime) -> None:
    put(runtime, LAB)
    first = receive(result("C1", "F"), runtime, HERE)
    assert (first.state, read_receipt(first.reply or b"").code) == ("received", "AA")
    assert versions(runtime) == {}
    assert receive(result("C1", "F"), runtime, HERE) == first
    assert apply_waiting(runtime) == 1
    assert by_control(runtime, "C1").state == "applied"
    assert len(found(runtime, "Observation")) == 1
    assert apply_waiting(runtime) == 0
    again = receive(result("C1", "F"), runtime, HERE)
    assert (again.reply, again.state) == (first.reply, "applied")


def test_messages_of_a_patient_are_applied_one_after_the_other(runtime: Runtime) -> None:
    put(runtime, LAB)
    for number in range(3):
        receive(admit("A08", f"C{number}"), runtime, HERE)
    receive(admit("A08", "D0", patient=OTHER), runtime, HERE)
    assert [apply_waiting(runtime) for _ in range(4)] == [2, 1, 1, 0]
    assert set(states(runtime).values()) == {"applied"}


@pytest.mark.parametrize("followers", ["continue", "hold"])
def test_failing_message_blocks_its_patient_until_it_is_parked(
    runtime: Runtime, followers: str
) -> None:
    put(runtime, replace(LAB, failure=Failure(2, followers)))  # type: ignore[arg-type]
    receive(WRONG, runtime, HERE)
    receive(result("C2", "F"), runtime, HERE)
    receive(result("D1", "F", patient=OTHER, order="F9"), runtime, HERE)
    assert apply_waiting(runtime) == 2
    assert states(runtime) == {"BAD": "deferred", "C2": "received", "D1": "applied"}
    assert apply_waiting(runtime) == 0
    soon = later(runtime, 10)
    assert apply_waiting(soon) == 1
    assert states(runtime)["BAD"] == "map_error"
    assert apply_waiting(soon) == (1 if followers == "continue" else 0)
    follower = by_control(runtime, "C2")
    if followers == "continue":
        assert follower.state == "warning"
        told = (follower.report or {})["after-parked"]
        assert told == [str(by_control(runtime, "BAD").id)]
    else:
        assert follower.state == "received"


def test_lease_of_a_killed_worker_runs_out(runtime: Runtime) -> None:
    put(runtime, LAB)
    receive(result("C1", "F"), runtime, HERE)
    taken = runtime.store.transact(HERE, lambda work: message_queue.take(work, 10, 60))
    assert len(taken) == 1
    assert apply_waiting(runtime) == 0
    assert apply_waiting(later(runtime, 61)) == 1
    assert states(runtime) == {"C1": "applied"}


def test_failed_message_is_applied_again_when_its_feed_was_mended(runtime: Runtime) -> None:
    put(runtime, replace(LAB, acknowledgment=Acknowledgment(), versions=("2.3",)))
    data = result("C1", "F")
    assert receive(data, runtime, HERE).state == "rejected"
    put(runtime, replace(LAB, acknowledgment=Acknowledgment()))
    assert apply_again(kept(runtime)[0].id, runtime, HERE).state == "applied"
    assert len(found(runtime, "Observation")) == 1
    assert sole(found(runtime, "AuditEvent"))["action"] == "E"
    assert read_receipt(receive(data, runtime, HERE).reply or b"").code == "AA"


def test_message_that_fails_again_stays_with_its_reason(runtime: Runtime) -> None:
    receive(WRONG, runtime, HERE)
    told = apply_again(kept(runtime)[0].id, runtime, HERE)
    assert (told.state, told.reason) == ("map_error", "OBR: the message holds no report")
    assert found(runtime, "AuditEvent") == []


def test_many_messages_are_queued_again(runtime: Runtime) -> None:
    put(runtime, replace(LAB, acknowledgment=Acknowledgment(), versions=("2.3",)))
    for number in range(3):
        receive(result(f"C{number}", "F", order=f"F{number}"), runtime, HERE)
    put(runtime, replace(LAB, acknowledgment=Acknowledgment()))
    ids = [one.id for one in kept(runtime)]
    assert queue_again(ids, runtime, HERE) == 3
    while apply_waiting(runtime):
        pass
    assert set(states(runtime).values()) == {"applied"}
    assert len(found(runtime, "DiagnosticReport")) == 3


def test_mended_copy_is_taken_and_the_original_stays(runtime: Runtime) -> None:
    receive(WRONG, runtime, HERE)
    original = kept(runtime)[0]
    with pytest.raises(Conflict):
        resubmit(original.id, WRONG, runtime, HERE)
    mended = WRONG + b"OBR|1||F1|24323-8^Panel^LN\r"
    made = resubmit(original.id, mended, runtime, HERE)
    assert made.state == "warning"  # its control id is that of the original
    assert kept(runtime)[0] == original
    with runtime.store.read(HERE) as reader:
        copies = message_search.find(reader, Wanted(parent=str(original.id)))
        assert [one.id for one in copies] == [made.exchange]
        assert exchanges.get(reader, made.exchange).body == mended


def test_trial_tells_the_changes_and_stores_nothing(runtime: Runtime) -> None:
    first = try_message(admit("A01", "C1"), runtime, HERE)
    assert (first.state, {str(one["action"]) for one in first.changes}) == ("applied", {"create"})
    assert versions(runtime) == {}
    receive(admit("A01", "C1"), runtime, HERE)
    before = versions(runtime)
    renamed = "PID|1||M1^^^TESTLAB^MR||Harrow^Nora"
    second = try_message(admit("A08", "C2", renamed), runtime, HERE)
    assert "update" in {str(one["action"]) for one in second.changes}
    assert "Harrow" in str(second.changes)
    assert versions(runtime) == before
    assert try_message(WRONG, runtime, HERE).reason == "OBR: the message holds no report"


def test_messages_are_found_by_what_an_operator_knows(runtime: Runtime) -> None:
    put(runtime, replace(LAB, acknowledgment=Acknowledgment()))
    receive(result("C1", "F", order="F1"), runtime, HERE)
    receive(result("C2", "F", order="F2", patient=OTHER), runtime, HERE)
    receive(WRONG, runtime, HERE)
    receive(b"garbage", runtime, HERE)

    def controls(wanted: Wanted) -> list[str]:
        with runtime.store.read(HERE) as reader:
            return [one.facts.control for one in message_search.find(reader, wanted)]

    assert controls(Wanted(mrn="M2")) == ["C2"]
    assert controls(Wanted(mrn="M1")) == ["BAD", "C1"]
    assert controls(Wanted(mrn="M1", states=("applied",))) == ["C1"]
    assert controls(Wanted(order="F2")) == ["C2"]
    assert controls(Wanted(order="PF2")) == ["C2"]
    assert controls(Wanted(control="C1")) == ["C1"]
    assert controls(Wanted(feed="lab", limit=2)) == ["BAD", "C2"]
    assert controls(Wanted(feed="default")) == [""]
    assert controls(Wanted(mrn="M1", order="F2")) == []
    moment = runtime.clock()
    assert controls(Wanted(until=moment - timedelta(hours=1))) == []
    assert len(controls(Wanted(since=moment - timedelta(hours=1)))) == 4
    ids = [one.id for one in kept(runtime)]
    assert controls(Wanted(before=ids[1])) == ["C1"]


def test_code_without_a_row_waits_for_one_and_its_messages_are_applied_again(
    runtime: Runtime,
) -> None:
    table = CodeTable("OBX-3", "http://loinc.org", {"NA": "2951-2"})
    dialect = Dialect(codes=(table,))
    put(runtime, replace(LAB, acknowledgment=Acknowledgment(), dialect=dialect))
    for number in range(2):
        data = result(f"C{number}", "F", order=f"F{number}")
        receive(data.replace(b"2345-7^Glucose^LN", b"GLU^Glucose^L"), runtime, HERE)
    assert set(states(runtime).values()) == {"code_unmapped"}
    with runtime.store.read(HERE) as reader:
        waiting = unmapped_codes.listed(reader)
        ids = [one.id for one in message_search.find(reader, Wanted(code="lab\x1fOBX-3\x1fGLU"))]
    first = kept(runtime)[0].id
    assert [(one.table, one.code, one.first, one.count) for one in waiting] == [
        ("OBX-3", "GLU", first, 2)
    ]
    assert sorted(ids) == [one.id for one in kept(runtime)]


def test_texts_are_removed_after_the_time_of_their_feed(runtime: Runtime) -> None:
    put(runtime, replace(LAB, acknowledgment=Acknowledgment()))
    first = receive(result("C1", "F"), runtime, HERE)
    receive(WRONG, runtime, HERE)
    before = runtime.clock() + timedelta(days=1)
    assert prune_feed("lab", before - timedelta(days=2), runtime, HERE) == 0
    assert prune_feed("lab", before, runtime, HERE) == 1
    assert (by_control(runtime, "C1").body, by_control(runtime, "BAD").body) == (b"", WRONG)
    assert receive(result("C1", "F"), runtime, HERE) == first
