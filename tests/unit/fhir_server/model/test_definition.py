"""Paths lead to the types that R4 defines."""

import pytest

from fhir_server.model.definition import find_element, path_types
from profiles.definition import UnknownType
from profiles.loader import load

DEFINITIONS = load()


def types(resource_type: str, path: str) -> list[str]:
    return [option.type for option in path_types(DEFINITIONS, resource_type, path.split("."))]


def test_path_leads_through_backbones_and_data_types() -> None:
    assert types("Patient", "contact.name.given") == ["string"]
    assert types("Claim", "item.detail.productOrService.coding.code") == ["code"]


def test_choice_leads_to_each_of_its_types() -> None:
    assert types("Observation", "effective") == ["dateTime", "Period", "Timing", "instant"]


def test_path_through_a_choice_follows_each_type() -> None:
    assert types("Patient", "multipleBirth.value") == []
    assert types("Observation", "value.code") == ["code"]


def test_content_reference_leads_to_what_it_refers_to() -> None:
    assert types("Observation", "component.referenceRange.low") == ["Quantity"]


def test_inherited_elements_are_found() -> None:
    assert types("Binary", "meta.lastUpdated") == ["instant"]


def test_unknown_element_leads_nowhere() -> None:
    assert types("Patient", "nonsense.name") == []
    assert find_element(DEFINITIONS, "string", "value") is None


def test_nothing_is_known_behind_any_resource() -> None:
    assert types("Bundle", "entry.resource.id") == []


def test_unknown_type_is_told() -> None:
    with pytest.raises(UnknownType):
        path_types(DEFINITIONS, "Pat", ["name"])
