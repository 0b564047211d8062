"""Units, dates around midnight, letters and references, asked of both databases."""

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from fhir_server.db.engine import Database
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.search.extract import Extractor
from fhir_server.search.options import Options
from fhir_server.search.page import find_page
from fhir_server.search.parse import parse
from fhir_server.search.registry import Registry
from fhir_server.store.identity import Ids
from fhir_server.store.unit_of_work import Store
from profiles.loader import load
from tests.integration.search.sample import HERE, create, ids, patient, search

UCUM = "http://unitsofmeasure.org"
BASE = "https://here.example/fhir"
LOCAL = Registry(load(), ZoneInfo("America/New_York"), BASE)


def observation(id: str, **members: JsonValue) -> JsonObject:
    return {"resourceType": "Observation", "id": id, **members}


def measured(id: str, value: str, code: str) -> JsonObject:
    return observation(id, valueQuantity={"value": Decimal(value), "system": UCUM, "code": code})


def found(store: Store, type: str, name: str, value: str) -> list[str]:
    return sorted(ids(search(store, type, (name, value))))


def test_amounts_are_found_in_any_unit_of_their_kind(store: Store) -> None:
    create(
        store,
        measured("a", "5.4", "mg"),
        measured("b", "0.0054", "g"),
        measured("c", "5.4", "mL"),
        measured("d", "5.4", "TAB"),
        measured("e", "5.5", "mg"),
        measured("f", "98.6", "[degF]"),
    )
    assert found(store, "Observation", "value-quantity", f"5.4|{UCUM}|mg") == ["a", "b"]
    assert found(store, "Observation", "value-quantity", f"gt0.00545|{UCUM}|g") == ["e"]
    assert found(store, "Observation", "value-quantity", f"5.4|{UCUM}|TAB") == ["d"]
    assert found(store, "Observation", "value-quantity", f"37.0|{UCUM}|Cel") == ["f"]
    assert found(store, "Observation", "value-quantity", "5.4||mg") == ["a"]
    assert found(store, "Observation", "value-quantity", "5.4") == ["a", "c", "d"]
    assert found(store, "Observation", "value-quantity:missing", "true") == []


@pytest.fixture
def local(migrated_url: str) -> Iterator[Store]:
    """A store whose dates without a zone are those of New York."""
    extract = Extractor(LOCAL)
    store = Store(Database.open(migrated_url), extract, now, Ids(now))
    yield store
    store.database.close()


def now() -> datetime:
    return datetime.now(UTC)


def test_a_day_is_that_of_the_configured_zone_on_both_sides_of_midnight(local: Store) -> None:
    create(
        local,
        observation("eve", effectiveDateTime="2024-03-09T23:59:59-05:00"),
        observation("first", effectiveDateTime="2024-03-10T00:00:00-05:00"),
        observation("utc", effectiveDateTime="2024-03-11T03:59:59Z"),
        observation("next", effectiveDateTime="2024-03-11T04:00:00Z"),
        observation("whole", effectiveDateTime="2024-03-10"),
        observation("month", effectiveDateTime="2024-03"),
        observation("odd", effectiveDateTime="yesterday"),
        observation("stay", effectivePeriod={"start": "2024-03-10", "end": "2024-03-10"}),
        observation("open", effectivePeriod={"start": "2024-03-10T12:00:00Z"}),
    )
    asked = {
        "2024-03-10": ["first", "stay", "utc", "whole"],
        "lt2024-03-10": ["eve", "month"],
        "sa2024-03-10": ["next"],
        "eb2024-03-10": ["eve"],
        "gt2024-03-10": ["month", "next", "open"],
    }
    for date, expected in asked.items():
        assert found_local(local, "date", date) == expected, date
    assert found_local(local, "date:missing", "true") == ["odd"]
    both = [("date", "ge2024-03-10"), ("date", "le2024-03-10T20:00:00-04:00,2024-03-11")]
    expected = ["first", "month", "next", "open", "stay", "whole"]
    assert found_local(local, *both[0], both[1]) == expected


def found_local(
    store: Store, name: str, value: str, *more: tuple[str, str], type: str = "Observation"
) -> list[str]:
    query = parse([(name, value), *more], type, HERE.tenant, LOCAL, Options(0, BASE))
    with store.read(HERE) as reader:
        return sorted(ids(find_page(query, HERE, Extractor(LOCAL), reader)))


