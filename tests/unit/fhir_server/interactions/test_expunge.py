"""Whose a resource is: of one patient alone, or of several."""

import json
from datetime import UTC, datetime

import pytest

from fhir_server.interactions.expunge import is_shared, names, patients_named
from fhir_server.model.resource import Version


def version(*references: str) -> Version:
    body = {"resourceType": "X", "a": [{"b": {"reference": one}} for one in references]}
    text = json.dumps(body).encode()
    return Version(1, "X", "x", 1, datetime(2026, 1, 1, tzinfo=UTC), False, "create", text)


@pytest.mark.parametrize(
    "reference",
    [
        "Patient/a",
        "Patient/a/_history/2",
        "http://x.example/fhir/Patient/a",
        "http://x.example/fhir/Patient/a/_history/2",
    ],
)
def test_patient_is_named_in_every_form(reference: str) -> None:
    assert names(version("Practitioner/1", reference), "a")
    assert not is_shared(version(reference, "Patient/a"), "a")
    assert is_shared(version(reference, "Patient/b"), "a")


def test_what_is_no_patient_is_not_named() -> None:
    assert patients_named(version("#Patient", "urn:uuid:1", "Patient", "Group/a", "a")) == set()
