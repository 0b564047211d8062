import pytest

from fhir_server.outcome import NotSupported, UnknownParameter
from tests.unit.fhir_server.search.sample import REGISTRY, TENANT


def test_parameter_of_the_type_is_known() -> None:
    assert REGISTRY.parameter(TENANT, "Patient", "birthdate").type == "date"


def test_unknown_parameter_is_refused_with_those_known() -> None:
    with pytest.raises(UnknownParameter, match="birthdate"):
        REGISTRY.parameter(TENANT, "Patient", "birthday")


def test_what_is_not_answered_is_named_so() -> None:
    with pytest.raises(NotSupported, match="_query"):
        REGISTRY.parameter(TENANT, "Observation", "_query")


def test_parameter_that_reads_what_others_read_together_is_answered_by_their_rows() -> None:
    both = REGISTRY.parameter(TENANT, "Observation", "combo-code")
    assert [slot.code for slot in both.spread] == ["code", "component-code"]
    assert REGISTRY.parameter(TENANT, "Observation", "code").spread == ()


def test_targets_are_all_types_when_any_may_be_referred_to() -> None:
    focus = REGISTRY.parameter(TENANT, "Observation", "focus")
    assert set(focus.targets) == set(REGISTRY.definitions.resource_types)
    assert REGISTRY.parameter(TENANT, "Observation", "patient").targets == ("Patient",)


@pytest.mark.parametrize(
    ("type", "code", "single"),
    [
        ("Patient", "birthdate", True),
        ("Observation", "date", True),
        ("Patient", "given", False),
        ("Observation", "combo-value-quantity", False),
    ],
)
def test_single_parameters_are_those_with_one_value(type: str, code: str, single: bool) -> None:
    assert REGISTRY.parameter(TENANT, type, code).single is single


def test_code_elements_know_the_systems_of_their_binding() -> None:
    gender = REGISTRY.parameter(TENANT, "Patient", "gender")
    assert "female" in gender.systems["http://hl7.org/fhir/administrative-gender"]


@pytest.mark.parametrize(
    ("type", "first", "second"),
    [("Patient", "name", "phonetic"), ("Coverage", "beneficiary", "patient")],
)
def test_parameters_of_the_same_values_share_rows(type: str, first: str, second: str) -> None:
    parameters = [REGISTRY.parameter(TENANT, type, code) for code in (first, second)]
    assert [one.code for one in parameters] == [first, second]
    assert [one.slot.code for one in parameters] == [first, first]


def test_parameters_of_other_values_share_no_rows() -> None:
    slots = [one.slot for one in REGISTRY.parameters(TENANT, "Observation").values()]
    assert len(set(slots)) == len(slots)
