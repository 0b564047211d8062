"""A file surveyed as a stream is judged as one that is read whole; payments are not held."""

from decimal import Decimal

import pytest

from bench.remittance import remittance as large_remittance
from fhir_server.billing import STEPS
from fhir_server.billing.remittance_tally import RemittanceTally
from fhir_server.intake.survey import Survey, blocks, first_header, survey
from mappers.x12.check import all_findings, judged
from mappers.x12.reader import read
from mappers.x12.rules.terms import PLAIN
from tests.unit.mappers.fhir_x12.remit import DENIED, PAID, remit
from tests.unit.mappers.fhir_x12.scenario import scenario

UNBALANCED = remit(PAID, "1.00")
FILES = {
    "a remittance": remit(PAID + DENIED, "92.5"),
    "one that does not add up": UNBALANCED,
    "one without its end": remit(PAID, "92.5")[:-60],
    "one of two claims, one broken": remit(PAID + PAID.replace("CLP*", "CLP**"), "92.5"),
    "claims": scenario("secondary").written(),
    "no X12": b"this is no X12",
    "nothing": b"",
    "a fragment": b"ST*835*0001~BPR*I*1~SE*3*0001~",
    "two files in one": remit(PAID, "92.5") + scenario("secondary").written(),
}


def surveyed(data: bytes) -> Survey:
    """Return the survey of a file."""
    return survey(blocks(data), PLAIN, STEPS)


@pytest.mark.parametrize("name", FILES)
def test_survey_finds_what_reading_the_whole_finds(name: str) -> None:
    data = FILES[name]
    whole, found = read(data), surveyed(data)
    assert all_findings(found.by_rules) == all_findings(judged(whole))
    assert [one.header for one in found.document.interchanges] == [
        one.header for one in whole.interchanges
    ]
    assert [one.findings for _, _, one in found.document.sets()] == [
        one.findings for _, _, one in whole.sets()
    ]


@pytest.mark.parametrize("name", FILES)
def test_head_is_that_of_the_first_interchange(name: str) -> None:
    whole, head = read(FILES[name]), first_header(blocks(FILES[name]))
    assert (head is None) == (not whole.interchanges)
    if head is not None:
        assert head.header == whole.interchanges[0].header
        assert head.kind == next(one.header.id for _, _, one in whole.sets())


def test_payments_of_a_remittance_are_counted_and_let_go() -> None:
    found = surveyed(large_remittance(700))
    (tally,) = found.tallies.values()
    assert isinstance(tally, RemittanceTally)
    assert tally.reasons == ()
    (one,) = (one for _, _, one in found.document.sets())
    assert not list(one.root.each("2000"))
    assert tally.facts.paid == Decimal(700 * 125)
    assert len(list(tally.facts.root.each("2000"))) == 1


def test_reasons_against_posting_are_known_before_anything_is_posted() -> None:
    (tally,) = surveyed(UNBALANCED).tallies.values()
    assert isinstance(tally, RemittanceTally)
    assert any("payment" in reason for reason in tally.reasons)


def test_many_equations_that_do_not_hold_are_told_up_to_a_number() -> None:
    data = large_remittance(300).replace(b"*200.5*125*", b"*200.5*126*")
    (tally,) = surveyed(data).tallies.values()
    assert isinstance(tally, RemittanceTally)
    assert len(tally.reasons) == 100
