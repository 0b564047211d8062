"""FHIRPath Patch: operations on elements."""

from copy import deepcopy

import pytest

from fhir_server.interactions.fhirpath_patch import apply_fhirpath_patch
from fhir_server.model.codec import decode, encode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import BadRequest, Invalid
from profiles.loader import load

DEFINITIONS = load()
PATIENT: JsonObject = {
    "resourceType": "Patient",
    "id": "1",
    "identifier": [
        {"system": "urn:a", "value": "1"},
        {"system": "urn:b", "value": "2"},
        {"system": "urn:c", "value": "3"},
    ],
    "name": [{"use": "official", "family": "Rivera", "given": ["Ada", "Bea"]}],
    "birthDate": "1980-02-29",
    "_birthDate": {"extension": [{"url": "urn:time", "valueDateTime": "1980-02-29T01:00:00Z"}]},
    "deceasedBoolean": False,
}


def operation(type: str, path: str, *parts: JsonValue, **values: JsonValue) -> JsonObject:
    """Return an operation; `values` are its other parts by name: text, number or value part."""
    made: list[JsonValue] = [
        {"name": "type", "valueCode": type},
        {"name": "path", "valueString": path},
        *parts,
    ]
    for name, value in values.items():
        key = "valueInteger" if isinstance(value, int) else "valueString"
        made.append({"name": name, key: value})
    return {"name": "operation", "part": made}


def value(**members: JsonValue) -> JsonObject:
    return {"name": "value", **members}


def patched(resource: JsonObject, *operations: JsonValue) -> JsonObject:
    parameters: JsonObject = {"resourceType": "Parameters", "parameter": list(operations)}
    return apply_fhirpath_patch(parameters, deepcopy(resource), DEFINITIONS)


def systems(resource: JsonObject) -> list[str]:
    rows = resource["identifier"]
    assert isinstance(rows, list)
    return [str(row["system"])[-1] for row in rows if isinstance(row, dict)]


def test_add_appends_to_a_list() -> None:
    new = value(valueIdentifier={"system": "urn:d"})
    after = patched(PATIENT, operation("add", "Patient", new, name="identifier"))
    assert systems(after) == ["a", "b", "c", "d"]


def test_add_gives_an_element_that_was_not_there() -> None:
    after = patched(PATIENT, operation("add", "Patient", value(valueCode="female"), name="gender"))
    assert after["gender"] == "female"
    with pytest.raises(Invalid):
        patched(PATIENT, operation("add", "Patient", value(valueDate="1999"), name="birthDate"))


def test_add_of_a_choice_is_written_by_its_type() -> None:
    resource: JsonObject = {"resourceType": "Observation", "status": "final"}
    new = value(valueQuantity={"value": 1})
    for name in ("value", "value[x]"):
        after = patched(resource, operation("add", "Observation", new, name=name))
        assert after["valueQuantity"] == {"value": 1}
    bad = value(valueAddress={"city": "x"})
    with pytest.raises(Invalid):
        patched(resource, operation("add", "Observation", bad, name="value"))


def test_value_without_a_type_name_comes_as_parts() -> None:
    contact: JsonObject = {
        "name": "value",
        "part": [
            {"name": "name", "valueHumanName": {"text": "a name"}},
            {"name": "telecom", "valueContactPoint": {"value": "1"}},
            {"name": "telecom", "valueContactPoint": {"value": "2"}},
            {"name": "gender", "valueCode": "male"},
        ],
    }
    after = patched(PATIENT, operation("add", "Patient", contact, name="contact"))
    assert after["contact"] == [
        {
            "name": {"text": "a name"},
            "telecom": [{"value": "1"}, {"value": "2"}],
            "gender": "male",
        }
    ]


@pytest.mark.parametrize(("index", "order"), [(0, "xabc"), (2, "abxc"), (3, "abcx")])
def test_insert_puts_an_item_where_it_is_told(index: int, order: str) -> None:
    new = value(valueIdentifier={"system": "urn:x"})
    after = patched(PATIENT, operation("insert", "Patient.identifier", new, index=index))
    assert systems(after) == list(order)


