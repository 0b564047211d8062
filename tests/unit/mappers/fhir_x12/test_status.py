"""276, 277 and 277CA both ways, and what a Task says of a claim's status."""

from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fhir_server.validation.structure import Validator
from mappers.fhir_x12.status_276 import Sought, question_set, status_question
from mappers.fhir_x12.status_report import report_of, reports, status_set
from mappers.fhir_x12.status_task import standing, status_task, trace_of
from mappers.path import JsonObject, read
from mappers.x12.lexer import STANDARD
from mappers.x12.sets import STATUS_276
from mappers.x12.tree import LoopNode, rewritable
from mappers.x12.writer import SetBody, set_segments
from profiles.loader import load
from tests.unit.mappers.fhir_x12.case import dependent, subscriber
from tests.unit.mappers.fhir_x12.flat import lines, sample_set, samples
from tests.unit.mappers.fhir_x12.remit import root, status, statuses

CREATED = "2026-11-10T09:00:00Z"
MOMENT = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
ACKNOWLEDGED = statuses(
    status(
        "CASE1",
        "STC*A7:164:IL*20261104*U*165.5******A6:145:85*A3:21*call us~STC*A3:33*20261104*U~",
        "REF*1K*P7~REF*D9*C9~REF*BLT*131~DTP*472*RD8*20261101-20261102~"
        "SVC*HC:90834:95*145**0914***1~STC*A7:454*20261104*U*145~REF*FJ*C1-1~DTP*472*D8*20261102~",
    )
)


def tasks(tree: LoopNode) -> list[JsonObject]:
    return [
        status_task(one, None, f"t{number}", CREATED) for number, one in enumerate(reports(tree), 1)
    ]


def differences(tree: LoopNode) -> tuple[list[str], list[str]]:
    """Return what was lost and what was added on the way through Tasks."""
    before = rewritable(tree)
    (header,) = [one for one in before.segments if one.id == "BHT"]
    after = status_set(tree.id, header, [report_of(one) for one in tasks(tree)])
    one, other = Counter(lines(before)), Counter(lines(after))
    return sorted((one - other).elements()), sorted((other - one).elements())


def without_leaf(line: str) -> str:
    """Return an HL line without HL04: a last level may say 0 or nothing."""
    head, _, last = line.rpartition("*")
    return head if " HL*" in line and last == "0" and line.count("*") == 4 else line


@pytest.mark.parametrize(
    "path",
    samples("276", "277"),
    ids=lambda path: f"{path.name[:3]} {path.stem.partition('__')[2]}",
)
def test_samples_come_back_through_tasks(path: Path) -> None:
    lost, added = differences(sample_set(path).root)
    assert lost == [without_leaf(one) for one in added]


def test_every_element_of_an_acknowledgment_comes_back() -> None:
    lost, added = differences(root(ACKNOWLEDGED))
    assert lost == [without_leaf(one) for one in added]


def test_task_says_the_status_and_is_valid() -> None:
    (task,) = tasks(root(ACKNOWLEDGED))
    assert Validator(load()).check(task) == ()
    assert task["status"] == "rejected"
    assert read(task, "businessStatus.coding.code") == ["A7", "164", "IL"]
    told = read(task, "statusReason.coding.code")
    assert told == ["A7", "164", "IL", "A6", "145", "85", "A3", "21", "A3", "33", "A7", "454"]
    assert "P7" in read(task, "identifier.value")


@pytest.mark.parametrize(
    ("category", "expected"),
    [
        ("A0", "received"),
        ("A1", "received"),
        ("A2", "accepted"),
        ("A3", "rejected"),
        ("A4", "failed"),
        ("P1", "on-hold"),
        ("R3", "on-hold"),
        ("F2", "completed"),
        ("D0", "failed"),
        ("E1", "failed"),
    ],
)
def test_category_decides_where_a_claim_stands(category: str, expected: str) -> None:
    tree = root(statuses(status("CASE1", f"STC*{category}:20*20261104~")))
    (report,) = reports(tree)
    assert standing(report) == expected


def test_claim_is_asked_for_by_its_numbers_and_dates() -> None:
    case = subscriber()
    sought = Sought("PARITY", "Harbor", "case1", "P77")
    report = status_question(case.claim, case.resources, sought)
    told = list(lines(question_set([report], "B1", MOMENT)))
    assert "2100B NM1*41*2*Harbor*****46*PARITY" in told
    assert "2200D TRN*1*case1" in told
    assert "2200D REF*1K*P77" in told
    assert "2200D REF*EJ*CASE1" in told
    assert "2200D AMT*T3*165.5" in told
    assert any(one.startswith("2200D DTP*472*") for one in told)
    assert any(one.startswith("2000D DMG*D8*") for one in told)


def test_claims_of_a_provider_stand_together_in_a_set_its_guide_accepts() -> None:
    made = []
    for case in (subscriber(), dependent()):
        sought = Sought("PARITY", "Harbor", str(case.claim["id"]))
        made.append(status_question(case.claim, case.resources, sought))
    tree = question_set(made, "B1", MOMENT)
    written = set_segments(STATUS_276, SetBody("0001", tree), STANDARD)
    levels = [one.split("*")[3] for one in written if one.startswith("HL*")]
    assert levels == ["20", "21", "19", "22", "22", "23"]
    assert [trace_of(one) for one in made] == [
        one.split("*")[2] for one in written if one.startswith("TRN*")
    ]
