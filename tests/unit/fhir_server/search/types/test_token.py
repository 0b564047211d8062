import pytest

from fhir_server.model.resource import JsonObject
from fhir_server.outcome import BadRequest, NotSupported
from tests.unit.fhir_server.search.sample import finds, observation, patient, query

LOINC = "http://loinc.org"
UCUM = "http://unitsofmeasure.org"
GENDER = "http://hl7.org/fhir/administrative-gender"
CODED = observation(
    code={"coding": [{"system": LOINC, "code": "1234-5a"}, {"code": "local"}, {"system": "urn:x"}]}
)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("1234-5a", True),
        ("1234-5", False),
        (f"{LOINC}|1234-5a", True),
        (f"{LOINC}|local", False),
        ("|local", True),
        ("|1234-5a", False),
        (f"{LOINC}|", True),
        ("urn:x|", True),
        ("urn:y|", False),
        ("other,local", True),
        ("local,other", True),
    ],
)
def test_coding_is_found_by_each_form(value: str, found: bool) -> None:
    assert finds(CODED, "code", value) is found


def test_codes_are_found_in_any_case() -> None:
    assert finds(CODED, "code", f"{LOINC}|1234-5A")
    assert finds(CODED, "code", "LOCAL")


def test_case_counts_in_systems_that_tell_it_apart() -> None:
    litre = observation(code={"coding": [{"system": UCUM, "code": "mL"}]})
    assert finds(litre, "code", f"{UCUM}|mL")
    assert not finds(litre, "code", f"{UCUM}|ml")


IDENTIFIED = patient(identifier=[{"system": "urn:mrn", "value": "a1"}, {"value": "b|2"}])


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("a1", True),
        ("A1", False),
        ("urn:mrn|a1", True),
        ("urn:mrn|A1", False),
        ("urn:mrn|", True),
        ("|a1", False),
        (r"b\|2", True),
        (r"|b\|2", True),
    ],
)
def test_identifiers_are_exact(value: str, found: bool) -> None:
    assert finds(IDENTIFIED, "identifier", value) is found


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("female", True),
        ("FEMALE", True),
        ("male", False),
        (f"{GENDER}|female", True),
        (f"{GENDER}|male", False),
        (f"{GENDER}|", True),
        ("|female", True),
        ("urn:other|female", False),
        ("urn:other|", False),
    ],
)
def test_code_element_has_the_system_of_its_binding(value: str, found: bool) -> None:
    assert finds(patient(gender="female"), "gender", value) is found


def test_flag_is_found_by_its_word() -> None:
    special = "http://hl7.org/fhir/special-values|true"
    assert finds(patient(active=True), "active", "true")
    assert finds(patient(active=True), "active", special)
    assert finds(patient(active=False), "active", "false")
    assert not finds(patient(active=False), "active", "true")


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("A@example.org", True),
        ("email|a@example.org", True),
        ("home|a@example.org", True),
        ("work|a@example.org", False),
        ("b@example.org", False),
    ],
)
def test_contact_point_is_found_by_use_or_system(value: str, found: bool) -> None:
    one = patient(telecom=[{"system": "email", "value": "a@example.org", "use": "home"}])
    assert finds(one, "telecom", value) is found
    assert finds(one, "email", value) is found
    assert not finds(one, "phone", value)


def test_not_finds_what_has_no_such_code() -> None:
    assert not finds(patient(gender="male"), "gender:not", "male")
    assert finds(patient(gender="female"), "gender:not", "male")
    assert finds(patient(), "gender:not", "male")
    assert not finds(patient(gender="male"), "gender:not", "male,female")


@pytest.mark.parametrize("modifier", ["in", "text", "exact", "below", "of-type"])
def test_other_modifiers_are_refused(modifier: str) -> None:
    with pytest.raises(NotSupported, match=f"gender:{modifier}"):
        query("Patient", (f"gender:{modifier}", "male"))


@pytest.mark.parametrize("value", ["|", "a|b|c", ",", ""])
def test_what_is_no_token_is_refused(value: str) -> None:
    with pytest.raises(BadRequest, match="gender"):
        query("Patient", ("gender", value))


@pytest.mark.parametrize(
    "value",
    [{"valueBoolean": True}, {"valueCodeableConcept": {"coding": [{"code": "TRUE"}]}}],
)
def test_one_parameter_may_read_flags_and_concepts(value: JsonObject) -> None:
    group: JsonObject = {"resourceType": "Group", "characteristic": [value]}
    assert finds(group, "value", "true")


V2 = "http://terminology.hl7.org/CodeSystem/v2-0203"


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (f"{V2}|MR|123", True),
        (f"{V2}|mr|123", True),
        (f"{V2}|SS|123", False),
        (f"{V2}|SS|456", True),
        (f"{V2}|MR|456", False),
        ("|MR|123", False),
        (f"{V2}|MR|9,{V2}|MR|123", True),
    ],
)
def test_identifier_is_found_by_its_type(value: str, found: bool) -> None:
    resource = patient(
        identifier=[
            {"type": {"coding": [{"system": V2, "code": "MR"}]}, "value": "123"},
            {"type": {"coding": [{"system": V2, "code": "SS"}]}, "value": "456"},
            {"type": {"text": "untold"}, "value": "789"},
        ]
    )
    assert finds(resource, "identifier:of-type", value) is found


@pytest.mark.parametrize("value", ["123", f"{V2}|MR", f"{V2}|MR|", f"{V2}||1", "a|b|c|d"])
def test_type_of_an_identifier_takes_three_parts(value: str) -> None:
    with pytest.raises(BadRequest, match="identifier:of-type"):
        query("Patient", ("identifier:of-type", value))