def test_names_are_found_whatever_their_case_and_accents(store: Store) -> None:
    create(
        store,
        patient("1", name=[{"family": "Große"}]),
        patient("2", name=[{"family": "İnönü"}]),
        patient("3", name=[{"family": "山田"}]),
        patient("4", name=[{"family": "Nguye\u0302\u0303n"}]),
    )
    for value, id in (("GROSSE", "1"), ("inonu", "2"), ("山", "3"), ("nguyễn", "4")):
        assert found(store, "Patient", "family", value) == [id]
    assert found(store, "Patient", "family:exact", "Große") == ["1"]
    assert found(store, "Patient", "family:exact", "große") == []
    assert found(store, "Patient", "family:contains", "ROSS") == ["1"]


def test_identifiers_are_found_by_their_type(store: Store) -> None:
    v2 = "http://terminology.hl7.org/CodeSystem/v2-0203"
    typed: JsonObject = {"type": {"coding": [{"system": v2, "code": "MR"}]}, "value": "1"}
    create(store, patient("a", identifier=[typed]), patient("b", identifier=[{"value": "1"}]))
    assert found(store, "Patient", "identifier:of-type", f"{v2}|MR|1") == ["a"]
    assert found(store, "Patient", "identifier:of-type", f"{v2}|SS|1") == []


def test_references_are_found_however_they_are_written(local: Store) -> None:
    references: dict[str, JsonObject] = {
        "local": {"reference": "Patient/1"},
        "ours": {"reference": f"{BASE}/Patient/1"},
        "version": {"reference": "Patient/1/_history/2"},
        "group": {"reference": "Group/1"},
        "away": {"reference": "https://else.example/Patient/1"},
        "urn": {"reference": "urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7"},
        "inside": {"reference": "#p"},
        "logical": {"identifier": {"system": "urn:mrn", "value": "7"}},
    }
    create(local, *(observation(id, subject=one) for id, one in references.items()))
    asked = {
        ("subject", "1"): ["group", "local", "ours", "version"],
        ("subject", "Patient/1"): ["local", "ours", "version"],
        ("subject", f"{BASE}/Patient/1"): ["local", "ours", "version"],
        ("subject", "Patient/1/_history/2"): ["version"],
        ("subject:Group", "1"): ["group"],
        ("patient", "1"): ["local", "ours", "version"],
        ("subject", "https://else.example/Patient/1"): ["away"],
        ("subject", "urn:uuid:53fefa32-fcbb-4ff8-8a92-55ee120877b7"): ["urn"],
        ("subject:identifier", "urn:mrn|7"): ["logical"],
        ("subject:missing", "true"): [],
    }
    for (name, value), expected in asked.items():
        assert found_local(local, name, value) == expected, (name, value)


def test_canonicals_are_found_with_and_without_version(store: Store) -> None:
    url = "http://example.org/Questionnaire/phq"
    answers: JsonObject = {"resourceType": "QuestionnaireResponse", "questionnaire": f"{url}|2.0"}
    create(store, {**answers, "id": "2"}, {**answers, "id": "none", "questionnaire": url})
    for value, expected in ((url, ["2", "none"]), (f"{url}|2.0", ["2"]), (f"{url}|1.0", [])):
        escaped = value.replace("|", r"\|")
        assert found(store, "QuestionnaireResponse", "questionnaire", escaped) == expected
        assert found(store, "QuestionnaireResponse", "questionnaire", value) == expected


def test_what_every_type_has_is_searched_on_any(store: Store) -> None:
    meta: JsonObject = {
        "source": "urn:feed:lab",
        "profile": ["http://example.org/p|1"],
        "tag": [{"system": "urn:t", "code": "draft"}],
        "security": [{"system": "urn:s", "code": "R"}],
    }
    create(store, patient("1", meta=meta), patient("2"))
    for name, value in (
        ("_source", "urn:feed:lab"),
        ("_profile", "http://example.org/p"),
        ("_tag", "urn:t|draft"),
        ("_security", "urn:s|R"),
        ("_source:missing", "false"),
        ("_tag:missing", "false"),
        ("_security:not", "urn:s|V"),
    ):
        expected = ["1", "2"] if name.endswith(":not") else ["1"]
        assert found(store, "Patient", name, value) == expected, name
    assert found(store, "Patient", "_tag:not", "draft") == ["2"]
    assert found(store, "Patient", "_lastUpdated", "lt2000,gt2001") == ["1", "2"]
