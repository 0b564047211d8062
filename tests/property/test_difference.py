"""The difference of two resources, applied to the first, gives the second."""

import copy
import random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fhir_server.interactions.difference import difference
from fhir_server.interactions.fhirpath_patch import apply_fhirpath_patch
from fhir_server.model.resource import JsonObject
from fhir_server.validation.structure import Validator
from profiles.loader import load
from tests.conformance.material import examples, needs_material
from tests.property.test_validation import mutated

pytestmark = needs_material
DEFINITIONS = load()
VALIDATOR = Validator(DEFINITIONS)
TYPES = ("Patient", "Observation", "Claim", "Encounter", "Questionnaire", "Bundle", "Consent")


def check(old: JsonObject, new: JsonObject) -> None:
    patch = difference(old, new, DEFINITIONS, stamps=True)
    assert VALIDATOR.check(patch) == (), patch
    made = apply_fhirpath_patch(copy.deepcopy(patch), copy.deepcopy(old), DEFINITIONS)
    assert made == new | ({"id": old["id"]} if "id" in old else {}), patch


def kept(type: str) -> list[JsonObject]:
    return [one for one in examples() if one["resourceType"] == type]


@st.composite
def pairs(draw: st.DrawFn) -> tuple[JsonObject, JsonObject]:
    some = kept(draw(st.sampled_from(TYPES)))
    return draw(st.sampled_from(some)), draw(st.sampled_from(some))


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(pairs())
def test_difference_of_two_examples_leads_from_one_to_the_other(
    pair: tuple[JsonObject, JsonObject],
) -> None:
    check(*pair)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.sampled_from(TYPES), st.integers(0, 2**32))
def test_difference_of_a_changed_example_leads_to_it(type: str, seed: int) -> None:
    chance = random.Random(seed)
    old = chance.choice(kept(type))
    new = mutated(old, seed, "x")
    if new.get("id") == old["id"] and VALIDATOR.check(new) == ():
        check(old, new)


def test_resources_that_are_equal_differ_in_nothing() -> None:
    for resource in kept("Patient"):
        assert difference(resource, copy.deepcopy(resource), DEFINITIONS) == {
            "resourceType": "Parameters"
        }


def test_stamps_count_only_when_asked() -> None:
    old: JsonObject = {"resourceType": "Patient", "id": "1", "meta": {"versionId": "1"}}
    new: JsonObject = {"resourceType": "Patient", "id": "1", "meta": {"versionId": "2"}}
    assert "parameter" not in difference(old, new, DEFINITIONS)
    assert "parameter" in difference(old, new, DEFINITIONS, stamps=True)
