"""277CA from findings: which claims are accepted, which are not, and why."""

from datetime import date
from decimal import Decimal

from mappers.x12.check import check, judgement
from mappers.x12.claim_acknowledgment import Answerer, claim_acknowledgment
from mappers.x12.findings import Finding
from mappers.x12.reader import read
from mappers.x12.sets import STATUS_277CA
from mappers.x12.writer import SetBody, write
from tests.unit.mappers.x12.example import ENVELOPE, claim, claim_file, dependent, subscriber
from tests.unit.mappers.x12.rules.vector import CLAIM, STAY, TWO_CLAIMS, swap

PAYER = Answerer("ACME HEALTH", "ACME1")


def answer(data: bytes) -> bytes:
    document = read(data)
    one = next(document.sets())[2]
    root = claim_acknowledgment(one, judgement(document), PAYER, date(2026, 3, 5), "ACK1")
    return write(STATUS_277CA, [SetBody("0001", root)], ENVELOPE)


def told(data: bytes) -> list[str]:
    text = answer(data)
    assert check(text, "277CA").findings == ()
    return [one for one in text.decode().split("~") if one[:3] in {"STC", "QTY", "AMT", "TRN"}]


def test_sound_claim_is_accepted() -> None:
    assert told(CLAIM) == [
        "TRN*1*ACK1",
        "TRN*2*BATCH1",
        "STC*A2:20*20260305*WQ*150",
        "QTY*90*1",
        "AMT*YU*150",
        "TRN*1*0",
        "STC*A2:20**WQ*150",
        "QTY*QA*1",
        "AMT*YU*150",
        "TRN*2*CLAIM1",
        "STC*A2:20*20260305*WQ*150",
    ]


def test_claim_in_error_is_rejected_and_its_neighbor_accepted() -> None:
    bad = swap(TWO_CLAIMS, "CLM*C2*150=>CLM*C2*151")
    lines = told(bad)
    assert lines[2:7] == [
        "STC*A2:20*20260305*WQ*301",
        "QTY*90*1",
        "QTY*AA*1",
        "AMT*YU*150",
        "AMT*YY*151",
    ]
    assert lines[-1].startswith(
        "STC*A8:178*20260305*U*151********2300 CLM02 the claim's charge is not"
    )
    assert lines[-3] == "STC*A2:20*20260305*WQ*150"


def test_error_above_the_claims_rejects_those_below_alone() -> None:
    several = claim_file(subscriber(2, [claim("C1")]), dependent(3, [claim("C3", [Decimal(9)])]))
    bad = several.replace(b"DMG*D8*20120405", b"DMG*D8*20270405")
    statuses = [one.split("*")[1] for one in told(bad) if one[:3] == "STC"]
    assert statuses[-2:] == ["A2:20", "A7:158"]
    none_left = several.replace(b"N4*SPRINGFIELD*IL*627010000~REF*EI*987654321~", b"")
    assert {one[4:9] for one in told(none_left) if one[:3] == "STC"} == {"A3:21", "A7:21"}


def test_each_status_is_told_once_at_the_claim_and_at_the_line_it_stands_in() -> None:
    bad = swap(CLAIM, "HC:90837=>HC:9083", "ABK:F331=>ABK:FF31", "ABF:F411=>ABF:FF11")
    statuses = [one.split("*")[1] for one in told(bad) if one[:3] == "STC"]
    assert statuses[2:] == ["A7:255", "A7:454", "A7:454"]


def test_line_in_error_is_named_by_its_service_control_number_and_day() -> None:
    bad = swap(CLAIM, "HC:90837=>HC:9083")
    lines = answer(bad).decode().split("~")
    at = next(place for place, one in enumerate(lines) if one.startswith("SVC*"))
    assert lines[at].startswith("SVC*HC:9083")
    assert lines[at + 1 : at + 4] == [
        "STC*A7:454*20260305*U",
        "REF*FJ*LINE1",
        "DTP*472*D8*20260301",
    ]
    assert sum(one.startswith("SVC*") for one in lines) == 1


def test_line_of_a_facility_is_named_by_its_revenue_code() -> None:
    document = read(STAY)
    line = next(one for one in document.segments if one.id == "SV2")
    wrong = Finding("x", 5, "error", "wrong", ordinal=line.ordinal, status="A7:455")
    root = claim_acknowledgment(next(document.sets())[2], [wrong], PAYER, date(2026, 3, 5), "ACK1")
    text = write(STATUS_277CA, [SetBody("0001", root)], ENVELOPE)
    assert check(text, "277CA").findings == ()
    assert b"~SVC*NU:0124*" in text
    assert b"~STC*A7:455*20260305*U~" in text


def test_claim_of_a_set_with_more_errors_than_are_told_is_not_accepted() -> None:
    document = read(TWO_CLAIMS)
    more = Finding("findings-left-out", 1, "error", "9 further findings are left out")
    root = claim_acknowledgment(next(document.sets())[2], [more], PAYER, date(2026, 3, 5), "ACK1")
    text = write(STATUS_277CA, [SetBody("0001", root)], ENVELOPE).decode()
    assert text.count("STC*A3:21*20260305*U*") == 3
    assert "A2:20" not in text


def test_bill_of_a_facility_is_told_by_its_type_and_period() -> None:
    text = answer(STAY).decode()
    assert "~REF*BLT*0111~" in text
    assert "~DTP*472*RD8*20260201-20260204~" in text


def test_no_patient_value_is_in_the_words() -> None:
    bad = swap(CLAIM, "XX*1245319599=>XX*1245319598")
    assert "1245319598" not in answer(bad).decode()
