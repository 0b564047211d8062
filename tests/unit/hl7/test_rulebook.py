"""The compiled rules of each version, with hl7apy as the oracle."""

import pytest
from hl7apy.consts import VALIDATION_LEVEL
from hl7apy.exceptions import ValidationError
from hl7apy.parser import parse_message
from hl7apy.validation import Validator

from hl7.check import check
from hl7.dictionary import supported_versions

PATIENT = "PID|1||7^^^LAB^MR||Quill^Nora||19900412|F"
VISIT = "PV1|1|I|W^1^2"
KIN = "NK1|1|Quill^Max|SPO"
OBSERVATION = "OBX|1|NM|2345-7^Glucose^LN||4.2|mmol/L|||||F"
REQUEST = "OBR|1|P1|F1|24323-8^Panel^LN"


def text(version: str, kind: str, *segments: str) -> bytes:
    header = f"MSH|^~\\&|LIS|LAB|PARITY|CLINIC|20260101||{kind}|C1|P|{version}"
    return "\r".join((header, *segments)).encode()


def errors(data: bytes) -> list[str]:
    """Return the places of errors."""
    found = check(data).findings
    return [
        f"{one.segment}-{one.element}" if one.element else one.segment
        for one in found
        if one.kind.severity in {"error", "fatal"}
    ]


def is_valid(data: bytes) -> bool:
    """Say what hl7apy thinks of a message's structure, fields and cardinality."""
    message = parse_message(
        data.decode(), validation_level=VALIDATION_LEVEL.TOLERANT, find_groups=True
    )
    try:
        Validator.validate(message)
    except ValidationError:
        return False
    return True


def admission(version: str, *, patient: str = PATIENT, visit: str = VISIT) -> bytes:
    kind = "ADT^A01^ADT_A01" if version >= "2.3.1" else "ADT^A01"
    code = "A01" if version < "2.7" else ""
    event = f"EVN|{code}|20260101"
    return text(version, kind, event, *(one for one in (patient, KIN, visit) if one))


@pytest.mark.parametrize("version", supported_versions())
def test_admission_of_every_version_is_accepted_as_by_the_oracle(version: str) -> None:
    data = admission(version)
    assert errors(data) == []
    assert is_valid(data) or version == "2.1"  # whose tables ask for TS.2 everywhere


@pytest.mark.parametrize("version", supported_versions())
@pytest.mark.parametrize(
    ("patient", "visit", "place"),
    [
        pytest.param(PATIENT.replace("7^^^LAB^MR", ""), VISIT, "PID-3", id="identifier"),
        pytest.param(PATIENT, "PV1|1", "PV1-2", id="class"),
        pytest.param("", VISIT, "PID", id="patient"),
    ],
)
def test_what_the_oracle_misses_is_missing(
    version: str, patient: str, visit: str, place: str
) -> None:
    data = admission(version, patient=patient, visit=visit)
    asked = not is_valid(data)
    assert (place in errors(data)) == asked


@pytest.mark.parametrize("version", ["2.3", "2.5.1", "2.8.2"])
def test_structure_is_found_without_its_name(version: str) -> None:
    assert errors(text(version, "ORU^R01", PATIENT, OBSERVATION)) == ["OBR"]


def test_group_that_has_begun_needs_what_it_requires() -> None:
    alone = text("2.5.1", "OML^O21^OML_O21", PATIENT, REQUEST)
    assert errors(alone) == ["ORC"]
    assert errors(text("2.5.1", "OML^O21^OML_O21", PATIENT, "ORC|NW|P1", REQUEST)) == []
    assert errors(text("2.5.1", "ORU^R01^ORU_R01", "PV1|1|I", REQUEST)) == ["PID"]
    assert errors(text("2.5.1", "ORU^R01^ORU_R01", REQUEST, OBSERVATION)) == []


def test_segment_that_stands_twice_is_told() -> None:
    twice = admission("2.5.1", visit=f"{VISIT}\r{VISIT}")
    assert [one.kind.id for one in check(twice).findings] == ["segment-repeats"]
    again = text("2.5.1", "ORU^R01^ORU_R01", PATIENT, REQUEST, PATIENT, REQUEST)
    assert check(again).findings == ()


@pytest.mark.parametrize("version", supported_versions())
@pytest.mark.parametrize(
    ("datatype", "value", "good"),
    [
        ("NM", "4.2", True),
        ("NM", "<5", False),
        ("DT", "20260230", False),
        ("TM", "1199", False),
        ("ST", "<5", True),
        ("TX", "20260230", True),
        ("NM", '""', True),
    ],
)
def test_value_is_judged_by_its_own_type(
    version: str, datatype: str, value: str, good: bool
) -> None:
    kind = "ORU^R01^ORU_R01" if version >= "2.3.1" else "ORU^R01"
    result = f"OBX|1|{datatype}|2345-7^Glucose^LN||{value}||||||F"
    request = REQUEST if version > "2.2" else f"{REQUEST}|||20260101|||||||20260101"
    found = errors(text(version, kind, PATIENT, request, result))
    assert ("OBX-5" in found) is not good


@pytest.mark.parametrize(("value", "component"), [("<^5.5", 0), ("=^five", 2), ("^1^-^x", 4)])
def test_parts_of_a_structured_number_are_judged(value: str, component: int) -> None:
    result = f"OBX|1|SN|2345-7^Glucose^LN||{value}||||||F"
    found = check(text("2.5.1", "ORU^R01^ORU_R01", PATIENT, REQUEST, result)).findings
    assert [one.component for one in found if one.element == 5] == [component] * bool(component)


@pytest.mark.parametrize("datatype", ["", "QQ", "nm"])
def test_type_that_is_none_is_told(datatype: str) -> None:
    result = f"OBX|1|{datatype}|2345-7^Glucose^LN||4.2||||||F"
    found = check(text("2.5.1", "ORU^R01^ORU_R01", PATIENT, REQUEST, result)).findings
    assert "value-type" in {one.kind.id for one in found}


@pytest.mark.parametrize("version", ["2.9", "2.5.1.1", "3", "two"])
def test_unknown_version_is_read_with_a_remark(version: str) -> None:
    report = check(admission("2.5.1").replace(b"|P|2.5.1", b"|P|" + version.encode()))
    assert "other-version" in {one.kind.id for one in report.findings}
    assert report.verdict == "accepted"
