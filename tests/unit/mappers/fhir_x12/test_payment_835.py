"""A remittance as FHIR: a response a claim payment, one reconciliation that sums to the payment."""

from decimal import Decimal

import pytest

from fhir_server.validation.structure import Validator
from mappers.fhir_x12.line_match import match_lines
from mappers.fhir_x12.payment_835 import (
    Answered,
    claim_response,
    payment_reconciliation,
    set_aside,
)
from mappers.fhir_x12.remittance import Remittance
from mappers.path import JsonObject, read
from profiles.loader import load
from tests.unit.mappers.fhir_x12.case import subscriber
from tests.unit.mappers.fhir_x12.remit import DENIED, PAID, REVERSED, facts

CREATED = "2026-11-10T09:00:00Z"


@pytest.fixture(scope="module")
def validator() -> Validator:
    return Validator(load())


def answered(remittance: Remittance, *, known: bool = True) -> list[Answered]:
    claim = subscriber().claim if known else None
    return [Answered(one, claim, f"r{one.number}") for one in remittance.claims]


def response(claims: str, paid: str, *, known: bool = True) -> JsonObject:
    remittance = facts(claims, paid)
    return claim_response(remittance, answered(remittance, known=known)[0], CREATED)


def test_lines_are_answered_by_their_sequence() -> None:
    tree = response(PAID, "92.5")
    assert read(tree, "item.itemSequence") == [1, 2]
    assert "addItem" not in tree
    assert read(tree, "request.reference") == ["Claim/case1"]
    assert read(tree, "patient.reference") == ["Patient/nora"]


def test_each_triplet_is_an_adjudication_with_group_reason_and_amount() -> None:
    tree = response(PAID, "92.5")
    told = [
        (
            read(one, "category.coding.code")[0],
            *read(one, "reason.coding.code"),
            read(one, "amount.value")[0],
        )
        for one in read(tree, "item[0].adjudication")
    ]
    assert told == [
        ("submitted", Decimal("145.00")),
        ("eligible", Decimal("98.40")),
        ("CO", "45", Decimal("46.60")),
        ("PR", "3", Decimal("20.00")),
        ("benefit", Decimal("78.40")),
    ]


def test_six_triplets_of_one_segment_are_all_kept() -> None:
    cas = "CAS*CO*1*1**2*2*5*3*3**4*4**5*5**6*6~"
    claim = f"CLP*CASE1*1*121*100**12*P~{cas}NM1*QC*1*Q~"
    tree = response(claim, "100")
    assert read(tree, "adjudication.reason.coding.code") == ["1", "2", "3", "4", "5", "6"]
    assert read(tree, "adjudication.value") == [Decimal(5)]


def test_remark_codes_become_notes_of_their_line() -> None:
    tree = response(PAID, "92.5")
    assert read(tree, "processNote.text") == ["RARC N130", "RARC M15"]
    assert read(tree, "item[1].noteNumber") == [1, 2]


def test_adjustments_of_the_claim_stay_at_the_claim() -> None:
    tree = response(DENIED, "0")
    assert read(tree, "adjudication.reason.coding.code") == ["29"]
    assert tree["disposition"] == "denied"


def test_claim_not_found_is_kept_flagged_with_its_number() -> None:
    tree = response(PAID, "92.5", known=False)
    assert read(tree, "meta.tag.code") == ["unmatched"]
    assert "request" not in tree
    assert "CASE1" in read(tree, "identifier.value")
    assert len(read(tree, "addItem")) == 2


def test_reversal_keeps_its_signs() -> None:
    tree = response(REVERSED, "-92.5")
    assert read(tree, "payment.amount.value") == [Decimal("-92.50")]
    assert read(tree, "item[0].adjudication.amount.value")[0] == Decimal("-145.00")


def test_details_sum_to_the_payment_with_provider_adjustments_among_them() -> None:
    remittance = facts(REVERSED + PAID, "-2.5", provider="PLB*1*20261231*WO:OLD1*2.5~")
    tree = payment_reconciliation(remittance, answered(remittance), "p", CREATED)
    amounts = [one for one in read(tree, "detail.amount.value") if isinstance(one, Decimal)]
    assert amounts == [Decimal("-92.50"), Decimal("92.50"), Decimal("-2.50")]
    assert [sum(amounts)] == read(tree, "paymentAmount.value")
    assert read(tree, "detail[2].identifier.value") == ["OLD1"]


def test_remittance_set_aside_says_why_and_posts_nothing() -> None:
    tree = set_aside(facts(PAID, "1"), "p", CREATED, "set aside: it does not add up")
    assert (tree["status"], tree["outcome"]) == ("draft", "error")
    assert "detail" not in tree


@pytest.mark.parametrize("claims", [PAID, DENIED, REVERSED])
@pytest.mark.parametrize("known", [True, False])
def test_resources_are_valid(claims: str, known: bool, validator: Validator) -> None:
    remittance = facts(claims, "0")
    answers = answered(remittance, known=known)
    assert validator.check(claim_response(remittance, answers[0], CREATED)) == ()
    assert validator.check(payment_reconciliation(remittance, answers, "p", CREATED)) == ()
    assert validator.check(set_aside(remittance, "p", CREATED, "why")) == ()


def test_line_is_found_by_code_and_charge_without_a_control_number() -> None:
    services = facts(PAID.replace("REF*6R", "REF*0K"), "92.5").claims[0].services
    assert match_lines(subscriber().claim, services) == {1: 1, 2: 2}


def test_line_is_found_by_the_code_it_was_sent_with() -> None:
    changed = PAID.replace("REF*6R", "REF*0K").replace(
        "SVC*HC:90834*145*78.4**1~", "SVC*HC:90832*145*78.4**1*HC:90834~"
    )
    services = facts(changed, "92.5").claims[0].services
    assert match_lines(subscriber().claim, services) == {1: 1, 2: 2}


GARBLED = PAID.replace("SVC*HC:90785*20.5*14.1**1~", "SVC*HC*90785*20.5*14.1**1~")


@pytest.mark.parametrize(("known", "member"), [(True, "item[1]"), (False, "addItem[1]")])
def test_garbled_line_gives_its_adjustments_and_no_amounts_of_its_own(
    known: bool, member: str, validator: Validator
) -> None:
    tree = response(GARBLED, "92.5", known=known)
    assert read(tree, f"{member}.adjudication.reason.coding.code") == ["45"]
    assert read(tree, f"{member}.adjudication.category.coding.code") == ["CO"]
    assert read(tree, f"{member}.net") == []
    assert validator.check(tree) == ()


def test_payment_without_any_number_is_valid_too(validator: Validator) -> None:
    tree = response(PAID.replace("CLP*CASE1*1", "CLP**1").replace("*P77*", "**"), "92.5")
    assert "identifier" not in tree
    assert validator.check(tree) == ()


def test_garbled_line_without_adjustments_leaves_a_valid_response(validator: Validator) -> None:
    tree = response(GARBLED.replace("CAS*CO*45*6.4~", ""), "92.5")
    assert validator.check(tree) == ()


def test_line_is_never_answered_twice() -> None:
    claim = subscriber().claim
    twice = facts(PAID.replace("90785*20.5*14.1", "90834*145*14.1"), "92.5").claims[0].services
    without = [one for one in twice if one.number == 1] * 1
    assert match_lines(claim, without) == {1: 1}
    found = match_lines(claim, twice)
    assert sorted(found.values()) == sorted(set(found.values()))
