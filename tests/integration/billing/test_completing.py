"""A claim completed by what is stored: its authorization, the payer's number; and void claims."""

import pytest

from fhir_server.billing.step import take_step
from fhir_server.billing.submission import scrubbed
from fhir_server.interactions.write import insert, save
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import Conflict
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.path import read
from tests.integration.billing.practice import CONTEXT, Practice
from tests.integration.billing.test_life import sent
from tests.unit.fhir_server.billing.test_certified import BOTH, request, response
from tests.unit.mappers.fhir_x12.remit import PAID, REVERSED, remit, status, statuses

SYSTEM = "http://terminology.hl7.org/CodeSystem/ex-relatedclaimrelationship"
PARTIES: JsonObject = {
    "patient": {"reference": "Patient/nora"},
    "insurer": {"reference": "Organization/plan"},
    "created": "2026-11-01",
    "status": "active",
    "type": {"coding": [{"code": "professional"}]},
}


def reviewed(practice: Practice, asked: JsonObject, answer: JsonObject) -> None:
    """Store a review and its answer."""

    def store(work: UnitOfWork) -> None:
        id = insert({**asked, **PARTIES, "provider": {"reference": "Organization/clinic"}}, work).id
        told = {**answer, **PARTIES, "outcome": "complete", "id": "review-1"}
        save({**told, "request": {"reference": f"Claim/{id}"}}, work, practice.runtime)

    practice.runtime.store.transact(CONTEXT, store)


def test_authorization_of_a_review_is_claimed_under(practice: Practice) -> None:
    reviewed(practice, BOTH, response("A1", "A1"))
    id = sent(practice)
    assert read(practice.read("Claim", id), "insurance.preAuthRef") == ["AUTH1"]
    assert b"~REF*G1*AUTH1~" in practice.exchanges("out")[0].body


def test_authorization_the_claim_names_is_left(practice: Practice) -> None:
    reviewed(practice, BOTH, response("A1", "A1"))
    id = practice.claim("S1")
    claim = practice.read("Claim", id)
    (insurance,) = read(claim, "insurance")
    assert isinstance(insurance, dict)
    named: JsonObject = {**insurance, "preAuthRef": ["OWN"]}
    own: JsonObject = {**claim, "insurance": [named]}
    practice.runtime.store.transact(CONTEXT, lambda work: save(own, work, practice.runtime))
    practice.submit(id)
    assert b"~REF*G1*OWN~" in practice.exchanges("out")[0].body


def test_units_that_are_used_up_are_a_warning(practice: Practice) -> None:
    reviewed(practice, request("90834", units=1), response("A1"))
    sent(practice, "S1")
    id = practice.claim("S2")
    with practice.runtime.store.read(CONTEXT) as reader:
        issues = scrubbed(id, reader, practice.runtime)
    assert [one.severity for one in issues if one.detail == "authorization-used-up"] == ["warning"]
    practice.submit(id)
    assert b"REF*G1" not in practice.exchanges("out")[-1].body


def test_replacement_names_the_last_number_of_the_payer(practice: Practice) -> None:
    id = sent(practice)
    number = "REF*1K*FIRST~"
    practice.receive(statuses(status("CASE1", f"STC*A2:20:PR*20261104*WQ*165.5~{number}")))
    practice.receive(remit(PAID, "92.5"))
    related: JsonObject = {
        "claim": {"reference": f"Claim/{id}"},
        "relationship": {"coding": [{"system": SYSTEM, "code": "prior"}]},
    }
    again = practice.claim("CASE2", {"related": [related]})
    practice.submit(again)
    assert b"~REF*F8*P77~" in practice.exchanges("out")[-1].body


def test_decided_claim_is_voided_by_a_claim_of_frequency_8(practice: Practice) -> None:
    id = sent(practice)
    practice.receive(remit(PAID, "92.5", trace="T1"))
    made = take_step(id, "void", "never given", CONTEXT, practice.runtime)
    again = take_step(id, "void", "never given", CONTEXT, practice.runtime)
    assert made.id == again.id != id
    assert practice.state(id) == "paid"
    assert read(decode(made.body), "related.claim.reference") == [f"Claim/{id}"]
    practice.submit(made.id)
    practice.work()
    body = practice.exchanges("out")[-1].body
    assert b":B:8*" in body
    assert b"~REF*F8*P77~" in body
    practice.receive(statuses(status("CASE1", "STC*A2:20:PR*20261104*WQ*165.5~")))
    assert (practice.state(made.id), practice.state(id)) == ("accepted", "paid")
    practice.receive(remit(REVERSED, "0", provider="PLB*1999000015*20261231*WO:P77*-92.5~",
                           trace="T2", control=32))  # fmt: skip
    assert practice.state(id) == "reversed"


def test_claim_with_the_payer_is_not_void_before_its_decision(practice: Practice) -> None:
    id = sent(practice)
    with pytest.raises(Conflict, match="has not decided it"):
        take_step(id, "void", "", CONTEXT, practice.runtime)
    assert practice.state(id) == "sent"
