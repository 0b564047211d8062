"""Claim status asked in real time and in files: a Task beside the claim, and the claim's move."""

from dataclasses import replace

import pytest

from fhir_server.billing.status import ask_status, send_status_questions
from fhir_server.model.partner import Memory
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import FhirError
from fhir_server.store import partners
from fhir_server.transport.memory import MemoryTransport
from mappers.fhir_x12.status_report import reports
from mappers.fhir_x12.status_task import trace_of
from mappers.path import read
from mappers.x12.reader import read as read_x12
from tests.integration.billing.practice import CASCADE, CONTEXT, Practice
from tests.unit.mappers.fhir_x12.remit import interchange

PENDING = "STC*P1:20*20261109**165.5~REF*1K*P77~"


def answering(status: str, data: bytes) -> bytes:
    ((_, _, one),) = read_x12(data).sets()
    claims = "".join(
        f"HL*{at}*3*22*0~NM1*IL*1*Quill*Nora****MI*CHP100200399~TRN*2*{trace_of(report)}~{status}"
        for at, report in enumerate(reports(one.root), 4)
    )
    body = f"""
        ST*277*0001*005010X212~BHT*0010*08*B1*20261110*0900*DG~HL*1**20*1~
        NM1*PR*2*Cascade Health Plan*****PI*CHP01~HL*2*1*21*1~NM1*41*2*Harbor*****46*PARITY~
        HL*3*2*19*1~NM1*1P*2*Harbor*****XX*1999000015~{claims}
    """
    return interchange("HN", "005010X212", body)


def sent(practice: Practice, number: str = "CASE1") -> str:
    id = practice.claim(number)
    practice.submit(id)
    practice.work()
    return id


def told(practice: Practice) -> list[JsonObject]:
    tasks = practice.all("Task")
    return [one for one in tasks if "claim-status" in read(one, "code.coding.code")]


def kinds(practice: Practice) -> list[object]:
    return [code for one in practice.all("Task") for code in read(one, "code.coding.code")]


@pytest.fixture
def payer(practice: Practice) -> MemoryTransport:
    """Return a payer that answers in real time: the claim is pending."""
    transport = MemoryTransport(answering=lambda data: answering(PENDING, data))
    practice.runtime.transports.memory["cascade"] = transport
    return transport


def converse(practice: Practice) -> None:
    partner = replace(CASCADE, transport=Memory("cascade"))
    practice.runtime.store.transact(CONTEXT, lambda work: partners.put(work, partner))


def test_status_is_a_task_beside_the_claim(practice: Practice, payer: MemoryTransport) -> None:
    id = sent(practice)
    converse(practice)
    ask_status(id, CONTEXT, practice.runtime)
    (task,) = told(practice)
    assert read(task, "focus.reference") == [f"Claim/{id}"]
    assert read(task, "businessStatus.coding.code") == ["P1", "20"]
    assert practice.state(id) == "pending"
    (response,) = practice.all("ClaimResponse")
    assert (response["outcome"], read(response, "identifier.value")) == ("queued", ["P77"])


def test_payers_number_is_asked_with_the_next_time(
    practice: Practice, payer: MemoryTransport
) -> None:
    id = sent(practice)
    converse(practice)
    ask_status(id, CONTEXT, practice.runtime)
    ask_status(id, CONTEXT, practice.runtime)
    asked = [one for one in practice.exchanges("out") if one.facts.kind == "276"]
    assert [b"REF*1K*P77" in one.body for one in asked] == [False, True]


def test_rejection_takes_the_claim_back_and_asks_a_person(
    practice: Practice, payer: MemoryTransport
) -> None:
    payer.answering = lambda data: answering("STC*A3:21*20261109~", data)
    id = sent(practice)
    converse(practice)
    ask_status(id, CONTEXT, practice.runtime)
    assert practice.state(id) == "rejected"
    assert kinds(practice) == ["correct-claim"]


def test_payer_that_asks_for_more_leaves_work(practice: Practice, payer: MemoryTransport) -> None:
    payer.answering = lambda data: answering("STC*R4:318*20261109~", data)
    id = sent(practice)
    converse(practice)
    ask_status(id, CONTEXT, practice.runtime)
    assert "answer-payer" in kinds(practice)


def test_answer_to_another_question_is_refused(practice: Practice, payer: MemoryTransport) -> None:
    payer.answering = lambda data: answering(PENDING, data).replace(b"TRN*2*", b"TRN*2*X")
    id = sent(practice)
    converse(practice)
    with pytest.raises(FhirError, match="none of what was asked"):
        ask_status(id, CONTEXT, practice.runtime)
    assert told(practice) == []


def test_many_are_asked_in_one_file_and_answered_in_one(practice: Practice) -> None:
    ids = [sent(practice, "CASE1"), sent(practice, "CASE2")]
    send_status_questions(ids, CONTEXT, practice.runtime)
    assert [one["status"] for one in told(practice)] == ["requested", "requested"]
    (out,) = [one for one in practice.exchanges("out") if one.facts.kind == "276"]
    assert practice.receive(answering(PENDING, out.body)).state == "applied"
    assert [practice.state(id) for id in ids] == ["pending", "pending"]
    assert [one["status"] for one in told(practice)] == ["on-hold", "on-hold"]
