import base64
from decimal import Decimal

import pytest

from hl7.message import parse
from mappers.path import JsonObject, JsonValue, read
from mappers.v2_fhir.datatypes import Context
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.observation import map_observation
from mappers.v2_fhir.work import Work

UCUM = "http://unitsofmeasure.org"


def observe(obx: str) -> JsonObject:
    message = parse(f"MSH|^~\\&|\r{obx}".encode())
    feed = Feed("lab")
    work = Work(message.segments, Context(feed, feed.zone))
    return map_observation(work, message.segments[1], [])


def value(kind: str, sent: str, unit: str = "", limits: str = "") -> JsonObject:
    found = observe(f"OBX|1|{kind}|1^T^LN||{sent}|{unit}|{limits}||||F")
    return {name: one for name, one in found.items() if name.startswith(("value", "dataAbsent"))}


def test_value_that_is_deleted_has_no_known_reason() -> None:
    absent = observe('OBX|1|NM|1^T^LN||""||||||F')["dataAbsentReason"]
    assert read(absent, "coding.code") == ["unknown"]


@pytest.mark.parametrize(
    ("kind", "sent", "meant"),
    [
        ("NM", "5.50", {"valueQuantity": {"value": Decimal("5.50")}}),
        ("NM", "<5", {"valueQuantity": {"comparator": "<", "value": Decimal(5)}}),
        ("NM", ">= 1.0", {"valueQuantity": {"comparator": ">=", "value": Decimal("1.0")}}),
        ("NM", "hemolyzed", {"valueString": "hemolyzed"}),
        ("SN", ">^100", {"valueQuantity": {"comparator": ">", "value": Decimal(100)}}),
        ("SN", "^182", {"valueQuantity": {"value": Decimal(182)}}),
        ("SN", "^1^-^5", {
            "valueRange": {"low": {"value": Decimal(1)}, "high": {"value": Decimal(5)}},
        }),
        ("SN", "^1^:^128", {
            "valueRatio": {
                "numerator": {"value": Decimal(1)}, "denominator": {"value": Decimal(128)},
            },
        }),
        ("SN", "^2^+", {"valueString": "2+"}),
        ("SN", "<>^5", {"valueString": "<>5"}),
        ("CE", "A^Positive^L", {
            "valueCodeableConcept": {
                "coding": [{
                    "system": "https://parity.example/fhir/sid/lab/L", "code": "A",
                    "display": "Positive",
                }],
                "text": "Positive",
            },
        }),
        ("ST", "Negative", {"valueString": "Negative"}),
        ("FT", "one\\.br\\two~three", {"valueString": "one\ntwo\nthree"}),
        ("TX", "a^b", {"valueString": "a^b"}),
        ("", "typeless", {"valueString": "typeless"}),
        ("XYZ", "unknown type", {"valueString": "unknown type"}),
        ("DT", "20260102", {"valueDateTime": "2026-01-02"}),
        ("TS", "20260102030405+0000", {"valueDateTime": "2026-01-02T03:04:05+00:00"}),
        ("DT", "soon", {"valueString": "soon"}),
        ("TM", "1030", {"valueTime": "10:30:00"}),
        ("DR", "2026^2027", {"valuePeriod": {"start": "2026", "end": "2027"}}),
        ("NR", "1^2", {
            "valueRange": {"low": {"value": Decimal(1)}, "high": {"value": Decimal(2)}},
        }),
    ],
)  # fmt: skip
def test_value_by_type(kind: str, sent: str, meant: JsonObject) -> None:
    assert value(kind, sent) == meant


def test_exact_decimal_is_kept_as_written() -> None:
    found = value("NM", "5.500")["valueQuantity"]
    assert isinstance(found, dict)
    assert str(found["value"]) == "5.500"


