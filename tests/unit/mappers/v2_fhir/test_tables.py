"""The tables themselves: names exist, fields exist in the standard, and merge and feed rules."""

import pytest

from hl7.dictionary import load
from mappers.rule import Table
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.message import ALL_MAPS, CHARGING, ENVELOPE, FINANCE, PERSON, SCHEDULING
from mappers.v2_fhir.order_message import ORDER_TABLES
from mappers.v2_fhir.work import CODE_MAPS, TRANSFORMATIONS, VOCABULARY

TABLES = (*ENVELOPE, *PERSON, *ORDER_TABLES, *FINANCE, *SCHEDULING, *CHARGING)
NEWER = {"OBR": 55}
"""Fields of 2.9 beyond the newest version of the dictionary."""


def name(table: Table) -> str:
    return table.name


@pytest.mark.parametrize("table", TABLES, ids=name)
def test_rules_name_what_exists(table: Table) -> None:
    for rule in table.rules:
        assert not rule.source or rule.using in VOCABULARY.transformations
        assert not rule.codes or rule.codes in VOCABULARY.codes


@pytest.mark.parametrize("table", TABLES, ids=name)
def test_rules_name_fields_of_the_standard(table: Table) -> None:
    versions = [load(version).segments for version in ("2.8.2", "2.5.1")]
    for path in (*(rule.source for rule in table.rules if rule.source), *table.structural):
        segment, number = path.rstrip("*").split("-")
        assert segment in table.source.split() or segment in {"PV2", "EVN"}
        known = max(len(one.get(segment, ())) for one in versions)
        assert 0 < int(number) <= NEWER.get(segment, known)


def test_every_transformation_and_code_map_is_used() -> None:
    used = {rule.using for table in TABLES for rule in table.rules if rule.source}
    direct = {
        "v2-0017",
        "v2-resource-type",
        "v2-0190",
        "v2-0190-type",
        "v2-0200",
        "v2-0201",
        "v2-0202",
    }
    assert set(VOCABULARY.transformations) - used == set()
    mapped = {rule.codes for table in TABLES for rule in table.rules}
    assert {one.name for one in ALL_MAPS} - mapped == direct


@pytest.mark.parametrize("code_map", ALL_MAPS, ids=lambda code_map: code_map.name)
def test_no_code_has_two_rows(code_map: object) -> None:
    (found,) = (one for one in ALL_MAPS if one is code_map)
    codes = [row.code for row in found.rows]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize(
    ("named", "system"),
    [
        ("LN", "http://loinc.org"),
        ("HL70078", "http://terminology.hl7.org/CodeSystem/v2-0078"),
        ("HL7396", "http://terminology.hl7.org/CodeSystem/v2-0396"),
        ("I10C", "http://hl7.org/fhir/sid/icd-10-cm"),
        ("2.16.840.1.113883.6.96", "http://snomed.info/sct"),
        ("1.2.3.4", "urn:oid:1.2.3.4"),
        ("99LAB", "https://parity.example/fhir/sid/lab%20a/99LAB"),
        ("OWN", "urn:own"),
        ("", ""),
    ],
)
def test_coding_system_by_its_name(named: str, system: str) -> None:
    assert Feed("lab a", {"OWN": "urn:own"}).code_system(named) == system


@pytest.mark.parametrize(
    ("authority", "system"),
    [
        (("A", "1.2.3", "ISO"), "urn:oid:1.2.3"),
        (("A", "2.16.840.1.113883.4.6", "ISO"), "http://hl7.org/fhir/sid/us-npi"),
        (("", "426D2726-51FC-89FE-A946-8596E80A80EB", "GUID"),
         "urn:uuid:426d2726-51fc-89fe-a946-8596e80a80eb"),
        (("", "https://a.example/ids", "URI"), "https://a.example/ids"),
        (("", "lab.example", "DNS"), "http://lab.example"),
        (("", "free text", "L"), "urn:id:free%20text"),
        (("OWN", "", ""), "urn:own"),
        (("A", "", ""), "https://parity.example/fhir/sid/lab/A"),
        (("", "", ""), "https://parity.example/fhir/sid/lab/patient"),
    ],
)  # fmt: skip
def test_assigning_authority_by_its_parts(authority: tuple[str, str, str], system: str) -> None:
    feed = Feed("lab", {"OWN": "urn:own"})
    assert feed.identifier_system(*authority, "patient") == system


def test_no_two_groups_of_code_maps_share_a_name() -> None:
    names = [name for group in CODE_MAPS for name in group]
    assert len(names) == len(set(names))


def test_no_two_groups_share_a_name() -> None:
    names = [name for group in TRANSFORMATIONS for name in group]
    assert len(names) == len(set(names)) == len(VOCABULARY.transformations)
