from decimal import Decimal

import pytest

from hl7.message import parse
from mappers.apply import apply
from mappers.path import JsonValue
from mappers.rule import Rule, Table
from mappers.v2_fhir.datatypes import Context
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.source import SegmentSource
from mappers.v2_fhir.work import VOCABULARY

FEED = Feed("lab", {"CLINIC": "urn:clinic"})
TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203"
LOCAL = "https://parity.example/fhir/sid/lab"
LOINC = "http://loinc.org"


def convert(using: str, field: str, codes: str = "") -> JsonValue:
    segment = parse(f"MSH|^~\\&|\rZZZ|{field}".encode()).segments[1]
    source = SegmentSource({"ZZZ": segment}, set())
    table = Table("ZZZ", "x", (Rule("ZZZ-1*", "x", using=using, codes=codes),))
    return apply(table, source, VOCABULARY, Context(FEED, FEED.zone))[0].get("x")


def typed(code: str) -> JsonValue:
    return {"coding": [{"system": TYPES, "code": code}]}


@pytest.mark.parametrize(
    ("using", "field", "meant"),
    [
        ("cx", "7^^^A&1.2.3&ISO^MR", {
            "type": typed("MR"), "system": "urn:oid:1.2.3", "value": "7",
            "assigner": {"display": "A"},
        }),
        ("cx", "7^^^CLINIC", {"system": "urn:clinic", "value": "7"}),
        ("cx", "7^^^X Y", {"system": f"{LOCAL}/X%20Y", "value": "7"}),
        ("cx", "7", {"system": f"{LOCAL}/patient", "value": "7"}),
        ("cx", "7^^^^SS", {
            "type": typed("SS"), "system": "http://hl7.org/fhir/sid/us-ssn", "value": "7",
        }),
        ("cx", "^^^A", None),
        ("cx-visit", "7", {
            "system": f"{LOCAL}/visit", "value": "7", "type": typed("VN"),
        }),
        ("ei-placer", "7^N^1.2.3^ISO", {
            "type": typed("PLAC"), "system": "urn:oid:1.2.3", "value": "7",
            "assigner": {"display": "N"},
        }),
        ("ei-filler", "7^^lab.example^DNS", {
            "type": typed("FILL"), "system": "http://lab.example", "value": "7",
        }),
        ("eip-placer", "7&N^8&N", {
            "type": typed("PLAC"), "system": f"{LOCAL}/N", "value": "7",
        }),
        ("eip-filler", "7&N^8&N", {
            "type": typed("FILL"), "system": f"{LOCAL}/N", "value": "8",
        }),
        ("xpn", "DOE^JO^ANN^III^Dr^MD^L", {
            "use": "official", "family": "DOE", "given": ["JO", "ANN"], "prefix": ["Dr"],
            "suffix": ["III", "MD"],
        }),
        ("xpn", "^^^^^^L", None),
        ("xad", "1 Main St&Main&1^Apt 2^Town^NY^10001^USA^H", {
            "use": "home", "line": ["1 Main St", "Apt 2"], "city": "Town", "state": "NY",
            "postalCode": "10001", "country": "USA",
        }),
        ("xad", "1000&Hospital Lane^^Town", {"line": ["1000 Hospital Lane"], "city": "Town"}),
        ("xad", "&Main&1^^Town", {"line": ["1 Main"], "city": "Town"}),
        ("xad", "^^^^^^H", None),
        ("xtn", "(212)555-0100^PRN^PH", {
            "system": "phone", "value": "(212)555-0100", "use": "home",
        }),
        ("xtn", "^NET^Internet^jo@example.org", {"system": "email", "value": "jo@example.org"}),
        ("xtn", "^^CP^^1^212^5550100^9", {
            "system": "phone", "value": "+1 212-5550100 x9", "use": "mobile",
        }),
        ("xtn-work", "5550100", {"system": "phone", "value": "5550100", "use": "work"}),
        ("xcn", "12^DOE^JO^^^DR^^^NPI&1.2.3&ISO^^^^NPI", {
            "type": "Practitioner",
            "identifier": {
                "type": typed("NPI"), "system": "urn:oid:1.2.3", "value": "12",
                "assigner": {"display": "NPI"},
            },
            "display": "DR JO DOE",
        }),
        ("xcn", "12^DOE^^^^^^^NPI&2.16.840.1.113883.4.6&ISO", {
            "type": "Practitioner",
            "identifier": {
                "system": "http://hl7.org/fhir/sid/us-npi", "value": "12",
                "assigner": {"display": "NPI"},
            },
            "display": "DOE",
        }),
        ("xcn", "12^DOE^^^^^^^^^^^NPI", {
            "type": "Practitioner",
            "identifier": {
                "type": typed("NPI"), "system": "http://hl7.org/fhir/sid/us-npi", "value": "12",
            },
            "display": "DOE",
        }),
        ("xon", "Main Lab^^^^^^^^^77", {
            "type": "Organization",
            "identifier": {"system": f"{LOCAL}/organization", "value": "77"},
            "display": "Main Lab",
        }),
        ("ndl", "12&DOE&JO", {
            "type": "Practitioner",
            "identifier": {"system": f"{LOCAL}/practitioner", "value": "12"},
            "display": "JO DOE",
        }),
        ("cwe", "2345-7^Glucose^LN^GLU^Sugar^L^^^Blood sugar", {
            "coding": [
                {"system": LOINC, "code": "2345-7", "display": "Glucose"},
                {"system": f"{LOCAL}/L", "code": "GLU", "display": "Sugar"},
            ],
            "text": "Blood sugar",
        }),
        ("cwe", "^only text", {"text": "only text"}),
        ("cwe", "A^^HL70078", {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0078", "code": "A"}],
        }),
        ("period", "20260101^20260102", {"start": "2026-01-01", "end": "2026-01-02"}),
        ("quantity", "5.50^mL&&UCUM", {
            "value": Decimal("5.50"), "unit": "mL", "system": "http://unitsofmeasure.org",
            "code": "mL",
        }),
        ("integer", "2", 2),
        ("integer", "two", None),
        ("lines", "a~b", "a\nb"),
        ("text", "a^b&c", "a^b&c"),
    ],
)  # fmt: skip
def test_datatype(using: str, field: str, meant: JsonValue) -> None:
    assert convert(using, field) == meant


