"""Every rule: one file that triggers it, one close to it that does not."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from mappers.x12.reader import read
from mappers.x12.rules.book import RULES
from mappers.x12.rules.judging import day_of, judge
from mappers.x12.rules.code_set import is_npi
from mappers.x12.rules.rule import number, total
from tests.unit.mappers.x12.example import (
    BILLING_NPI,
    claim,
    claim_file,
    dependent,
    remittance_file,
    status_file,
    subscriber,
)

CLAIM = claim_file()
TWO_LINES = claim_file(subscriber(2, [claim(charges=(Decimal(80), Decimal("70.00")))]))
REMITTANCE = remittance_file()
STATUS = status_file()
CHILD = claim_file(dependent(2, [claim()]))
OTHER_PAYER = CLAIM.replace(
    b"~LX*1~",
    b"~SBR*P*18*******CI~OI***Y***Y~NM1*IL*1*DOE*JO****MI*M2~NM1*PR*2*FIRST*****PI*F1~LX*1~",
).replace(
    b"~REF*6R*LINE1~", b"~REF*6R*LINE1~SVD*F1*100*HC:90837**1~CAS*CO*45*50~DTP*573*D8*20260302~"
)


@dataclass(frozen=True)
class Vector:
    """A file that triggers a rule and one that does not."""

    rule: str
    hit: bytes
    near: bytes
    place: str


VECTORS = (
    Vector(
        "claim-charge-balance",
        TWO_LINES.replace(b"*150***10", b"*150.01***10"),
        TWO_LINES,
        "2300 CLM02",
    ),
    Vector(
        "other-payer-line-balance",
        OTHER_PAYER.replace(b"CAS*CO*45*50", b"CAS*CO*45*49.99"),
        OTHER_PAYER,
        "2400 SVD02",
    ),
    Vector(
        "line-payment-balance",
        REMITTANCE.replace(b"*150*120**1", b"*150*121**1"),
        REMITTANCE.replace(b"CAS*PR*3*10~", b"CAS*PR*3*4**2*6~"),
        "2110 SVC03",
    ),
    Vector(
        "claim-payment-balance",
        REMITTANCE.replace(b"*1*150*120*10*12", b"*1*150*119.99*10*12"),
        REMITTANCE,
        "2100 CLP04",
    ),
    Vector(
        "patient-share-balance",
        REMITTANCE.replace(b"*150*120*10*12", b"*150*120*11*12"),
        REMITTANCE.replace(b"*150*120*10*12", b"*150*120**12"),
        "2100 CLP05",
    ),
    Vector(
        "payment-balance",
        REMITTANCE.replace(b"WO:OLD1*5", b"WO:OLD1*-5"),
        REMITTANCE.replace(b"WO:OLD1*5", b"WO:OLD1*7*L6*-2"),
        "835 BPR02",
    ),
    Vector(
        "diagnosis-pointer",
        CLAIM.replace(b"UN*1***1~", b"UN*1***1:2:3~"),
        CLAIM.replace(b"UN*1***1~", b"UN*1***2:1~"),
        "2300 SV107-3",
    ),
    Vector(
        "replaced-claim-number",
        CLAIM.replace(b"10:B:1", b"10:B:8"),
        CLAIM.replace(b"10:B:1", b"10:B:8").replace(b"~HI*", b"~REF*F8*ICN1~HI*"),
        "2300 CLM05-3",
    ),
    Vector(
        "claim-number-length",
        CLAIM.replace(b"CLM*CLAIM1", b"CLM*" + b"1" * 21),
        CLAIM.replace(b"CLM*CLAIM1", b"CLM*" + b"1" * 20),
        "2300 CLM01",
    ),
    Vector(
        "line-number-duplicate",
        TWO_LINES.replace(b"LINE2", b"LINE1"),
        TWO_LINES,
        "2300 REF02",
    ),
    Vector("patient-is-subscriber", CLAIM.replace(b"SBR*P*18", b"SBR*P*"), CHILD, "2000B SBR02"),
    Vector(
        "subscriber-facts",
        CLAIM.replace(b"DMG*D8*19800229*F~", b""),
        CHILD,
        "2000B NM1",
    ),
    Vector(
        "subscriber-without-claim",
        CLAIM[: CLAIM.index(b"CLM*")] + CLAIM[CLAIM.index(b"SE*") :],
        CHILD,
        "2000B HL",
    ),
    Vector(
        "period-reversed",
        CLAIM.replace(b"472*D8*20260301", b"472*RD8*20260302-20260301"),
        CLAIM.replace(b"472*D8*20260301", b"472*RD8*20260301-20260301"),
        "2400 DTP03",
    ),
    Vector("level-sequence", CLAIM.replace(b"HL*2*1", b"HL*3*1"), CHILD, "837 HL01"),
    Vector("level-sequence", CLAIM.replace(b"HL*2*1*22*0", b"HL*2*1*22*1"), CHILD, "837 HL04"),
    Vector("level-sequence", STATUS.replace(b"HL*4*3*PT", b"HL*4*2*PT"), STATUS, "277 HL02"),
    Vector(
        "npi-check-digit",
        CLAIM.replace(BILLING_NPI.encode(), b"1234567894"),
        CLAIM,
        "2010AA NM109",
    ),
    Vector(
        "npi-check-digit",
        REMITTANCE.replace(b"XX*" + BILLING_NPI.encode(), b"XX*1234567894"),
        REMITTANCE,
        "1000B N104",
    ),
    Vector(
        "diagnosis-form",
        CLAIM.replace(b"ABF:F411", b"ABF:F41.1"),
        CLAIM.replace(b"ABF:F411", b"ABF:Z0000"),
        "2300 HI02-2",
    ),
    Vector(
        "diagnosis-form",
        CLAIM.replace(b"ABK:F331*ABF:F411", b"BK:F331"),
        CLAIM.replace(b"ABK:F331*ABF:F411", b"BK:29633*BF:V7389"),
        "2300 HI01-2",
    ),
    Vector("diagnosis-mix", CLAIM.replace(b"ABF:F411", b"BF:30002"), CLAIM, "2300 HI01-1"),
    Vector("taxonomy-form", CLAIM.replace(b"101YM0800X", b"101YM0800"), CLAIM, "2310B PRV03"),
    Vector(
        "place-of-service",
        CLAIM.replace(b"10:B:1", b"88:B:1"),
        CLAIM.replace(b"10:B:1", b"53:B:1"),
        "2300 CLM05-1",
    ),
    Vector(
        "place-of-service",
        CLAIM.replace(b"UN*1***1~", b"UN*1*29**1~"),
        CLAIM.replace(b"UN*1***1~", b"UN*1*02**1~"),
        "2300 SV105",
    ),
)


def places(data: bytes, rule: str) -> list[str]:
    found = [one for _, _, each in read(data).sets() for one in judge(each)]
    return [one.place for one in found if one.id == rule]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: f"{one.rule} {one.place}")
def test_rule_is_triggered(vector: Vector) -> None:
    assert places(vector.hit, vector.rule) == [vector.place]


@pytest.mark.parametrize("vector", VECTORS, ids=lambda one: f"{one.rule} {one.place}")
def test_rule_is_not_triggered_by_what_is_right(vector: Vector) -> None:
    assert places(vector.near, vector.rule) == []


def test_every_rule_has_a_vector() -> None:
    assert {one.id for one in RULES} == {one.rule for one in VECTORS}


def test_rule_ids_are_unique_and_rows_complete() -> None:
    assert len({one.id for one in RULES}) == len(RULES)
    assert all(one.message and one.remedy and one.sets for one in RULES)


def test_rule_holds_from_its_day() -> None:
    wrong = CLAIM.replace(BILLING_NPI.encode(), b"1234567894")
    old = wrong.replace(b"*20260304*1030*CH", b"*20070522*1030*CH")
    undated = wrong.replace(b"*20260304*1030*CH", b"**1030*CH")
    assert places(old, "npi-check-digit") == []
    assert places(undated, "npi-check-digit") == ["2010AA NM109"]


def test_remittance_is_dated_by_its_payment() -> None:
    one = next(read(REMITTANCE).sets())[2]
    assert day_of(one) == date(2026, 3, 15)


def test_reversal_balances_with_opposite_signs() -> None:
    negated = (
        REMITTANCE.replace(b"CLAIM1*1*150*120*10", b"CLAIM1*22*-150*-120*")
        .replace(b"*150*120**1", b"*-150*-120**1")
        .replace(b"CAS*CO*45*20", b"CAS*CO*45*-20")
        .replace(b"CAS*PR*3*10", b"CAS*PR*3*-10")
        .replace(b"BPR*I*115", b"BPR*I*0")
        .replace(b"WO:OLD1*5", b"FB:OLD1*-120")
    )
    assert [one.id for _, _, each in read(negated).sets() for one in judge(each)] == []


def test_amounts_that_are_no_numbers_are_left_to_syntax() -> None:
    broken = CLAIM.replace(b"*150*UN", b"*1x0*UN")
    assert places(broken, "claim-charge-balance") == []
    assert [one.code for one in read(broken).findings] == ["6"]


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
