"""Paths through references: which tree answers, and what a message calls an element."""

import pytest

from mappers.fhir_x12.reference import literal, missing
from mappers.fhir_x12.source import Trees, fill
from mappers.path import JsonObject
from mappers.rule import Rule, Table
from tests.unit.mappers.fhir_x12.case import supervised

CLAIM: JsonObject = {"item": [{"net": 1}], "provider": {"reference": "Organization/1"}}
PROVIDER: JsonObject = {"name": "Harbor", "identifier": [{"system": "a:b", "value": "1"}]}
TREES = Trees(
    {"Claim": CLAIM, "Claim.provider": PROVIDER, "Claim.item": {"net": 2}},
    {"Claim.item": "Claim.item[3]"},
)


def test_longest_beginning_answers() -> None:
    assert list(TREES.nodes("Claim.provider.name")) == ["Harbor"]
    assert list(TREES.nodes("Claim.item.net")) == [2]
    assert list(TREES.nodes("Other.name")) == []


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("Claim.provider.identifier[system=a:b].value", "Claim.provider.identifier"),
        ("Claim.item.net", "Claim.item[3].net"),
        ("Claim.identifier[0].value", "Claim.identifier.value"),
        ("Claim.total.value", "Claim.total.value"),
    ],
)
def test_messages_name_elements_by_plain_paths(path: str, name: str) -> None:
    assert TREES.named(path) == name


def test_segment_of_constants_alone_is_not_written() -> None:
    table = Table("Claim", "2300 REF*G1", (Rule("", "REF01", constant="G1"),))
    assert fill("2300", (table,), TREES).segments == []


def test_missing_element_of_a_needed_segment_is_a_problem() -> None:
    table = Table("Claim", "2300 REF*G1", (Rule("Claim.none", "REF02", required=True),))
    (problem,) = fill("2300", (table,), TREES).problems
    assert (problem.kind, problem.path, problem.place) == ("missing", "Claim.none", "2300 REF02")


@pytest.mark.parametrize(
    ("reference", "expected"),
    [
        ("Patient/1", "Patient/1"),
        ("https://here.example/fhir/Patient/1", "Patient/1"),
        ("Patient/1/_history/2", "Patient/1"),
        ("https://here.example/fhir/Patient/1/_history/2", "Patient/1"),
    ],
)
def test_reference_is_reduced_to_type_and_id(reference: str, expected: str) -> None:
    assert literal(reference) == expected


def test_references_are_followed_step_by_step() -> None:
    case = supervised()
    first = missing({}, case.claim)
    assert {"Patient/nora", "Coverage/nora", "PractitionerRole/second"} <= set(first)
    assert "Organization/plan" in first
    assert "Practitioner/second" not in first
    known = {one: case.resources[one] for one in first if one in case.resources}
    assert "Practitioner/second" in missing(known, case.claim)
