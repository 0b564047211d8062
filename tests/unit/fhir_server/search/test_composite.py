"""Composites in memory; the databases are asked in tests/integration/search/test_composite.py."""

from decimal import Decimal

import pytest

from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import BadRequest, NotSupported
from tests.unit.fhir_server.search.sample import finds, observation, query, rows

LOINC = "http://loinc.org"


def concept(code: str, system: str = LOINC) -> JsonObject:
    return {"coding": [{"system": system, "code": code}]}


def amount(value: int, code: str = "mm[Hg]") -> JsonObject:
    return {"value": Decimal(value), "system": "http://unitsofmeasure.org", "code": code}


def pressure(systolic: int, diastolic: int) -> JsonObject:
    components: list[JsonValue] = [
        {"code": concept("8480-6"), "valueQuantity": amount(systolic)},
        {"code": concept("8462-4"), "valueQuantity": amount(diastolic)},
    ]
    return observation(code=concept("85354-9"), component=components)


@pytest.mark.parametrize("name", ["component-code-value-quantity", "combo-code-value-quantity"])
@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("8480-6$gt100", True),
        ("8462-4$gt100", False),
        ("8480-6$lt100", False),
        (f"{LOINC}|8480-6$120", True),
        (f"{LOINC}|8480-6$80", False),
        ("urn:other|8480-6$120", False),
        ("8480-6$120||mm[Hg]", True),
        ("8480-6$120||kPa", False),
        ("8462-4$gt100,8480-6$gt100", True),
        ("85354-9$120", False),
    ],
)
def test_code_and_value_stand_in_one_component(name: str, value: str, found: bool) -> None:
    assert finds(pressure(120, 80), name, value) is found


@pytest.mark.parametrize("name", ["code-value-quantity", "combo-code-value-quantity"])
@pytest.mark.parametrize(
    ("value", "found"),
    [("1-8$5", True), ("1-8$gt6", False), ("2-8$5", False), ("2-8$5,1-8$5", True)],
)
def test_single_element_is_asked_of_the_rows_of_its_parts(
    name: str, value: str, found: bool
) -> None:
    resource = observation(code=concept("1-8"), valueQuantity=amount(5))
    assert finds(resource, name, value) is found
    assert len(rows(resource).num) == len(rows(observation(valueQuantity=amount(5))).num)


@pytest.mark.parametrize(
    ("name", "value", "member"),
    [
        ("code-value-string", "1-8$pos", {"valueString": "Positive"}),
        ("code-value-date", "1-8$ge2020", {"valueDateTime": "2020-03-01"}),
        ("code-value-date", "1-8$2020", {"valuePeriod": {"start": "2020-03", "end": "2020-04"}}),
        ("code-value-concept", f"1-8${LOINC}|x", {"valueCodeableConcept": concept("x")}),
        ("combo-code-value-concept", "1-8$x", {"valueCodeableConcept": concept("x")}),
    ],
)
def test_each_type_of_value_is_found(name: str, value: str, member: JsonObject) -> None:
    assert finds(observation(code=concept("1-8"), **member), name, value)
    assert not finds(observation(code=concept("2-8"), **member), name, value)
    assert not finds(observation(code=concept("1-8")), name, value)


def test_text_of_a_concept_is_no_string_beside_the_code() -> None:
    resource = observation(code=concept("1-8"), valueCodeableConcept={"text": "Positive"})
    assert finds(resource, "value-string", "positive")
    assert not finds(resource, "code-value-string", "1-8$positive")


def test_escaped_dollar_belongs_to_a_part() -> None:
    resource = observation(code=concept("a$b"), valueString="5$ each")
    assert finds(resource, "code-value-string", r"a\$b$5\$ each")
    with pytest.raises(BadRequest, match="code-value-string"):
        query("Observation", ("code-value-string", "a$b$c"))


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("DocumentReference/1$replaces", True),
        ("1$http://hl7.org/fhir/document-relationship-type|replaces", True),
        ("DocumentReference/1$appends", False),
        ("DocumentReference/2$replaces", False),
    ],
)
def test_relationship_is_target_and_code_in_spite_of_its_definition(
    value: str, found: bool
) -> None:
    relations: list[JsonValue] = [
        {"code": "replaces", "target": {"reference": "DocumentReference/1"}},
        {"code": "appends", "target": {"reference": "DocumentReference/2"}},
    ]
    resource: JsonObject = {"resourceType": "DocumentReference", "relatesTo": relations}
    assert finds(resource, "relationship", value) is found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("c7$10$20", True),
        ("c7$ge10$le20", True),
        ("c7$10$40", False),
        ("c7$30$40", True),
        ("c8$10$20", False),
        ("c7$lt10$20", False),
    ],
)
def test_three_parts_stand_in_one_variant(value: str, found: bool) -> None:
    resource: JsonObject = {
        "resourceType": "MolecularSequence",
        "referenceSeq": {
            "chromosome": concept("c7"),
            "referenceSeqId": concept("NC_1"),
            "windowStart": 5,
            "windowEnd": 50,
        },
        "variant": [{"start": 10, "end": 20}, {"start": 30, "end": 40}, {"start": 99}],
    }
    assert finds(resource, "chromosome-variant-coordinate", value) is found
    assert (
        finds(resource, "referenceseqid-variant-coordinate", value.replace("c7", "NC_1")) is found
    )
    assert finds(resource, "chromosome-window-coordinate", "c7$5$50")
    assert not finds(resource, "referenceseqid-window-coordinate", "NC_1$6$50")


@pytest.mark.parametrize("value", ["a", "a$", "$5", "a$5$6", "a$five"])
def test_parts_that_are_missing_or_odd_are_refused(value: str) -> None:
    with pytest.raises(BadRequest):
        query("Observation", ("code-value-quantity", value))


def test_what_elements_have_no_rows_for_is_refused() -> None:
    with pytest.raises(NotSupported, match="without a code"):
        query("Observation", ("component-code-value-quantity", f"{LOINC}|$5"))