def test_unit_is_coded_only_where_it_is_said_to_be_ucum() -> None:
    plain = value("NM", "5", "mg/dl")["valueQuantity"]
    coded = value("NM", "5", "mg/dL^^UCUM")["valueQuantity"]
    assert plain == {"value": Decimal(5), "unit": "mg/dl"}
    assert coded == {"value": Decimal(5), "unit": "mg/dL", "system": UCUM, "code": "mg/dL"}


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("70-105", {
            "low": {"value": Decimal(70), "unit": "u"},
            "high": {"value": Decimal(105), "unit": "u"},
        }),
        ("<5", {"high": {"value": Decimal(5), "unit": "u"}}),
        (">=60", {"low": {"value": Decimal(60), "unit": "u"}}),
        ("Negative", {}),
        ("105-70", {}),
    ],
)  # fmt: skip
def test_reference_range_keeps_its_text(sent: str, meant: JsonObject) -> None:
    found = observe(f"OBX|1|NM|1^T^LN||5|u|{sent}||||F")
    assert found["referenceRange"] == [{**meant, "text": sent}]


@pytest.mark.parametrize(
    ("status", "reason"),
    [("F", "unknown"), ("P", "temp-unknown"), ("I", "temp-unknown"), ("X", "not-performed"),
     ("N", "not-asked")],
)  # fmt: skip
def test_absent_value_has_a_reason(status: str, reason: str) -> None:
    absent = observe(f"OBX|1|NM|1^T^LN||||||||{status}")["dataAbsentReason"]
    system = "http://terminology.hl7.org/CodeSystem/data-absent-reason"
    assert absent == {"coding": [{"system": system, "code": reason}]}


@pytest.mark.parametrize(
    ("sent", "meant"),
    [("F", "final"), ("P", "preliminary"), ("C", "corrected"), ("A", "amended"),
     ("D", "entered-in-error"), ("W", "entered-in-error"), ("X", "cancelled"), ("N", "cancelled"),
     ("I", "registered"), ("O", "registered"), ("R", "preliminary"), ("S", "preliminary"),
     ("B", "amended"), ("U", "final"), ("V", "final"), ("?", "unknown"), ("", "unknown")],
)  # fmt: skip
def test_every_result_status_is_decided(sent: str, meant: str) -> None:
    assert observe(f"OBX|1|ST|1^T^LN||x||||||{sent}")["status"] == meant


def test_repetitions_of_a_typed_value_are_components() -> None:
    found = observe("OBX|1|NM|1^T^LN||60~120|u|||||F")
    assert "valueQuantity" not in found
    components = found["component"]
    assert isinstance(components, list)
    assert [one["valueQuantity"] for one in components if isinstance(one, dict)] == [
        {"value": Decimal(60), "unit": "u"},
        {"value": Decimal(120), "unit": "u"},
    ]


def document(sent: str) -> JsonValue:
    lines = (
        "MSH|^~\\&|L||||||ORU^R01|1|P|2.5", "PID|1||7", "OBR|1|P|F|1^T^LN",
        f"OBX|1|ED|PDF^Report^L||{sent}||||||F",
    )  # fmt: skip
    from mappers.v2_fhir.message import map_message

    mapped = map_message(parse("\r".join(lines).encode()), Feed("lab"))
    (report,) = (e.resource for e in mapped.entries if e.url.startswith("DiagnosticReport"))
    assert not any(entry.url.startswith("Observation") for entry in mapped.entries)
    if "presentedForm" not in report:
        assert "OBX-5" in {row.path for row in mapped.unmapped}
        return None
    (binary,) = (e.resource for e in mapped.entries if e.url.startswith("Binary"))
    (form,) = (one for one in read(report, "presentedForm") if isinstance(one, dict))
    assert form.pop("url") == f"Binary/{binary['id']}"
    return [{**form, "data": binary["data"]}]


def test_document_becomes_the_presented_form() -> None:
    pdf = base64.b64encode(b"%PDF-1.4 synthetic").decode()
    for sent in (f"^AP^PDF^Base64^{pdf}", f"L^application^pdf^Base64^{pdf[:8]}\\.br\\{pdf[8:]}"):
        assert document(sent) == [
            {
                "contentType": "application/pdf",
                "size": 18,
                "hash": "sipTV8iPrw44JOSYrEBtAmiH/cU=",
                "title": "Report",
                "data": pdf,
            }
        ]


def test_document_that_does_not_decode_is_listed() -> None:
    assert document("^AP^PDF^Base64^###") is None
