"""Remittances of senders that are no partners wait for a person."""

from dataclasses import replace

import pytest

from fhir_server.billing.stranger import let_in
from fhir_server.outcome import Conflict
from mappers.path import read
from tests.integration.billing.practice import CONTEXT, Practice
from tests.integration.billing.test_life import sent
from tests.unit.mappers.fhir_x12.remit import PAID, remit

STRANGE = remit(PAID, "92.5").replace(b"*ZZ*CHP01          *", b"*ZZ*NOBODY         *")


def test_payment_of_a_stranger_waits_until_a_person_lets_it_in(practice: Practice) -> None:
    id = sent(practice)
    assert practice.receive(STRANGE).state == "set-aside"
    assert practice.state(id) == "sent"
    (whole,) = practice.all("PaymentReconciliation")
    assert whole["status"] == "draft"
    (task,) = practice.all("Task")
    assert read(task, "code.coding.code") == ["unknown-sender"]
    let_in(str(whole["id"]), CONTEXT, practice.runtime)
    practice.poll()
    assert practice.state(id) == "paid"
    (whole,) = practice.all("PaymentReconciliation")
    assert whole["status"] == "active"
    assert [one["status"] for one in practice.all("Task")] == ["completed"]
    with pytest.raises(Conflict):
        let_in(str(whole["id"]), CONTEXT, practice.runtime)


def test_setting_posts_what_comes_from_anybody(practice: Practice) -> None:
    runtime = practice.runtime
    practice.runtime = replace(runtime, settings=replace(runtime.settings, post_strangers=True))
    id = sent(practice)
    assert practice.receive(STRANGE).state == "applied"
    assert practice.state(id) == "paid"