def test_insert_beyond_the_end_is_refused() -> None:
    new = value(valueIdentifier={"system": "urn:x"})
    with pytest.raises(Invalid):
        patched(PATIENT, operation("insert", "Patient.identifier", new, index=4))


@pytest.mark.parametrize(
    ("path", "left"),
    [
        ("Patient.identifier[0]", "bc"),
        ("identifier[1]", "ac"),
        ("Patient.identifier.last()", "ab"),
        ("Patient.identifier.first()", "bc"),
        ("Patient.identifier.skip(1).first()", "ac"),
        ("Patient.identifier.tail().take(1)", "ac"),
        ("Patient.identifier.where(system = 'urn:b')", "ac"),
        ("Patient.identifier.where(system = 'urn:b' and value = '2')", "ac"),
        ("Patient.identifier.where(system.endsWith('c') or value = '9')", "ab"),
        ("Patient.identifier.where(system = 'urn:z')", "abc"),
        ("%resource.identifier.where(value='3').single()", "ab"),
    ],
)
def test_delete_takes_the_element_the_path_leads_to(path: str, left: str) -> None:
    assert systems(patched(PATIENT, operation("delete", path))) == list(left)


def test_delete_of_several_is_refused_and_of_nothing_is_none() -> None:
    with pytest.raises(Invalid):
        patched(PATIENT, operation("delete", "Patient.identifier"))
    assert patched(PATIENT, operation("delete", "Patient.photo")) == PATIENT


def test_delete_leaves_nothing_empty_behind() -> None:
    resource: JsonObject = {"resourceType": "Patient", "contact": [{"name": {"given": ["A"]}}]}
    after = patched(resource, operation("delete", "Patient.contact.name.given[0]"))
    assert after == {"resourceType": "Patient"}


def test_replace_puts_one_value_for_another() -> None:
    after = patched(
        PATIENT, operation("replace", "Patient.name[0].family", value(valueString="Lovelace"))
    )
    assert after["name"] == [{"use": "official", "family": "Lovelace", "given": ["Ada", "Bea"]}]
    with pytest.raises(Invalid):
        patched(PATIENT, operation("replace", "Patient.gender", value(valueCode="male")))


def test_replace_of_a_choice_may_change_its_type_at_its_place() -> None:
    new = value(valueDateTime="2020")
    after = patched(PATIENT, operation("replace", "Patient.deceased", new))
    assert "deceasedBoolean" not in after
    assert after["deceasedDateTime"] == "2020"
    assert list(after)[-1] == "deceasedDateTime"


def test_move_changes_the_place_in_a_list() -> None:
    move = operation("move", "Patient.identifier", source=2, destination=0)
    assert systems(patched(PATIENT, move)) == ["c", "a", "b"]
    with pytest.raises(Invalid):
        patched(PATIENT, operation("move", "Patient.identifier", source=3, destination=0))


def test_extensions_of_primitives_stay_with_their_values() -> None:
    resource: JsonObject = {
        "resourceType": "Patient",
        "name": [{"given": ["A", "B", "C"], "_given": [None, {"id": "b"}]}],
    }
    after = patched(resource, operation("delete", "Patient.name.given[0]"))
    assert after["name"] == [{"given": ["B", "C"], "_given": [{"id": "b"}, None]}]
    after = patched(resource, operation("move", "Patient.name.given", source=1, destination=2))
    assert after["name"] == [{"given": ["A", "C", "B"], "_given": [None, None, {"id": "b"}]}]
    after = patched(resource, operation("delete", "Patient.name.given.where($this = 'B')"))
    assert after["name"] == [{"given": ["A", "C"]}]


