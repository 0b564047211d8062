"""Patches by their media type."""

import pytest

from fhir_server.interactions.patch_format import JSON_PATCH, patch_of, read_change
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import BadRequest, UnsupportedMedia
from profiles.loader import load

DEFINITIONS = load()
PATIENT: JsonObject = {"resourceType": "Patient", "active": True}


@pytest.mark.parametrize("type", [JSON_PATCH, "Application/JSON-Patch+JSON; charset=UTF-8"])
def test_json_patch_is_known_by_its_type(type: str) -> None:
    change = read_change(b'[{"op":"remove","path":"/active"}]', type, DEFINITIONS)
    assert change(dict(PATIENT)) == {"resourceType": "Patient"}


@pytest.mark.parametrize("type", ["application/fhir+json", "application/json;charset=utf-8"])
def test_parameters_are_known_by_their_type(type: str) -> None:
    body = b'{"resourceType":"Parameters"}'
    assert read_change(body, type, DEFINITIONS)(dict(PATIENT)) == PATIENT


@pytest.mark.parametrize("type", [None, "", "text/plain", f"{JSON_PATCH}; charset=latin-1"])
def test_other_types_are_refused(type: str | None) -> None:
    with pytest.raises(UnsupportedMedia) as refused:
        read_change(b"[]", type, DEFINITIONS)
    assert JSON_PATCH in refused.value.accept_patch


def test_patch_of_an_entry_is_a_binary_or_parameters() -> None:
    binary: JsonObject = {"resourceType": "Binary", "contentType": "x/y", "data": "W1\n0="}
    assert patch_of(binary) == (b"[]", "x/y")
    assert patch_of({"resourceType": "Parameters"})[1] == "application/fhir+json"
    for other in (None, PATIENT, {**binary, "data": "?"}, {**binary, "contentType": 1}):
        with pytest.raises(BadRequest):
            patch_of(other)
