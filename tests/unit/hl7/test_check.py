import json

import pytest

from hl7.batch import split_messages
from hl7.check import check
from hl7.explain import explain

MSH = "MSH|^~\\&|LAB|MAIN|CLINIC|WEST|20260102030405+0000||ORU^R01^ORU_R01|C1|P|2.5.1"
PID = "PID|1||7^^^A^MR||DOE^JO||19800101|M"
OBR = "OBR|1|P1|F1|24323-8^PANEL^LN|||20260101|||||||||||||||20260102||CH|F"
OBX = "OBX|1|NM|2345-7^GLUCOSE^LN||5.50|mg/dL|||||F"


def message(*segments: str) -> bytes:
    return "\r".join(segments).encode()


def ids(data: bytes) -> list[str]:
    return [finding.kind.id for finding in check(data).findings]


def test_good_message_is_accepted_without_findings() -> None:
    report = check(message(MSH, PID, OBR, OBX))
    assert (report.verdict, report.findings) == ("accepted", ())


@pytest.mark.parametrize(
    ("segments", "kind", "place"),
    [
        ((MSH, PID, OBR, OBX.replace("5.50", "high")), "format", ("OBX", 4, 5, 0)),
        ((MSH, PID.replace("19800101", "19801301"), OBR, OBX), "format", ("PID", 2, 7, 1)),
        ((MSH, PID, OBR.replace("24323-8^PANEL^LN", ""), OBX), "field-missing", ("OBR", 3, 4, 0)),
        ((MSH, PID, OBR, OBX.replace("|NM|", "||")), "value-type", ("OBX", 4, 5, 0)),
        ((MSH, PID, OBR.replace("|F1|", "|F1~F2|"), OBX), "field-repeats", ("OBR", 3, 3, 0)),
        ((MSH, PID, OBR, OBX.replace("|F", "|?")), "table-value", ("OBX", 4, 11, 0)),
        ((MSH, PID, OBR, OBX, "QQQ|1"), "segment-unknown", ("QQQ", 5, 0, 0)),
        ((MSH, PID, OBR, OBX, "ZQQ|1"), "segment-local", ("ZQQ", 5, 0, 0)),
        ((MSH, PID, OBR, OBX, "SCH|1"), "segment-misplaced", ("SCH", 5, 0, 0)),
        ((MSH.replace("|C1|", "||"), PID, OBR, OBX), "no-control-id", ("MSH", 1, 10, 0)),
        ((MSH.replace("2.5.1", "2.9"), PID, OBR, OBX), "other-version", ("MSH", 1, 12, 0)),
        ((MSH, PID, OBR, OBX.replace("GLUCOSE", "A\\B")), "unknown-escape", ("OBX", 4, 3, 0)),
    ],
)
def test_defect_is_found_at_its_place(
    segments: tuple[str, ...], kind: str, place: tuple[str, int, int, int]
) -> None:
    found = [item for item in check(message(*segments)).findings if item.kind.id == kind]
    assert [(one.segment, one.ordinal, one.element, one.component) for one in found] == [place]


def test_offset_points_at_the_field() -> None:
    data = message(MSH, PID, OBR, OBX.replace("5.50", "high"))
    (finding,) = check(data).findings
    assert data[finding.offset :].startswith(b"high")
    assert finding.group == "ORU_R01_OBSERVATION"


def test_missing_required_segment_is_an_error() -> None:
    report = check(message(MSH, PID))
    assert report.verdict == "accepted-with-errors"
    assert "segment-missing" in [finding.kind.id for finding in report.findings]


@pytest.mark.parametrize("data", [b"", b"garbage", b"MSH", b"\x0b\x1c\r", b"\xff\xfe\x00"])
def test_bytes_without_a_message_are_rejected(data: bytes) -> None:
    report = check(data)
    assert report.verdict == "rejected"
    assert ids(data) == ["no-header"]
    assert "rejected" in explain(report)


def test_message_without_a_type_is_rejected() -> None:
    assert check(message(MSH.replace("ORU^R01^ORU_R01", ""), PID)).verdict == "rejected"


def test_json_has_the_published_members_and_no_values() -> None:
    report = check(message(MSH, PID.replace("19800101", "SECRET"), OBR, OBX)).to_json()
    findings = report["findings"]
    assert isinstance(findings, list)
    assert list(findings[0]) == [
        "id", "level", "severity", "segment_group", "segment", "ordinal", "element", "component",
        "offset", "message", "remedy",
    ]  # fmt: skip
    assert "SECRET" not in json.dumps(report)


def test_batch_file_is_split_into_its_messages() -> None:
    batch = message(
        "FHS|^~\\&|A", "BHS|^~\\&|A", MSH, PID, OBR, OBX, MSH, PID, OBR, OBX, "BTS|2", "FTS|1"
    )
    texts = [text for _, text in split_messages(batch)]
    assert texts == [message(MSH, PID, OBR, OBX)] * 2
    assert all(batch[at:].startswith(text) for at, text in split_messages(batch))
    assert check(batch).verdict == "accepted"


def test_frames_left_in_a_file_are_split() -> None:
    one = message(MSH, PID, OBR, OBX)
    framed = b"\x0b" + one + b"\x1c\r" + b"\x0b" + one + b"\x1c\r"
    assert [text for _, text in split_messages(framed)] == [one, one]


def test_explanation_names_fields_and_shows_findings_beside_them() -> None:
    text = explain(check(message(MSH, PID, OBR, OBX.replace("5.50", "high"))))
    assert "ORU^R01^ORU_R01 version 2.5.1, control id C1, from LAB to CLINIC" in text
    assert "4 OBX observation" in text
    assert "OBX-5 Observation value: high" in text
    assert "! error" in text.split("4 OBX")[1]
    assert text.endswith("verdict: accepted-with-errors\n")
