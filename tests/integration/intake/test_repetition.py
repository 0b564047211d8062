"""A control number used again for other bytes is refused by TA1 025; the same bytes are not."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fhir_server.intake.received import Received
from fhir_server.store import partners
from mappers.x12.reader import read
from mappers.x12.responses import interchange_response
from tests.integration.billing.practice import CASCADE, CONTEXT, Practice, open_practice
from tests.unit.mappers.fhir_x12.remit import PAID, remit, status, statuses

OTHER = remit(PAID, "92.5", trace="T2")


@pytest.fixture
def practice(database_url: str, tmp_path: Path) -> Iterator[Practice]:
    with open_practice(database_url, tmp_path) as opened:
        yield opened


def verdicts(taken: Received) -> list[tuple[str, str]]:
    """Return TA104 and TA105 of the answer."""
    told = [
        interchange_response(segment)
        for interchange in read(taken.reply or b"").interchanges
        for segment in interchange.acknowledgments
    ]
    return [(one.verdict, one.note) for one in told]


def test_other_bytes_under_the_same_number_are_refused_and_kept(practice: Practice) -> None:
    first = practice.receive(remit(PAID, "92.5", trace="T1"))
    again = practice.receive(OTHER)
    assert verdicts(first) == []
    assert verdicts(again) == [("R", "025")]
    assert not list(read(again.reply or b"").sets())
    assert again.state == "set-aside"
    assert len(practice.all("PaymentReconciliation")) == 1
    kept = practice.exchanges("in")[1]
    assert kept.body == OTHER
    assert kept.report is not None
    assert "same control number" in str(kept.report["notes"])


def test_same_bytes_are_answered_as_the_first_time(practice: Practice) -> None:
    first = practice.receive(remit(PAID, "92.5"))
    again = practice.receive(remit(PAID, "92.5"))
    assert (again.exchange, again.reply) == (first.exchange, first.reply)
    refused = practice.receive(OTHER)
    assert practice.receive(OTHER).reply == refused.reply


def test_each_interchange_of_a_file_is_looked_at(practice: Practice) -> None:
    one, two = (
        remit(PAID, "92.5", trace="T1", control=1),
        remit(PAID, "92.5", trace="T2", control=2),
    )
    practice.receive(one)
    taken = practice.receive(one.replace(b"T1", b"T3") + two)
    assert verdicts(taken) == [("R", "025")]
    assert len(list(read(taken.reply or b"").sets())) == 1
    assert len(practice.all("PaymentReconciliation")) == 2
    twice = practice.receive(
        remit(PAID, "92.5", trace="T4", control=4) + remit(PAID, "92.5", trace="T5", control=4)
    )
    assert verdicts(twice) == [("R", "025")]


def test_interchange_that_was_not_whole_is_sent_again_under_its_number(practice: Practice) -> None:
    data = remit(PAID, "92.5")
    cut = practice.receive(data[: data.index(b"LQ*HE*M15")])
    assert cut.state == "set-aside"
    again = practice.receive(data)
    assert (again.state, verdicts(again)) == ("applied", [])


def test_sender_that_is_no_partner_is_not_judged(practice: Practice) -> None:
    practice.runtime.store.transact(CONTEXT, lambda work: partners.remove(work, CASCADE.id))
    practice.receive(remit(PAID, "92.5", trace="T1"))
    assert verdicts(practice.receive(OTHER)) == []


def test_answers_under_a_number_used_before_are_applied(practice: Practice) -> None:
    practice.receive(statuses(status("A", "STC*A2:20:PR*20261104*WQ*1~")))
    again = practice.receive(statuses(status("B", "STC*A2:20:PR*20261104*WQ*1~")))
    assert again.reply is None
    kept = practice.exchanges("in")[1]
    assert "same control number" not in str(kept.report)


def test_partner_known_to_repeat_its_numbers_is_not_told(practice: Practice) -> None:
    partner = replace(CASCADE, repeats_controls=True)
    practice.runtime.store.transact(CONTEXT, lambda work: partners.put(work, partner))
    practice.receive(remit(PAID, "92.5", trace="T1"))
    again = practice.receive(OTHER)
    assert verdicts(again) == []
    assert len(practice.all("PaymentReconciliation")) == 2
