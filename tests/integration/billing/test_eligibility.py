"""Eligibility asked in real time and in files: question and answer find each other and stay."""

from dataclasses import replace

import pytest

from fhir_server.billing.eligibility import send_requests, submit_request
from fhir_server.interactions.write import insert
from fhir_server.model.partner import Memory
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import FhirError
from fhir_server.store import partners
from fhir_server.transport.failure import NoAnswer
from fhir_server.transport.memory import MemoryTransport
from mappers.fhir_x12.eligibility_asked import asked_of
from mappers.path import read
from mappers.x12.reader import read as read_x12
from tests.integration.billing.practice import CASCADE, CONTEXT, Practice
from tests.unit.mappers.fhir_x12.remit import interchange

REQUEST: JsonObject = {
    "resourceType": "CoverageEligibilityRequest",
    "status": "active",
    "purpose": ["benefits"],
    "patient": {"reference": "Patient/nora"},
    "created": "2026-11-10",
    "provider": {"reference": "Organization/clinic"},
    "insurer": {"reference": "Organization/plan"},
    "insurance": [{"focal": True, "coverage": {"reference": "Coverage/nora"}}],
}
ACTIVE = "EB*1**30~EB*B**MH***27*20****Y~"


def traces(data: bytes) -> list[str]:
    ((_, _, one),) = read_x12(data).sets()
    return [trace for answer, _ in asked_of(one.root) for trace in answer.traces]


def answering(benefits: str, data: bytes, control: int = 31) -> bytes:
    people = "".join(
        f"HL*{at}*2*22*0~TRN*2*{trace}*9PARITY000~NM1*IL*1*Quill*Nora****MI*CHP100200399~{benefits}"
        for at, trace in enumerate(traces(data), 3)
    )
    body = f"""
        ST*271*0001*005010X279A1~BHT*0022*11*B1*20261110*0900~HL*1**20*1~
        NM1*PR*2*Cascade Health Plan*****PI*CHP01~HL*2*1*21*1~
        NM1*1P*2*Harbor*****XX*1999000015~{people}
    """
    return interchange("HB", "005010X279A1", body, control)


def stored(practice: Practice, request: JsonObject = REQUEST) -> str:
    return practice.runtime.store.transact(CONTEXT, lambda work: insert(request, work).id)


@pytest.fixture
def payer(practice: Practice) -> MemoryTransport:
    """Return a payer that answers in real time: active, with a copay."""
    partner = replace(CASCADE, transport=Memory("cascade"))
    practice.runtime.store.transact(CONTEXT, lambda work: partners.put(work, partner))
    transport = MemoryTransport(answering=lambda data: answering(ACTIVE, data))
    practice.runtime.transports.memory["cascade"] = transport
    return transport


def test_answer_is_stored_beside_its_request(practice: Practice, payer: MemoryTransport) -> None:
    id = stored(practice)
    submit_request(id, CONTEXT, practice.runtime)
    (response,) = practice.all("CoverageEligibilityResponse")
    assert read(response, "request.reference") == [f"CoverageEligibilityRequest/{id}"]
    assert read(response, "insurance.inforce") == [True]
    assert len(read(response, "insurance.item")) == 2
    (out,), (back,) = practice.exchanges("out"), practice.exchanges("in")
    assert (out.facts.kind, out.state, back.state) == ("270", "answered", "applied")
    assert b"EQ*30^MH~" in out.body


def test_rejection_leaves_work_that_names_what_to_correct(
    practice: Practice, payer: MemoryTransport
) -> None:
    payer.answering = lambda data: answering("AAA*N**72*C~", data)
    submit_request(stored(practice), CONTEXT, practice.runtime)
    (response,) = practice.all("CoverageEligibilityResponse")
    assert response["outcome"] == "error"
    (task,) = practice.all("Task")
    assert read(task, "code.coding.code") == ["correct-eligibility"]
    assert "member number" in str(task["reasonCode"])


def test_payer_that_is_down_leaves_no_work(practice: Practice, payer: MemoryTransport) -> None:
    payer.answering = lambda data: answering("AAA*Y**42*R~", data)
    submit_request(stored(practice), CONTEXT, practice.runtime)
    (response,) = practice.all("CoverageEligibilityResponse")
    assert read(response, "error.code.text") == [
        "the payer's system is down: ask again later; may be asked again"
    ]
    assert practice.all("Task") == []


def test_authorization_that_is_needed_is_work(practice: Practice, payer: MemoryTransport) -> None:
    payer.answering = lambda data: answering("EB*1**30~EB*1**MH********Y~", data)
    submit_request(stored(practice), CONTEXT, practice.runtime)
    (task,) = practice.all("Task")
    assert read(task, "code.coding.code") == ["obtain-authorization"]


def silent(data: bytes) -> bytes:
    raise NoAnswer("the partner gave no answer within 20 seconds")


def other(data: bytes) -> bytes:
    return answering(ACTIVE, data).replace(b"TRN*2*", b"TRN*2*X")


def refusing(data: bytes) -> bytes:
    body = "ST*999*0001*005010X231A1~AK1*HS*1*005010X279A1~AK2*270*0001~IK5*R~AK9*R*1*1*0~"
    return interchange("FA", "005010X231A1", body)


@pytest.mark.parametrize(
    ("answer", "told"),
    [(silent, "no answer"), (other, "none of what was asked"), (refusing, "999 refuses")],
    ids=["silent", "another question", "refused"],
)
def test_question_without_an_answer_is_told_and_stores_none(
    practice: Practice, payer: MemoryTransport, answer: object, told: str
) -> None:
    payer.answering = answer  # type: ignore[assignment]
    with pytest.raises(FhirError, match=told):
        submit_request(stored(practice), CONTEXT, practice.runtime)
    assert practice.all("CoverageEligibilityResponse") == []


def test_partner_asks_for_its_own_service_types(practice: Practice, payer: MemoryTransport) -> None:
    partner = replace(CASCADE, transport=Memory("cascade"), service_types=("98",))
    practice.runtime.store.transact(CONTEXT, lambda work: partners.put(work, partner))
    submit_request(stored(practice), CONTEXT, practice.runtime)
    assert b"EQ*98~" in practice.exchanges("out")[0].body


def test_many_are_asked_in_one_file_and_answered_in_one(practice: Practice) -> None:
    ids = [stored(practice), stored(practice)]
    send_requests(ids, CONTEXT, practice.runtime)
    queued = practice.all("CoverageEligibilityResponse")
    assert [one["outcome"] for one in queued] == ["queued", "queued"]
    (out,) = practice.exchanges("out")
    assert traces(out.body) == ids
    practice.work()
    assert practice.exchanges("out")[0].state == "sent"
    assert practice.receive(answering(ACTIVE, out.body)).state == "applied"
    answered = practice.all("CoverageEligibilityResponse")[2:]
    assert sorted(str(read(one, "request.reference")[0]) for one in answered) == sorted(
        f"CoverageEligibilityRequest/{id}" for id in ids
    )
    assert {one["outcome"] for one in answered} == {"complete"}


def test_answer_to_no_request_is_set_aside(practice: Practice) -> None:
    send_requests([stored(practice)], CONTEXT, practice.runtime)
    (out,) = practice.exchanges("out")
    assert practice.receive(other(out.body)).state == "set-aside"