def test_mapped_concept_keeps_the_code_as_sent() -> None:
    found = convert("cwe", "H^High^L", "v2-0078")
    assert isinstance(found, dict)
    assert found["coding"] == [
        {
            "system": "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation",
            "code": "H",
        },
        {"system": f"{LOCAL}/L", "code": "H", "display": "High"},
    ]


def test_mapped_concept_says_the_same_code_once() -> None:
    found = convert("cwe", "H", "v2-0078")
    assert isinstance(found, dict)
    codings = found["coding"]
    assert isinstance(codings, list)
    assert len(codings) == 1


def test_yes_and_no() -> None:
    assert convert("boolean", "Y", "v2-0136") is True
    assert convert("boolean", "no", "v2-0136") is False
    assert convert("boolean", "?", "v2-0136") is None


def test_race_is_one_extension_of_all_repetitions() -> None:
    found = convert("race", "2106-3^White^HL70005~2028-9^Asian^HL70005~X^Other")
    assert isinstance(found, dict)
    parts = found["extension"]
    assert isinstance(parts, list)
    assert len(parts) == 3
    assert parts[-1] == {"url": "text", "valueString": "White, Asian, Other"}


def test_time_of_birth_is_an_extension_only_where_a_time_is_sent() -> None:
    assert convert("birth-time", "19800101") is None
    found = convert("birth-time", "198001011230+0000")
    assert isinstance(found, dict)
    assert found["valueDateTime"] == "1980-01-01T12:30:00+00:00"
