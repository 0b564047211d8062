"""Elements are found by the names FHIRPath gives them."""

import pytest

from fhir_server.model.definition import find_element
from profiles.definition import UnknownType
from profiles.loader import load

DEFINITIONS = load()


def types(type_name: str, name: str) -> list[str]:
    element = find_element(DEFINITIONS, type_name, name)
    return [option.type for option in element.types] if element else []


def test_choice_is_found_without_its_type() -> None:
    assert types("Observation", "effective") == ["dateTime", "Period", "Timing", "instant"]


def test_inherited_elements_are_found() -> None:
    assert types("Binary", "meta") == ["Meta"]


def test_unknown_element_is_not_found() -> None:
    assert find_element(DEFINITIONS, "Patient", "nonsense") is None
    assert find_element(DEFINITIONS, "string", "value") is None


def test_unknown_type_is_told() -> None:
    with pytest.raises(UnknownType):
        find_element(DEFINITIONS, "Pat", "name")
