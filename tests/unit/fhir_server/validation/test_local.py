"""References to contained resources lead somewhere."""

import pytest

from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.validation.structure import Validator
from profiles.loader import load

VALIDATOR = Validator(load())
DANGLING = "dangling-reference"
ORGANIZATION: JsonValue = {"resourceType": "Organization", "id": "o", "name": "O"}


def found(resource: JsonObject) -> list[tuple[str | None, str | None]]:
    return [(one.expression, one.detail) for one in VALIDATOR.check(resource)]


def patient(reference: str, *contained: JsonValue) -> JsonObject:
    made: JsonObject = {"resourceType": "Patient", "managingOrganization": {"reference": reference}}
    return made | ({"contained": [*contained]} if contained else {})


def test_reference_to_a_contained_resource_is_good() -> None:
    assert found(patient("#o", ORGANIZATION)) == []
    assert VALIDATOR.accepts(patient("#o", ORGANIZATION))


def test_contained_resource_need_not_be_referred_to_or_have_an_id() -> None:
    assert found(patient("Organization/1", ORGANIZATION)) == []
    assert found(patient("Organization/1", {"resourceType": "Organization", "name": "O"})) == []


@pytest.mark.parametrize(
    "resource",
    [patient("#o"), patient("#x", ORGANIZATION), patient("#o", {"resourceType": "Basic"})],
)
def test_reference_to_nothing_contained_is_told(resource: JsonObject) -> None:
    assert ("Patient.managingOrganization.reference", "dangling-reference") in found(resource)


def test_contained_resources_refer_to_their_fellows_and_their_container() -> None:
    fellow: JsonValue = {"resourceType": "Organization", "id": "f", "partOf": {"reference": "#o"}}
    back: JsonValue = {
        "resourceType": "RelatedPerson",
        "id": "r",
        "patient": {"reference": "#"},
    }
    assert found(patient("#f", fellow, ORGANIZATION, back)) == []
    assert found(patient("#f", fellow)) == [
        ("Patient.contained[0].partOf.reference", "dangling-reference")
    ]


def test_resources_of_a_bundle_have_their_own() -> None:
    entries: JsonValue = [{"resource": patient("#o", ORGANIZATION)}, {"resource": patient("#o")}]
    bundle: JsonObject = {"resourceType": "Bundle", "type": "collection", "entry": entries}
    assert found(bundle) == [
        ("Bundle.entry[1].resource.managingOrganization.reference", "dangling-reference")
    ]


def parameters(*rows: JsonValue) -> JsonObject:
    return {"resourceType": "Parameters", "parameter": [*rows]}


def operation(**value: JsonValue) -> JsonObject:
    """Return an operation of a FHIRPath Patch that adds this value."""
    return {
        "name": "operation",
        "part": [
            {"name": "type", "valueCode": "add"},
            {"name": "path", "valueString": "Patient"},
            {"name": "name", "valueString": "managingOrganization"},
            {"name": "value", **value},
        ],
    }


def test_resource_in_parameters_has_its_own() -> None:
    given = parameters(
        {"name": "resource", "resource": patient("#o", ORGANIZATION)},
        {"name": "resource", "resource": patient("#o")},
        {"name": "deep", "part": [{"name": "resource", "resource": patient("#o")}]},
    )
    assert found(given) == [
        (f"Parameters.parameter{place}.resource.managingOrganization.reference", DANGLING)
        for place in ("[1]", "[2].part[0]")
    ]


def test_value_in_parameters_refers_to_nothing_contained() -> None:
    given = parameters(
        {"name": "subject", "valueReference": {"reference": "#o"}},
        {"name": "operation", "valueReference": {"reference": "#o"}},
    )
    assert found(given) == [
        (f"Parameters.parameter[{index}].valueReference.reference", DANGLING) for index in range(2)
    ]


def test_patch_refers_to_what_the_patched_resource_contains() -> None:
    practitioner: JsonValue = {
        "resourceType": "PractitionerRole",
        "organization": {"reference": "#o"},
    }
    patch = parameters(
        operation(valueReference={"reference": "#o"}), operation(resource=practitioner)
    )
    assert found(patch) == []
    entries: JsonValue = [{"resource": patch, "request": {"method": "PATCH", "url": "Patient/1"}}]
    assert found({"resourceType": "Bundle", "type": "transaction", "entry": entries}) == []
