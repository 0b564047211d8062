"""Searches told in plain words."""

import pytest

from fhir_server.search.options import Options
from fhir_server.search.parse import parse_types
from fhir_server.search.registry import OF_WORDS
from fhir_server.search.telling import tell
from tests.unit.fhir_server.search.sample import REGISTRY, TENANT

CASES = [
    ("Patient", [], "Patients, newest first"),
    ("Patient", [("birthdate", "lt1980")], "Patients whose birthdate is before 1980, newest first"),
    (
        "Patient",
        [("gender", "male,female"), ("name", "weber"), ("_sort", "family,-birthdate")],
        (
            "Patients whose gender is male or female and whose name begins with weber, "
            "by family, birthdate descending"
        ),
    ),
    (
        "Patient",
        [("birthdate", "ge1980,1970"), ("name:contains", r"a\,b")],
        (
            "Patients whose birthdate is or is after 1980 or is 1970 and whose name contains a,b, "
            "newest first"
        ),
    ),
    (
        "Observation",
        [("value-quantity", "gt5.4|http://unitsofmeasure.org|mg"), ("code:not", "x")],
        (
            "Observations whose value-quantity is more than 5.4|http://unitsofmeasure.org|mg "
            "and whose code is not x, newest first"
        ),
    ),
    (
        "Observation",
        [("subject:Patient.name:exact", "Weber"), ("date:missing", "true")],
        (
            "Observations whose subject is a Patient whose name is exactly Weber "
            "and without a date, newest first"
        ),
    ),
    (
        "Observation",
        [("subject.organization.name", "north"), ("_lastUpdated", "gt2026")],
        (
            "Observations whose subject is a resource whose organization is a resource whose name "
            "begins with north and whose last update is after 2026, newest first"
        ),
    ),
    (
        "Patient",
        [("_has:Observation:patient:code", "8867-4"), ("_list", "1")],
        (
            "Patients to which an Observation whose code is 8867-4 refers as patient "
            "and in the list 1, newest first"
        ),
    ),
    (
        "Observation",
        [("code-value-quantity", "8480-6$gt140"), ("_filter", "status eq final")],
        (
            "Observations with code-value-quantity 8480-6 and gt140 "
            'and for which "status eq final" holds, newest first'
        ),
    ),
    (
        "Observation",
        [("_include", "Observation:subject:Patient"), ("_revinclude:iterate", "Provenance:target")],
        (
            "Observations, newest first, along with the Patients Observations refer to as subject, "
            "along with the Provenances that refer to them as target and so on"
        ),
    ),
    (
        "Location",
        [("near", "1|2|3"), ("_summary", "count")],
        "How many Locations near 1|2|3",
    ),
    ("Library", [("_id", "a,b,c,d,e,f")], "Libraries whose id is one of 6 values, newest first"),
]


@pytest.mark.parametrize(("type", "pairs", "told"), CASES)
def test_search_is_told_in_words(type: str, pairs: list[tuple[str, str]], told: str) -> None:
    query = parse_types(pairs, (type,), TENANT, REGISTRY, Options(0))
    assert tell(query, TENANT, REGISTRY) == told


def test_types_and_compartments_are_told() -> None:
    some = parse_types([("_tag", "x")], ("Patient", "Group"), TENANT, REGISTRY, Options(0))
    assert tell(some, TENANT, REGISTRY) == "Patients and Groups whose tag is x, newest first"
    every = REGISTRY.definitions.resource_types
    query = parse_types([], every, TENANT, REGISTRY, Options(0))
    told = tell(query, TENANT, REGISTRY, "Patient/1")
    assert told == "Resources in the compartment of Patient/1, newest first"


def test_every_parameter_of_r4_is_told() -> None:
    for type in ("Observation", "Patient", "ValueSet", "Location"):
        for code, parameter in REGISTRY.parameters(TENANT, type).items():
            if parameter.type == "composite" or code in OF_WORDS:
                continue
            asked = [(f"{code}:missing", "true")]
            query = parse_types(asked, (type,), TENANT, REGISTRY, Options(0))
            assert " without a " in tell(query, TENANT, REGISTRY)
