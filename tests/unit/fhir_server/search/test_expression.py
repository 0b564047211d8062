import pytest

from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.search.expression import WHOLE, ExpressionError, compile_expression
from profiles.loader import load

DEFINITIONS = load()


def values(expression: str, resource: JsonObject) -> list[JsonValue]:
    sources = compile_expression(expression, str(resource["resourceType"]), DEFINITIONS)
    return [
        value
        for source in sources
        for value in source.values(resource if source.member == WHOLE else resource[source.member])
        if source.member == WHOLE or source.member in resource
    ]


def test_path_passes_through_lists() -> None:
    patient: JsonObject = {
        "resourceType": "Patient",
        "name": [{"given": ["A", "B"]}, {"family": "C"}, {"given": ["D"]}],
    }
    assert values("Patient.name.given", patient) == ["A", "B", "D"]


def test_choice_is_one_source_for_each_type() -> None:
    sources = compile_expression("Observation.value", "Observation", DEFINITIONS)
    assert {source.member for source in sources} > {"valueQuantity", "valueString"}
    assert {source.path for source in sources} == {("value",)}


@pytest.mark.parametrize(
    "expression",
    [
        "(Observation.value as Quantity)",
        "Observation.value.as(Quantity)",
        "Observation.value.ofType(Quantity)",
    ],
)
def test_type_is_chosen_however_it_is_written(expression: str) -> None:
    (source,) = compile_expression(expression, "Observation", DEFINITIONS)
    assert (source.member, source.type) == ("valueQuantity", "Quantity")


def test_path_goes_on_behind_brackets() -> None:
    (source,) = compile_expression(
        "(Observation.value as CodeableConcept).text", "Observation", DEFINITIONS
    )
    assert (source.member, source.type) == ("valueCodeableConcept", "string")


def test_where_compares_a_member() -> None:
    patient: JsonObject = {
        "resourceType": "Patient",
        "telecom": [{"system": "phone", "value": "1"}, {"system": "email", "value": "2"}],
    }
    found = values("Patient.telecom.where(system='email')", patient)
    assert found == [{"system": "email", "value": "2"}]


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ({"reference": "Patient/1"}, True),
        ({"reference": "https://example.org/fhir/Patient/1"}, True),
        ({"reference": "Patient/1/_history/2"}, True),
        ({"reference": "Group/1"}, False),
        ({"reference": "NotAPatient/1"}, False),
        ({"type": "Patient", "identifier": {"value": "1"}}, True),
        ({"display": "somebody"}, False),
    ],
)
def test_resolve_reads_the_type_from_the_reference(reference: JsonObject, found: bool) -> None:
    resource: JsonObject = {"resourceType": "Observation", "subject": reference}
    kept = values("Observation.subject.where(resolve() is Patient)", resource)
    assert kept == ([reference] if found else [])


def test_index_takes_one() -> None:
    bundle: JsonObject = {
        "resourceType": "Bundle",
        "entry": [{"resource": {"id": "1"}}, {"resource": {"id": "2"}}],
    }
    assert values("Bundle.entry[0].resource", bundle) == [{"id": "1"}]


@pytest.mark.parametrize(
    ("members", "dead"),
    [
        ({}, False),
        ({"deceasedBoolean": False}, False),
        ({"deceasedBoolean": True}, True),
        ({"deceasedDateTime": "2020"}, True),
    ],
)
def test_patient_is_dead_by_flag_or_date(members: JsonObject, dead: bool) -> None:
    row = DEFINITIONS.search_parameters("Patient")["deceased"]
    assert values(str(row.expression), {"resourceType": "Patient", **members}) == [dead]


def test_single_says_whether_a_value_can_repeat() -> None:
    (born,) = compile_expression("Patient.birthDate", "Patient", DEFINITIONS)
    (given,) = compile_expression("Patient.name.given", "Patient", DEFINITIONS)
    assert born.single
    assert not given.single


@pytest.mark.parametrize(
    "expression",
    [
        "Patient.name.count()",
        "Observation.status",
        "Patient.name.where(given)",
        "Patient.name ~ 1",
        "Patient.name and",
        "(Patient.name",
    ],
)
def test_anything_else_is_refused(expression: str) -> None:
    with pytest.raises(ExpressionError):
        compile_expression(expression, "Patient", DEFINITIONS)


def test_odd_shapes_give_no_values() -> None:
    patient: JsonObject = {"resourceType": "Patient", "name": ["text", None, {"given": None}]}
    assert values("Patient.name.given", patient) == []
