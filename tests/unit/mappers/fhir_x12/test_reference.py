"""References: how they are reduced, and followed step by step."""

import pytest

from mappers.fhir_x12.reference import literal, missing
from tests.unit.mappers.fhir_x12.case import supervised


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
