"""What a remittance leads to beyond paying: reversals, takebacks, work for people, large files."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import partial

import pytest

from fhir_server.billing import STEPS
from fhir_server.billing.linking import link_payment
from fhir_server.billing.remittance import Examined, Poster
from fhir_server.intake.step import Steps
from fhir_server.intake.x12 import receive
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import Context
from fhir_server.outcome import Conflict
from fhir_server.runtime import Runtime
from mappers.fhir_x12.extension import RELATED_RESPONSE
from mappers.path import read
from mappers.x12.sets import PAYMENT_835
from tests.integration.billing.practice import CONTEXT, Practice
from tests.unit.mappers.fhir_x12.remit import DENIED, PAID, PATIENT, REVERSED, remit


def sent(practice: Practice, number: str = "CASE1") -> str:
    id = practice.claim(number)
    practice.submit(id)
    practice.work()
    return id


def tasks(practice: Practice, code: str) -> list[JsonObject]:
    return [one for one in practice.all("Task") if code in read(one, "code.coding.code")]


def paid(number: str) -> str:
    return PAID.replace("CASE1", number)


def test_reversal_and_correction_name_the_response_they_speak_of(practice: Practice) -> None:
    sent(practice)
    practice.receive(remit(PAID, "92.5", trace="T1", control=1))
    practice.receive(remit(REVERSED + DENIED, "-92.5", trace="T2", control=2))
    first, reversal, correction = practice.all("ClaimResponse")
    link = f"extension[url={RELATED_RESPONSE}].extension"
    for one, kind in ((reversal, "reverses"), (correction, "corrects")):
        assert read(one, f"{link}[url=relationship].valueCode") == [kind]
        reference = read(one, f"{link}[url=response].valueReference.reference")
        assert reference == [f"ClaimResponse/{first['id']}"]
    assert read(first, link) == []


def test_claim_is_found_by_the_payers_number_where_ours_is_lost(practice: Practice) -> None:
    id = sent(practice)
    practice.receive(remit(PAID, "92.5", trace="T1", control=1))
    lost = REVERSED.replace("CLP*CASE1*", "CLP*0*")
    practice.receive(remit(lost, "-92.5", trace="T2", control=2))
    assert practice.state(id) == "reversed"
    assert tasks(practice, "match-payment") == []


def test_takeback_is_linked_to_the_claim_it_names(practice: Practice) -> None:
    id = sent(practice)
    practice.receive(remit(PAID, "92.5", trace="T1", control=1))
    provider = "PLB*1999000015*20261231*WO:P77*10*FB:T1*2.5~"
    practice.receive(remit("", "-12.5", provider=provider, trace="T2", control=2))
    whole = practice.all("PaymentReconciliation")[1]
    assert read(whole, "detail.amount.value") == [Decimal("-10.00"), Decimal("-2.50")]
    assert read(whole, "detail[0].request.reference") == [f"Claim/{id}"]
    assert read(whole, "detail[1].request") == []
    assert tasks(practice, "provider-adjustment") == []


def test_takeback_that_names_no_claim_is_work_for_a_person(practice: Practice) -> None:
    provider = "PLB*1999000015*20261231*WO:ELSE*10*L6*-1~"
    practice.receive(remit("", "-9", provider=provider))
    (task,) = tasks(practice, "provider-adjustment")
    assert read(task, "input.valueString") == ["ELSE"]
    assert read(task, "input.valueMoney.value") == [Decimal("-10.00")]


def test_payment_of_an_unknown_claim_waits_for_a_person(practice: Practice) -> None:
    practice.receive(remit(PAID, "92.5"))
    (task,) = tasks(practice, "match-payment")
    (response,) = practice.all("ClaimResponse")
    assert task["status"] == "requested"
    assert read(task, "focus.reference") == [f"ClaimResponse/{response['id']}"]


def test_remittance_that_does_not_add_up_waits_for_a_person(practice: Practice) -> None:
    practice.receive(remit(PAID, "92.51"))
    (task,) = tasks(practice, "unbalanced-remittance")
    assert "off 0.01" in str(task["reasonCode"])


def test_corrected_insured_is_work_on_the_coverage(practice: Practice) -> None:
    sent(practice)
    corrected = PAID.replace(PATIENT, f"{PATIENT}NM1*74*1*Quill*Norah****C*CHP100200400~")
    practice.receive(remit(corrected, "92.5"))
    (task,) = tasks(practice, "update-coverage")
    assert read(task, "focus.reference") == ["Coverage/nora"]
    assert read(task, "input.valueString") == ["Quill", "Norah", "CHP100200400"]


@dataclass(frozen=True, slots=True)
class InParts:
    """A step that posts remittances in parts of a size."""

    tally: Callable[[], Examined]


class Killed(Poster):
    """A poster that is killed once it has committed so many parts."""

    parts = 2

    def commit(self) -> None:
        """Commit; the last time is the end of the process."""
        super().commit()
        self.parts -= 1
        if not self.parts:
            raise SystemExit


class CutShort(Examined):
    """A remittance whose posting is killed in the midst."""

    def taker(self, exchange: int, runtime: Runtime, context: Context) -> Poster:
        """Return a poster that is killed."""
        return Killed(self, exchange, runtime, context, 2)


def in_parts(practice: Practice, data: bytes, tally: Callable[[], Examined]) -> str:
    """Take in a remittance by a step of ours."""
    steps: Steps = {**STEPS, PAYMENT_835.kind: InParts(tally)}
    return receive(data, "f", practice.runtime, CONTEXT, steps).state


@pytest.fixture
def five(practice: Practice) -> bytes:
    """Return a remittance of five claims, one of them not known."""
    numbers = [f"CASE{number}" for number in range(1, 5)]
    for number in numbers:
        sent(practice, number)
    return remit("".join(paid(one) for one in [*numbers, "ELSE9"]), "462.5")


def test_large_remittance_is_posted_in_parts_as_in_one(practice: Practice, five: bytes) -> None:
    assert in_parts(practice, five, partial(Examined, 2)) == "applied"
    (whole,) = practice.all("PaymentReconciliation")
    assert len(read(whole, "detail.response.reference")) == 5
    assert len(read(whole, "detail.request.reference")) == 4
    assert len(practice.all("ClaimResponse")) == 5
    assert {practice.state(str(one["id"])) for one in practice.all("Claim")} == {"paid"}
    (kept,) = [one for one in practice.exchanges("in") if one.facts.kind == "835"]
    assert kept.report is not None
    assert kept.report["notes"] == ["CLP 5 answers no claim here"]


def test_remittance_cut_short_is_resumed_where_it_was(practice: Practice, five: bytes) -> None:
    with pytest.raises(SystemExit):
        in_parts(practice, five, CutShort)
    assert len(practice.all("ClaimResponse")) == 4
    assert practice.all("PaymentReconciliation") == []
    assert practice.poll() == 1
    (whole,) = practice.all("PaymentReconciliation")
    assert len(read(whole, "detail.response.reference")) == 5
    assert len(read(whole, "detail.request.reference")) == 4
    assert len(practice.all("ClaimResponse")) == 5
    for one in practice.all("Claim"):
        assert practice.story(str(one["id"])).count("paid") == 1
    assert len(tasks(practice, "match-payment")) == 1


def test_same_payment_again_changes_nothing(practice: Practice, five: bytes) -> None:
    in_parts(practice, five, partial(Examined, 2))
    again = five.replace(b"000000031", b"000000032")
    assert in_parts(practice, again, partial(Examined, 2)) == "set-aside"
    assert len(practice.all("ClaimResponse")) == 5
    assert len(practice.all("PaymentReconciliation")) == 1


def test_unmatched_payment_is_linked_by_a_person(practice: Practice) -> None:
    practice.receive(remit(paid("ELSE9"), "92.5"))
    id = sent(practice)
    (response,) = practice.all("ClaimResponse")
    link_payment(str(response["id"]), id, CONTEXT, practice.runtime)
    (linked,) = practice.all("ClaimResponse")
    assert read(linked, "request.reference") == [f"Claim/{id}"]
    assert read(linked, "meta.tag") == []
    assert read(linked, "item.itemSequence") == [1, 2]
    assert practice.state(id) == "paid"
    (task,) = tasks(practice, "match-payment")
    assert task["status"] == "completed"
    (whole,) = practice.all("PaymentReconciliation")
    assert read(whole, "detail.request.reference") == [f"Claim/{id}"]
    with pytest.raises(Conflict, match="has a claim already"):
        link_payment(str(response["id"]), id, CONTEXT, practice.runtime)


def test_payment_is_not_linked_to_a_claim_that_was_never_sent(practice: Practice) -> None:
    practice.receive(remit(paid("ELSE9"), "92.5"))
    (response,) = practice.all("ClaimResponse")
    with pytest.raises(Conflict):
        link_payment(str(response["id"]), practice.claim("CASE1"), CONTEXT, practice.runtime)
    assert read(practice.all("ClaimResponse")[0], "request") == []


def test_payers_number_does_not_find_a_claim_of_another_charge(practice: Practice) -> None:
    sent(practice)
    practice.receive(remit(PAID, "92.5", trace="T1", control=1))
    other = f"CLP*0*1*99*99**12*P77*11*1~{PATIENT}"
    practice.receive(remit(other, "99", trace="T2", control=2))
    assert len(tasks(practice, "match-payment")) == 1
