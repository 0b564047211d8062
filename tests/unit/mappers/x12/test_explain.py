import pytest

from mappers.x12.explain import explain
from mappers.x12.gloss import day, gloss
from mappers.x12.lexer import Segment, segments
from tests.unit.mappers.x12.example import claim_file, remittance_file, status_file


def only(text: str) -> Segment:
    return next(iter(segments([f"{text}~".encode("latin-1")])))


def line(shown: str, ordinal: int) -> str:
    return next(one for one in shown.splitlines() if one.startswith(f"{ordinal:>5} "))


def test_loops_are_indented_under_the_loops_they_stand_in() -> None:
    shown = explain(claim_file(), "claim.837").splitlines()
    opened = {
        one.split("[")[1].split("]")[0]: len(one) - len(one[6:].lstrip())
        for one in shown
        if "[" in one
    }
    path = ["837", "2000A", "2000B", "2300", "2400"]
    depths = [opened[loop] for loop in path]
    assert depths == sorted(set(depths))
    assert len(shown) == claim_file().count(b"~") + 1


def test_segments_are_told_in_plain_words() -> None:
    shown = explain(claim_file(), "claim.837")
    assert "billing provider: RIVER CLINIC (NPI 1234567893)" in shown
    assert "claim: CLAIM1, charge 150, place 10, original" in shown
    assert "service: 90837 95, charge 150, 1 UN, for diagnosis 1" in shown
    assert "date of service: 2026-03-01" in shown


def test_verdict_stands_first() -> None:
    assert explain(claim_file(), "claim.837").startswith("claim.837: accepted\n")


def test_findings_stand_under_their_segment() -> None:
    data = claim_file().replace(b"10:B:1", b"10:Z:1")
    lines = explain(data, "claim.837").splitlines()
    at = next(index for index, one in enumerate(lines) if "2300] CLM" in one)
    assert lines[at + 1].strip().startswith("! error [2] 2300 CLM05-2 (segment 20, byte ")


def test_findings_of_the_whole_file_stand_on_top() -> None:
    assert "there is no X12" in explain(b"", "empty").splitlines()[1]


def test_payment_is_told() -> None:
    shown = explain(remittance_file(), "payment.835")
    assert "payment: 115 by CHK on 2026-03-15" in shown
    assert (
        "processed as primary, charge 150, paid 120, patient owes 10, payer's number ICN1" in shown
    )
    assert "line's adjustments: contract: reason 45 (above the agreed fee) 20" in shown


def test_status_is_told() -> None:
    shown = explain(status_file(), "status.277")
    assert "claim's status: accepted (A2, status 20 (accepted for processing)), amount 150" in shown


def test_set_without_guide_is_listed_by_segment() -> None:
    shown = explain(claim_file().replace(b"X222A1", b"X299A1"), "claim.837")
    assert "CLM claim: CLAIM1" in shown


def test_what_cannot_be_printed_is_replaced() -> None:
    data = claim_file().replace(b"RIVERA", b"RIV\x1bRA")
    assert "\x1b" not in explain(data, "claim.837")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("20260301", "2026-03-01"),
        ("20260301-20260304", "2026-03-01 to 2026-03-04"),
        ("1030", "1030"),
        ("2026030X", "2026030X"),
    ],
)
def test_day_is_set_apart(text: str, shown: str) -> None:
    assert day(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("IK5*R*5", "rejected (5)"),
        ("AK9*A*1*1*1", "accepted (1, 1, 1)"),
        ("CLM*A*1***11:B:7", "A, charge 1, place 11, replacement"),
        ("CLM*A*1", "A, charge 1, place , "),
        ("DMG*D8*19800229*F", "born 1980-02-29, female"),
        ("HI*ABK:F331*ABF:F411", "F331, F411"),
        ("N1*PE*CLINIC*XX*1234567893", "CLINIC (NPI 1234567893)"),
        ("NM1*IL*1*DOE*JO*Q", "DOE, JO Q"),
        ("CAS*PR*1*10**3*5", "patient: reason 1 (deductible) 10, reason 3 (copayment) 5"),
        ("N3*1 MAIN ST", "1 MAIN ST"),
        ("AMT*B6*10", "10"),
        (
            "STC*A7:21:85*20260101*U",
            "information invalid (A7, status 21 (information missing or invalid), about 85)",
        ),
    ],
)
def test_values_are_told_in_plain_words(text: str, shown: str) -> None:
    assert gloss(only(text)) == shown
