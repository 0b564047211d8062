"""Every rule: one file that triggers it, one close to it that does not; streamed and whole."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

import pytest

from mappers.x12.check import check, judgement
from mappers.x12.codes.code_list import CodeLists, CodeRow, indexed
from mappers.x12.findings import Finding
from mappers.x12.reader import read
from mappers.x12.rules.amount import number, total
from mappers.x12.rules.book import RULES
from mappers.x12.rules.code_provider import is_npi
from mappers.x12.rules.judging import day_of
from mappers.x12.rules.listed import LISTED
from mappers.x12.rules.terms import Terms
from mappers.x12.sets import GUIDES
from tests.unit.mappers.x12.rules.vector import CLAIM, REMITTANCE, SOUND, Lists, Vector
from tests.unit.mappers.x12.rules.vectors_claim import VECTORS as CLAIM_VECTORS
from tests.unit.mappers.x12.rules.vectors_exchange import VECTORS as EXCHANGE_VECTORS

VECTORS = (*CLAIM_VECTORS, *EXCHANGE_VECTORS)
SMALL = [one for one in VECTORS if len(one.hit) < 9999]
KINDS = {guide.kind for guide in GUIDES}
NAMES = [f"{number:03d} {one}" for number, one in enumerate(VECTORS)]


def lists(loaded: Lists) -> CodeLists:
    return CodeLists({name: indexed(map(CodeRow, codes)) for name, codes in loaded.items()})


def places(data: bytes, rule: str, loaded: Lists | None = None) -> list[str]:
    found = check(data, "", Terms(lists=lists(loaded or {}))).findings
    return [one.place for one in found if one.id == rule]


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_rule_is_triggered(vector: Vector) -> None:
    assert places(vector.hit, vector.rule, vector.lists) == [vector.place]


@pytest.mark.parametrize("vector", VECTORS, ids=NAMES)
def test_rule_is_not_triggered_by_what_is_right(vector: Vector) -> None:
    assert places(vector.near, vector.rule, vector.lists) == []


def test_every_rule_has_a_pair() -> None:
    judged = {one.id for one in RULES if KINDS & set(one.kinds)}
    assert judged - {one.rule for one in VECTORS} == set()


def test_every_place_of_a_listed_code_has_a_pair() -> None:
    tried = {(one.rule, one.place.split()[1][:3].strip("0123456789 ")) for one in VECTORS}
    wanted = {
        (f"{one.list}-unknown", one.segment.strip("0123456789"))
        for one in LISTED
        if KINDS & set(one.kinds)
    }
    assert wanted - tried == set()


def test_ids_and_rows_are_complete() -> None:
    assert len({(one.id, one.segment) for one in RULES}) == len(RULES)
    assert all(one.message and one.remedy and one.kinds and one.status for one in RULES)
    assert all(one.loop or one.segment for one in RULES)


@pytest.mark.parametrize("name", SOUND)
def test_sound_file_breaks_no_rule(name: str) -> None:
    assert [one.id for one in check(SOUND[name], name).findings] == []


def known(findings: Iterable[Finding]) -> list[tuple[str, str, int]]:
    return sorted((one.id, one.place, one.ordinal or 0) for one in findings)


@pytest.mark.parametrize("vector", SMALL, ids=str)
def test_stream_and_tree_are_judged_alike(vector: Vector) -> None:
    terms = Terms(lists=lists(vector.lists))
    streamed = check(vector.hit, "", terms).findings
    assert known(streamed) == known(judgement(read(vector.hit), terms))


def test_finding_names_the_fhir_element_and_no_value() -> None:
    for vector in SMALL:
        for one in check(vector.hit, "", Terms(lists=lists(vector.lists))).findings:
            shown = str(one.as_json())
            assert "RIVERA" not in shown
            assert "MEMBER1" not in shown


def test_rule_holds_from_its_day() -> None:
    wrong = CLAIM.replace(b"XX*1234567893", b"XX*1234567894")
    old = wrong.replace(b"*20260304*1030*CH", b"*20070522*1030*CH")
    undated = wrong.replace(b"*20260304*1030*CH", b"**1030*CH")
    assert places(old, "npi-check-digit") == []
    assert places(undated, "npi-check-digit") == ["2010AA NM109"]


def test_list_is_asked_for_the_day_of_service() -> None:
    row = CodeRow("90837", date(2013, 1, 1), date(2026, 2, 28))
    terms = Terms(lists=CodeLists({"hcpcs": indexed([row])}))
    assert [one.id for one in check(CLAIM, "", terms).findings] == ["hcpcs-unknown"]
    earlier = CLAIM.replace(b"D8*20260301", b"D8*20260228")
    assert check(earlier, "", terms).findings == ()


def test_remittance_is_dated_by_its_payment() -> None:
    one = next(read(REMITTANCE).sets())[2]
    assert day_of(one.root) == date(2026, 3, 15)


def test_reversal_balances_with_opposite_signs() -> None:
    negated = (
        REMITTANCE.replace(b"CLAIM1*1*150*120*10", b"CLAIM1*22*-150*-120*")
        .replace(b"*150*120**1", b"*-150*-120**1")
        .replace(b"CAS*CO*45*20", b"CAS*CO*45*-20")
        .replace(b"CAS*PR*3*10", b"CAS*PR*3*-10")
        .replace(b"BPR*I*115", b"BPR*I*0")
        .replace(b"WO:OLD1*5", b"FB:OLD1*-120")
    )
    assert [one.id for one in check(negated, "").findings] == []


def test_amounts_that_are_no_numbers_are_left_to_syntax() -> None:
    broken = CLAIM.replace(b"*150*UN", b"*1x0*UN")
    assert places(broken, "claim-charge-balance") == []
    assert [one.code for one in read(broken).findings] == ["6"]


def test_highest_level_limits_the_rules() -> None:
    wrong = CLAIM.replace(b"XX*1234567893", b"XX*1234567894")
    assert check(wrong, "", Terms(highest=4)).findings == ()


@pytest.mark.parametrize("text", ["1234567893", "1245319599"])
def test_npi_with_right_check_digit(text: str) -> None:
    assert is_npi(text)


@pytest.mark.parametrize("text", ["1234567890", "123456789", "12345678931", "3234567893", "A"])
def test_text_that_is_no_npi(text: str) -> None:
    assert not is_npi(text)


def test_sums_are_exact() -> None:
    assert total(["0.1", "0.2", ""]) == Decimal("0.3")
    assert total(["1", "x"]) is None
    assert number("NaN") is None
