"""Payments whose numbers nobody knows: the claims they may be of, by member, day and charge."""

from dataclasses import replace

from fhir_server.billing.linking import link_payment
from fhir_server.store import partners
from mappers.path import read
from tests.integration.billing.practice import CASCADE, CONTEXT, Practice
from tests.integration.billing.test_life import sent
from tests.unit.mappers.fhir_x12.remit import PAID, remit

GARBLED = PAID.replace("CLP*CASE1*", "CLP*GARBLED*").replace("*P77*", "*P99*")


def test_payment_of_garbled_numbers_proposes_the_claim_of_member_day_and_charge(
    practice: Practice,
) -> None:
    id = sent(practice)
    practice.receive(remit(GARBLED, "92.5"))
    assert practice.state(id) == "sent"
    (task,) = [one for one in practice.all("Task") if "match-payment" in str(one)]
    assert read(task, "input.valueReference.reference") == [f"Claim/{id}"]
    response = str(read(task, "focus.reference")[0]).rpartition("/")[2]
    link_payment(response, id, CONTEXT, practice.runtime)
    assert practice.state(id) == "paid"


def test_only_claim_alike_is_paid_where_the_partner_says_so(practice: Practice) -> None:
    trusting = replace(CASCADE, matches_alike=True)
    practice.runtime.store.transact(CONTEXT, lambda work: partners.put(work, trusting))
    id = sent(practice)
    practice.receive(remit(GARBLED, "92.5"))
    assert practice.state(id) == "paid"
    assert [one for one in practice.all("Task") if "match-payment" in str(one)] == []


def test_two_claims_alike_are_left_to_a_person(practice: Practice) -> None:
    trusting = replace(CASCADE, matches_alike=True)
    practice.runtime.store.transact(CONTEXT, lambda work: partners.put(work, trusting))
    ids = [sent(practice, "CASE1"), sent(practice, "CASE2")]
    practice.receive(remit(GARBLED, "92.5"))
    assert [practice.state(id) for id in ids] == ["sent", "sent"]
    (task,) = [one for one in practice.all("Task") if "match-payment" in str(one)]
    assert sorted(map(str, read(task, "input.valueReference.reference"))) == sorted(
        f"Claim/{id}" for id in ids
    )
