"""Of composites: their parts are what their URLs say, whatever codes are given to others."""

from fhir_server.model.resource import JsonObject
from fhir_server.search.custom import additions_of
from fhir_server.search.registry import Registry
from fhir_server.search.stated import read_custom
from profiles.definition import Component
from profiles.loader import load

STANDARD = "http://hl7.org/fhir/SearchParameter"
GUIDE = "http://example.org/fhir/SearchParameter"


def parameter(code: str, **members: object) -> JsonObject:
    found: dict[str, object] = {
        "resourceType": "SearchParameter",
        "url": f"{GUIDE}/{code}",
        "status": "active",
        "code": code,
        "base": ["Observation"],
        **members,
    }
    return found  # type: ignore[return-value]


def test_parts_are_found_by_the_url_of_their_definition() -> None:
    """A guide restates `code`, and has a parameter of another type whose URL ends the same."""
    definitions = load()
    plain = Registry(definitions)
    restated = parameter("code", type="string", derivedFrom=f"{STANDARD}/clinical-code")
    assert read_custom(restated, definitions, plain.definition) is None
    own = parameter("clinical-code", type="string", expression="Observation.code.text")
    custom = read_custom(own, definitions, plain.definition)
    assert custom is not None
    registry = plain.with_added(additions_of([(custom, custom.code, None)]))
    composite = parameter(
        "both",
        type="composite",
        expression="Observation",
        component=[
            {"definition": f"{STANDARD}/clinical-code", "expression": "code"},
            {"definition": f"{GUIDE}/clinical-code", "expression": "code.text"},
        ],
    )
    found = read_custom(composite, definitions, registry.definition)
    assert found is not None
    assert found.rows[0].components == (
        Component("code", "token", "code"),
        Component("clinical-code", "string", "code.text"),
    )
