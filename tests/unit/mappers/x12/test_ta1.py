"""TA1 is judged by its own row: what it says of an interchange must be a known note."""

import pytest

from mappers.x12.check import check

_ISA = (
    "ISA*00*          *00*          *ZZ*PAYER          *ZZ*CLINIC         "
    "*260304*1030*^*00501*000000009*0*T*:~{ta1}~IEA*0*000000009~"
)


def told(ta1: str) -> list[tuple[str, str]]:
    report = check(_ISA.format(ta1=ta1).encode(), "file")
    return [(one.id, one.place) for one in report.findings]


@pytest.mark.parametrize("note", ["A*000", "E*025", "R*022", "R*031"])
def test_verdict_with_a_known_note_is_accepted(note: str) -> None:
    assert told(f"TA1*000000007*260304*1029*{note}") == []


@pytest.mark.parametrize(
    ("ta1", "finding"),
    [
        ("TA1*000000007*260304*1029*A*032", ("element-code", "TA105")),
        ("TA1*000000007*260304*1029*P*000", ("element-code", "TA104")),
        ("TA1*7*260304*1029*A*000", ("element-too-short", "TA101")),
        ("TA1*000000007*260304*2529*A*000", ("element-time", "TA103")),
        ("TA1*000000007*260304*1029*A", ("element-missing", "TA105")),
    ],
    ids=["note", "verdict", "control number", "time", "no note"],
)
def test_defect_of_a_verdict_is_told(ta1: str, finding: tuple[str, str]) -> None:
    assert told(ta1) == [finding]
