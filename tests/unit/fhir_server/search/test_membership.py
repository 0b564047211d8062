"""Token modifiers that ask terminology, judged in memory."""

import pytest

from fhir_server.model.resource import JsonObject
from fhir_server.outcome import (
    BadRequest,
    NotSupported,
    TooManyCodes,
    UnknownCode,
    UnknownTerminology,
)
from fhir_server.search.match import matches
from fhir_server.search.options import Options
from fhir_server.terminology.shipped import Shipped
from tests.unit.fhir_server.search.sample import BASE, NOW, observation, patient, query, rows
from tests.unit.fhir_server.terminology.sample import (
    ANIMALS,
    KINGDOM,
    PETS,
    Memory,
    including,
    value_set,
)

GENDER = "http://hl7.org/fhir/administrative-gender"
GENDERS = "http://hl7.org/fhir/ValueSet/administrative-gender"
MEN = value_set("urn:men", including("male", system=GENDER))
FELIDS = value_set(PETS, including("cat", "lion"), including("litre", system="urn:x"))
TERMS = Memory((KINGDOM, FELIDS, MEN, value_set("ValueSet/7", including("owl"))))


def asked(resource: JsonObject, name: str, value: str, terms: Memory = TERMS) -> bool:
    options = Options(NOW, BASE, terminology=terms)
    wanted = query(str(resource["resourceType"]), (name, value), given=options)
    return matches(wanted, resource, rows(resource))


def seen(*codes: str, system: str = ANIMALS) -> JsonObject:
    return observation(code={"coding": [{"system": system, "code": one} for one in codes]})


def test_coding_in_a_value_set() -> None:
    assert asked(seen("dog", "lion"), "code:in", PETS)
    assert not asked(seen("dog"), "code:in", PETS)
    assert not asked(seen("lion", system="urn:elsewhere"), "code:in", PETS)
    assert not asked(observation(code={"coding": [{"code": "lion"}]}), "code:in", PETS)


def test_none_of_the_codings_in_a_value_set() -> None:
    assert asked(seen("dog"), "code:not-in", PETS)
    assert not asked(seen("dog", "lion"), "code:not-in", PETS)
    assert asked(observation(), "code:not-in", PETS)


def test_several_value_sets_are_alternatives() -> None:
    assert asked(seen("owl"), "code:in", f"{PETS},ValueSet/7")
    assert asked(seen("cat"), "code:in", f"{PETS},ValueSet/7")
    assert not asked(seen("owl"), "code:not-in", f"{PETS},ValueSet/7")


def test_value_set_of_this_server_by_its_url() -> None:
    assert asked(seen("owl"), "code:in", f"{BASE}/ValueSet/7")


def test_code_whose_system_is_known_by_its_binding() -> None:
    assert asked(patient(gender="male"), "gender:in", "urn:men")
    assert not asked(patient(gender="female"), "gender:in", "urn:men")
    assert not asked(patient(gender="male"), "gender:in", PETS)
    assert asked(patient(gender="female"), "gender:not-in", "urn:men")


@pytest.mark.parametrize(
    ("modifier", "value", "found"),
    [
        ("below", "cat", {"cat", "lion"}),
        ("below", "lion", {"lion"}),
        ("above", "lion", {"lion", "cat", "mammal"}),
        ("above", "mammal", {"mammal"}),
    ],
)
def test_above_and_below_a_code(modifier: str, value: str, found: set[str]) -> None:
    everyone = {"mammal", "cat", "lion", "dog", "owl"}
    hits = {one for one in everyone if asked(seen(one), f"code:{modifier}", f"{ANIMALS}|{value}")}
    assert hits == found


def test_below_without_system_takes_that_of_the_binding() -> None:
    shipped = Memory()
    object.__setattr__(shipped, "code_system", Shipped().code_system)
    assert asked(patient(gender="male"), "gender:below", "male", shipped)
    assert not asked(patient(gender="male"), "gender:below", "female", shipped)
    with pytest.raises(BadRequest, match="system"):
        asked(seen("cat"), "code:below", "cat")


def test_what_is_not_known_is_refused_by_name() -> None:
    with pytest.raises(UnknownTerminology, match="urn:nowhere"):
        asked(seen("cat"), "code:in", "urn:nowhere")
    with pytest.raises(UnknownTerminology, match=r"snomed\.info"):
        asked(seen("cat"), "code:below", "http://snomed.info/sct|1")
    with pytest.raises(UnknownCode):
        asked(seen("cat"), "code:below", f"{ANIMALS}|unicorn")


def test_too_many_codes_are_refused() -> None:
    few = Memory(TERMS.resources, limit=2)
    with pytest.raises(TooManyCodes):
        asked(seen("cat"), "code:in", PETS, few)
    with pytest.raises(TooManyCodes):
        asked(seen("cat"), "code:below", f"{ANIMALS}|mammal", few)


@pytest.mark.parametrize("value", ["|cat", "cat|", "a|b|c"])
def test_misshapen_code_is_refused(value: str) -> None:
    with pytest.raises(BadRequest):
        asked(seen("cat"), "code:below", value)


def test_what_has_no_codes_is_not_asked() -> None:
    with pytest.raises(NotSupported):
        asked(patient(), "identifier:in", PETS)


def test_without_terminology_it_is_refused() -> None:
    with pytest.raises(NotSupported):
        query("Observation", ("code:in", PETS))
