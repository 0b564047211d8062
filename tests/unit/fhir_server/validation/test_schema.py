"""The generated schema is small, complete and says no rather than guess."""

import pytest

from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.validation.schema import has_nested_resources, resource_schema
from fhir_server.validation.structure import Validator
from profiles.loader import load

DEFINITIONS = load()


def references(schema: JsonValue) -> set[str]:
    if isinstance(schema, list):
        return {name for item in schema for name in references(item)}
    if not isinstance(schema, dict):
        return set()
    own = {str(schema["$ref"])} if "$ref" in schema else set()
    return own | {name for item in schema.values() for name in references(item)}


@pytest.mark.parametrize("name", ["Patient", "Claim", "StructureDefinition"])
def test_every_reference_is_defined(name: str) -> None:
    schema = resource_schema(DEFINITIONS, name)
    defined = schema["definitions"]
    assert isinstance(defined, dict)
    assert references(schema) == {f"#/definitions/{key}" for key in defined}


def test_only_types_with_resources_inside_are_left_to_the_walk() -> None:
    left = [name for name in DEFINITIONS.resource_types if has_nested_resources(DEFINITIONS, name)]
    assert left == ["Bundle", "Parameters"]


def test_same_definitions_give_the_same_schema() -> None:
    assert resource_schema(DEFINITIONS, "Claim") == resource_schema(DEFINITIONS, "Claim")


GOOD_BUT_RARE: list[JsonObject] = [
    {"resourceType": "Patient", "name": [{"given": ["a", None], "_given": [None, {"id": "b"}]}]},
    {"resourceType": "Patient", "name": [{"_given": [{"id": "b"}]}]},
]


@pytest.mark.parametrize("resource", GOOD_BUT_RARE)
def test_rare_good_resource_is_left_to_the_walk(resource: JsonObject) -> None:
    validator = Validator(DEFINITIONS)
    assert not validator.accepts(resource)
    assert validator.check(resource) == ()


def test_ordinary_good_resource_is_accepted_by_the_schema() -> None:
    validator = Validator(DEFINITIONS)
    assert validator.accepts(
        {
            "resourceType": "Patient",
            "text": {
                "status": "generated",
                "div": '<div xmlns="http://www.w3.org/1999/xhtml"><p>x</p></div>',
            },
            "contained": [{"resourceType": "Organization", "id": "o", "name": "x"}],
            "extension": [{"id": "e", "url": "u", "valueString": "v"}],
            "_birthDate": {
                "extension": [{"url": "u", "extension": [{"url": "v", "valueId": "i"}]}]
            },
            "birthDate": "1970",
            "deceasedBoolean": False,
        }
    )
