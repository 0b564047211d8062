"""What stands of a claim: reversals taken off, and the explanation in the slots of CARIN."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_server.validation.structure import Validator
from mappers.fhir_x12.explanation import explanation
from mappers.fhir_x12.netting import net
from mappers.fhir_x12.payment_835 import Answered, claim_response
from mappers.path import JsonObject, read
from profiles.loader import load
from tests.unit.mappers.fhir_x12.case import subscriber
from tests.unit.mappers.fhir_x12.remit import DENIED, PAID, REVERSED, facts

CREATED = "2026-11-10T09:00:00Z"


def responses(*claims: str) -> list[JsonObject]:
    claim = subscriber().claim
    found = facts("".join(claims), "0")
    return [
        claim_response(found, Answered(one, claim, f"r{one.number}"), CREATED)
        for one in found.claims
    ]


def told(*claims: str) -> JsonObject:
    tree = explanation(subscriber().claim, responses(*claims), CREATED)
    assert tree is not None
    return tree


def total(tree: JsonObject, code: str) -> list[object]:
    return [
        read(one, "amount.value")[0]
        for one in read(tree, "total")
        if code in read(one, "category.coding.code")
    ]


def test_explanation_is_valid_and_says_what_was_paid() -> None:
    tree = told(PAID)
    assert Validator(load()).check(tree) == ()
    assert read(tree, "payment.amount.value") == [Decimal("92.50")]
    assert read(tree, "payment.type.coding.code") == ["paid"]
    assert total(tree, "submitted") == [Decimal("165.50")]
    assert total(tree, "discount") == [Decimal("53.00")]
    assert total(tree, "copay") == [Decimal("20.00")]
    assert read(tree, "claim.reference") == ["Claim/case1"]


def test_reversal_leaves_nothing_of_what_it_takes_back() -> None:
    found = net(responses(PAID, REVERSED))
    assert found is not None
    assert (found.lines, found.paid) == ({}, Decimal())


def test_correction_is_what_stands() -> None:
    tree = told(PAID, REVERSED, DENIED)
    assert read(tree, "payment.amount.value") == [Decimal("0.00")]
    assert read(tree, "payment.type.coding.code") == ["denied"]
    assert read(tree, "adjudication.reason.coding.code") == ["29"]


def test_claim_denied_on_one_line_is_partly_paid() -> None:
    claims = PAID.replace("20.5*14.1**1", "20.5*0**1").replace("CO*45*6.4", "CO*96*20.5")
    tree = told(claims.replace("165.5*92.5*20", "165.5*78.4*20"))
    assert read(tree, "payment.type.coding.code") == ["partiallypaid"]


def test_nothing_is_explained_before_a_remittance() -> None:
    assert explanation(subscriber().claim, [], CREATED) is None


@given(st.integers(min_value=0, max_value=6))
def test_any_number_of_reversed_payments_adds_up_to_the_last(rounds: int) -> None:
    found = net(responses(*[PAID, REVERSED] * rounds, PAID))
    alone = net(responses(PAID))
    assert found is not None and alone is not None  # noqa: PT018
    assert (found.lines, found.paid) == (alone.lines, alone.paid)


@pytest.mark.parametrize("status", ["23", "25"])
def test_forwarding_and_prediction_pay_nothing(status: str) -> None:
    found = net(responses(DENIED.replace("CASE1*4", f"CASE1*{status}")))
    assert found is not None
    assert found.paid == Decimal()