def test_extension_of_a_primitive_can_be_changed() -> None:
    path = "Patient.birthDate.extension('urn:time').value"
    new = value(valueDateTime="1980-02-29T02:00:00Z")
    after = patched(PATIENT, operation("replace", path, new))
    assert after["_birthDate"] == {
        "extension": [{"url": "urn:time", "valueDateTime": "1980-02-29T02:00:00Z"}]
    }
    gone = patched(PATIENT, operation("delete", "Patient.birthDate.extension[0]"))
    assert "_birthDate" not in gone
    assert gone["birthDate"] == "1980-02-29"
    added = value(valueExtension={"url": "urn:x", "valueCode": "x"})
    after = patched(
        {"resourceType": "Patient", "birthDate": "1980"},
        operation("add", "Patient.birthDate", added, name="extension"),
    )
    assert after["_birthDate"] == {"extension": [{"url": "urn:x", "valueCode": "x"}]}


def test_decimals_are_kept_as_written() -> None:
    resource = decode(b'{"resourceType":"Observation","valueQuantity":{"value":1.10,"unit":"x"}}')
    part = decode(b'{"name":"value","valueDecimal":2.500}')
    path = "Observation.value.ofType(Quantity).value"
    after = patched(resource, operation("replace", path, part))
    assert encode(after).endswith(b'"valueQuantity":{"value":2.500,"unit":"x"}}')


def test_parts_of_contained_resources_are_reached() -> None:
    resource: JsonObject = {
        "resourceType": "Observation",
        "contained": [{"resourceType": "Patient", "id": "p", "active": True}],
    }
    after = patched(
        resource,
        operation(
            "replace", "Observation.contained.where(id='p').active", value(valueBoolean=False)
        ),
    )
    assert after["contained"] == [{"resourceType": "Patient", "id": "p", "active": False}]


@pytest.mark.parametrize(
    "bad",
    [
        {"name": "other"},
        {"name": "operation", "part": [1]},
        operation("merge", "Patient"),
        operation("add", "Patient", name="gender"),
        operation("add", "Patient", value(valueCode="x")),
        operation("delete", "Patient..name"),
        operation("delete", "Patient.name."),
        operation("delete", "Patient.name.where(use = 'x'"),
        operation("delete", "Patient.name.combine(identifier)"),
        operation("delete", "Patient.name.where(use.nonsense())"),
        operation("delete", "1 + 1"),
        operation("insert", "Patient.name.first()", value(valueHumanName={}), index=0),
        operation("insert", "Patient.name", value(valueHumanName={})),
        operation("add", "Patient", value(valueCode="x", valueString="y"), name="gender"),
        operation("delete", ""),
    ],
)
def test_what_is_no_operation_is_told_with_its_place(bad: JsonValue) -> None:
    with pytest.raises((BadRequest, Invalid)) as refused:
        patched(PATIENT, bad)
    assert refused.value.issues[0].expression == "Parameters.parameter[0]"


@pytest.mark.parametrize(
    "bad",
    [
        operation("delete", "Patient.nothing"),
        operation("replace", "Patient", value(valueString="x")),
        operation("delete", "Patient"),
        operation("add", "Patient.identifier", value(valueCode="usual"), name="use"),
        operation("add", "Patient.active", value(valueCode="usual"), name="use"),
        operation("insert", "Patient.birthDate", value(valueDate="2000"), index=0),
    ],
)
def test_operation_that_does_not_fit_is_refused(bad: JsonValue) -> None:
    with pytest.raises(Invalid):
        patched(PATIENT, bad)


def test_body_must_be_parameters() -> None:
    with pytest.raises(BadRequest):
        apply_fhirpath_patch({"resourceType": "Patient"}, {}, DEFINITIONS)


def test_each_part_of_an_operation_comes_once() -> None:
    twice = operation("delete", "Patient.birthDate", {"name": "type", "valueCode": "add"})
    with pytest.raises(BadRequest):
        apply_fhirpath_patch(
            {"resourceType": "Parameters", "parameter": [twice]}, deepcopy(PATIENT), DEFINITIONS
        )
