"""The shipped definitions say what R4 says."""

import time

import pytest

from profiles.definition import SearchParameter, UnknownType
from profiles.loader import load

DEFINITIONS = load()


def parameter(resource_type: str, code: str) -> SearchParameter:
    return DEFINITIONS.search_parameters(resource_type)[code]


def test_every_r4_resource_type_is_known() -> None:
    assert len(DEFINITIONS.resource_types) == 146
    assert list(DEFINITIONS.resource_types) == sorted(DEFINITIONS.resource_types)
    assert {"Patient", "Claim", "Bundle", "Parameters"} <= set(DEFINITIONS.resource_types)
    assert not {"Resource", "DomainResource", "SubscriptionStatus"} & set(
        DEFINITIONS.resource_types
    )


def test_only_resources_are_resource_types() -> None:
    assert DEFINITIONS.is_resource_type("Patient")
    for name in ("HumanName", "Patient.contact", "string", "patient", ""):
        assert not DEFINITIONS.is_resource_type(name)


def test_every_type_an_element_has_is_defined() -> None:
    for name in DEFINITIONS.resource_types:
        for element in DEFINITIONS.type(name).elements:
            for option in element.types:
                assert option.type == "Resource" or DEFINITIONS.kind(option.type)


def test_elements_are_in_the_order_of_r4() -> None:
    names = [element.name for element in DEFINITIONS.type("Patient").elements]
    assert names[:8] == [
        "id",
        "meta",
        "implicitRules",
        "language",
        "text",
        "contained",
        "extension",
        "modifierExtension",
    ]
    assert names[8:12] == ["identifier", "active", "name", "telecom"]


def test_element_has_its_cardinality_and_binding() -> None:
    gender, _ = DEFINITIONS.type("Patient").by_key["gender"]
    assert (gender.min, gender.max, gender.repeats) == (0, 1, False)
    assert gender.codes == "administrative-gender"
    name, _ = DEFINITIONS.type("Patient").by_key["name"]
    assert (name.max, name.repeats) == (None, True)
    status, _ = DEFINITIONS.type("Observation").by_key["status"]
    assert (status.min, status.is_modifier, status.is_summary) == (1, True, True)


def test_choice_lists_its_members() -> None:
    element, option = DEFINITIONS.type("Observation").by_key["valueQuantity"]
    assert (element.name, element.is_choice, option.type) == ("value[x]", True, "Quantity")
    assert len(element.types) == 11


def test_content_reference_is_the_type_it_refers_to() -> None:
    element, option = DEFINITIONS.type("Observation.component").by_key["referenceRange"]
    assert option.type == "Observation.referenceRange"
    assert element.repeats


def test_ids_and_extension_urls_carry_no_extensions() -> None:
    assert DEFINITIONS.type("Patient").by_key["id"][0].bare
    assert DEFINITIONS.type("Extension").by_key["url"][0].bare
    assert DEFINITIONS.type("Narrative").by_key["div"][0].bare
    assert not DEFINITIONS.type("Patient").by_key["birthDate"][0].bare


def test_reference_names_its_targets() -> None:
    _, option = DEFINITIONS.type("Claim").by_key["insurer"]
    assert option.targets == ("Organization",)
    _, anything = DEFINITIONS.type("Observation").by_key["focus"]
    assert anything.targets == ()


def test_unknown_names_are_told() -> None:
    for ask in (DEFINITIONS.type, DEFINITIONS.kind, DEFINITIONS.search_parameters):
        with pytest.raises(UnknownType):
            ask("Nonsense")
    with pytest.raises(UnknownType):
        DEFINITIONS.search_parameters("HumanName")


def test_expression_is_narrowed_to_the_type() -> None:
    assert parameter("Observation", "code").expression == "Observation.code"
    assert parameter("Observation", "patient").expression == (
        "Observation.subject.where(resolve() is Patient)"
    )


def test_parameters_of_resource_are_inherited() -> None:
    assert parameter("Claim", "_id").expression == "Resource.id"
    assert parameter("Claim", "_id").base == "Claim"
    assert parameter("Claim", "_text").expression is None
    assert "_text" not in DEFINITIONS.search_parameters("Bundle")


def test_composite_names_the_types_of_its_parts() -> None:
    composite = parameter("Observation", "code-value-quantity")
    assert [(part.code, part.type) for part in composite.components] == [
        ("code", "token"),
        ("value-quantity", "quantity"),
    ]


def test_parameter_names_its_target_types() -> None:
    assert parameter("Observation", "patient").targets == ("Patient",)
    assert parameter("Observation", "focus").targets == ()


def test_only_parameters_the_server_computes_lack_an_expression() -> None:
    lacking = {
        row.code
        for name in DEFINITIONS.resource_types
        for row in DEFINITIONS.search_parameters(name).values()
        if row.expression is None
    }
    assert lacking == {"_text", "_content", "_query"}


def test_our_own_parameter_joins_those_of_r4() -> None:
    state = parameter("Claim", "state")
    assert state.url == "https://parity.example/fhir/SearchParameter/claim-state"
    assert (state.type, state.base) == ("token", "Claim")
    assert "status" in DEFINITIONS.search_parameters("Claim")


def test_our_extension_is_the_one_the_parameter_reads() -> None:
    urls = {definition["url"] for definition in DEFINITIONS.own("extension")}
    assert "https://parity.example/fhir/StructureDefinition/claim-state" in urls
    expression = parameter("Claim", "state").expression or ""
    assert any(f"'{url}'" in expression for url in urls)


def test_compartment_links_types_by_search_parameters_they_have() -> None:
    patient = DEFINITIONS.compartments["Patient"]
    assert patient.members["Observation"] == ("subject", "performer")
    assert "Organization" not in patient.members
    for compartment in DEFINITIONS.compartments.values():
        for name, codes in compartment.members.items():
            assert set(codes) <= set(DEFINITIONS.search_parameters(name)), name


def test_code_list_keeps_codes_by_system() -> None:
    gender = DEFINITIONS.code_list("administrative-gender")
    assert gender.codes == {"male", "female", "other", "unknown"}
    clinical = DEFINITIONS.code_list("condition-clinical")
    assert "active" in clinical.systems["http://terminology.hl7.org/CodeSystem/condition-clinical"]


def test_every_bound_code_list_exists_and_binds_codes_only() -> None:
    for name in DEFINITIONS.resource_types:
        for element in DEFINITIONS.type(name).elements:
            if element.codes:
                assert DEFINITIONS.code_list(element.codes).codes
                assert {o.type for o in element.types} <= {"code", "CodeableConcept"}


def test_definitions_load_fast() -> None:
    start = time.perf_counter()
    load()
    assert time.perf_counter() - start < 0.15
