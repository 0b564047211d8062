"""The loopback payer over HTTP, through our own transport: claims out, answers in, questions."""

import time
from collections.abc import Iterator
from dataclasses import replace

import pytest

from demo.payer.scenario import scenario_of
from demo.payer.web import PayerServer, serving
from fhir_server.billing import STEPS, sending
from fhir_server.billing.realtime import ask
from fhir_server.intake.inbox import poll_inboxes
from fhir_server.model.partner import Https, Partner
from fhir_server.model.resource import JsonObject
from fhir_server.store import jobs, partners
from fhir_server.transport.https import HttpsTransport
from mappers.path import read as values
from mappers.x12.sets import ELIGIBILITY_270
from mappers.x12.writer import Envelope, enclose
from tests.integration.billing.practice import CASCADE, CONTEXT, Practice

RULES = [
    {"claim": "REJECT*", "status": "A7:453:85", "times": 1},
    {"claim": "DENY*", "deny": {"2": ["CO", "197", "N54"]}, "reverse": True},
]


@pytest.fixture
def payer() -> Iterator[PayerServer]:
    with serving(0, scenario_of(RULES)) as server:
        yield server


@pytest.fixture
def partner(practice: Practice, payer: PayerServer) -> Partner:
    base = f"http://127.0.0.1:{payer.server_port}"
    way = Https(f"{base}/deliver", f"{base}/collect", f"{base}/ask", timeout=5)
    partner = replace(CASCADE, transport=way)
    practice.runtime.store.transact(CONTEXT, lambda work: partners.put(work, partner))
    return partner


def exchanged(practice: Practice, number: str) -> str:
    id = practice.claim(number)
    practice.submit(id)
    practice.work()
    poll_inboxes(practice.runtime, STEPS)
    return id


def test_claim_is_delivered_acknowledged_and_paid(practice: Practice, partner: Partner) -> None:
    id = exchanged(practice, "CASE1")
    assert practice.story(id) == ["draft", "ready", "sent", "received", "accepted", "paid"]


def test_line_is_denied_then_reversed_and_corrected(practice: Practice, partner: Partner) -> None:
    id = exchanged(practice, "DENY1")
    assert practice.story(id)[-3:] == ["partly-paid", "reversed", "paid"]


def test_delivered_twice_is_refused_and_answered_once(
    practice: Practice, partner: Partner, payer: PayerServer
) -> None:
    exchanged(practice, "CASE1")
    (kept,) = [one for one in practice.exchanges("out") if one.facts.kind == "837"]
    assert isinstance(partner.transport, Https)
    transport = HttpsTransport(partner.transport, practice.runtime.settings)
    assert not transport.release(kept.facts.name, kept.body)
    assert len(payer.delivered) == 1


def question(envelope: Envelope) -> bytes:
    lines = [
        "ST*270*0001*005010X279A1", "BHT*0022*13*Q1*20261110*0900", "HL*1**20*1",
        "NM1*PR*2*CASCADE*****PI*CHP01", "HL*2*1*21*1", "NM1*1P*2*HARBOR*****XX*1999000015",
        "HL*3*2*22*0", "TRN*1*T77*9199900001", "NM1*IL*1*QUILL*NORA****MI*CHP100200399",
        "EQ*30", "SE*11*0001",
    ]  # fmt: skip
    return enclose(envelope, ELIGIBILITY_270, [lines])


def test_question_is_answered_within_a_second(practice: Practice, partner: Partner) -> None:
    begun = time.monotonic()
    talk = ask(partner, "270", question, CONTEXT, practice.runtime)
    assert time.monotonic() - begun < 1
    ((_, _, one),) = talk.document.sets()
    assert one.kind == "271"
    assert [each.element(2) for each in one.segments if each.id == "TRN"] == ["T77"]
    assert talk.refusals == ()


def to_correct(practice: Practice) -> list[JsonObject]:
    """Return the Tasks to correct a claim."""
    return [
        one for one in practice.all("Task") if "correct-claim" in values(one, "code.coding.code")
    ]


def test_rejected_claim_is_corrected_and_paid(practice: Practice, partner: Partner) -> None:
    id = exchanged(practice, "REJECT1")
    assert practice.state(id) == "rejected"
    (task,) = to_correct(practice)
    assert values(task, "input.type.text") == ["Claim.item.modifier"]
    practice.submit(id)
    practice.work()
    assert [one["status"] for one in to_correct(practice)] == ["completed"]
    assert practice.state(id) == "sent"


def test_worker_lost_after_the_file_left_sends_no_second_one(
    practice: Practice, partner: Partner, payer: PayerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice.submit(practice.claim("CASE1"))
    store = practice.runtime.store
    job = store.transact(CONTEXT, lambda work: jobs.take(work, -1, 5))
    assert job is not None

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(sending, "_release", killed)
        with pytest.raises(KeyboardInterrupt):
            sending.send(job, practice.runtime)
    assert len(payer.delivered) == 1
    practice.work()
    assert len(payer.delivered) == 1
    assert [one.state for one in practice.exchanges("out")] == ["sent"]
