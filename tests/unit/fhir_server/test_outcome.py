"""Every error renders as an OperationOutcome with severity, code, detail, place and words."""

import re

import pytest

from fhir_server import outcome
from fhir_server.outcome import (
    ISSUE_SYSTEM,
    FhirError,
    Gone,
    Invalid,
    Issue,
    UnknownParameter,
    raised_at,
)


def test_error_renders_its_reason() -> None:
    error = UnknownParameter("no parameter colour", expression="colour")
    assert error.outcome() == {
        "resourceType": "OperationOutcome",
        "issue": [
            {
                "severity": "error",
                "code": "not-supported",
                "details": {"coding": [{"system": ISSUE_SYSTEM, "code": "unknown-parameter"}]},
                "diagnostics": "no parameter colour",
                "expression": ["colour"],
            }
        ],
    }


def test_error_carries_many_issues() -> None:
    issues = (
        Issue("error", "required", "name is missing", "Patient.name"),
        Issue("warning", "invariant", "odd", "Patient"),
    )
    error = Invalid("the resource is not valid", issues=issues)
    assert [one.expression for one in error.issues] == ["Patient.name", "Patient"]


def test_detail_of_one_error_overrides_its_class() -> None:
    assert UnknownParameter("x", detail="other").issues[0].detail == "other"
    assert Gone("Patient/1 was deleted").issues[0].detail is None


ERRORS = [
    error
    for error in vars(outcome).values()
    if isinstance(error, type) and issubclass(error, FhirError) and error is not FhirError
]


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_every_error_is_a_refusal_with_a_reason(error: type[FhirError]) -> None:
    assert 400 <= error.status < 600
    assert error.code
    assert error.__doc__


def test_log_is_told_where_and_not_what() -> None:
    def fail() -> None:
        raise ValueError("Testperson")

    with pytest.raises(ValueError, match="Testperson") as caught:
        fail()
    assert re.fullmatch(r"test_outcome\.py:\d+>test_outcome\.py:\d+", raised_at(caught.value))
