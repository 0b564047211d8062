"""A value set has the codes its composition says, and is refused when it cannot be worked out."""

import pytest

from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import TooManyCodes, UnknownTerminology, UnusableValueSet
from fhir_server.terminology.expand import expand, expand_given
from tests.unit.fhir_server.terminology.sample import (
    ANIMALS,
    KINGDOM,
    PETS,
    Memory,
    filtering,
    including,
    system,
    value_set,
)

EVERY = {"mammal", "cat", "lion", "dog", "whale", "bird", "dodo", "owl"}
WILD = "http://example.org/ValueSet/wild"


def codes(*definitions: JsonObject, url: str = PETS, limit: int = 100) -> set[str]:
    """Return the animals of a value set among these definitions."""
    return set(expand(url, Memory((KINGDOM, *definitions)), limit).get(ANIMALS, ()))


def pets(*includes: JsonValue, **members: JsonValue) -> set[str]:
    return codes(value_set(PETS, *includes, **members))


def test_listed_codes_need_no_code_system() -> None:
    listed = value_set(PETS, including("goldfish", system="urn:other"))
    assert expand(PETS, Memory((listed,)), 10) == {"urn:other": {"goldfish"}}


def test_whole_system() -> None:
    assert pets(including()) == EVERY


def test_includes_are_united_and_excludes_taken_away() -> None:
    assert pets(including("cat", "dog"), including("owl"), exclude=[including("dog")]) == {
        "cat",
        "owl",
    }


@pytest.mark.parametrize(
    ("name", "operator", "value", "found"),
    [
        ("concept", "is-a", "cat", {"cat", "lion"}),
        ("concept", "descendent-of", "cat", {"lion"}),
        ("concept", "is-not-a", "mammal", {"bird", "dodo", "owl"}),
        ("concept", "generalizes", "lion", {"lion", "cat", "mammal"}),
        ("concept", "is-a", "unicorn", set()),
        ("concept", "in", "cat, owl", {"cat", "owl"}),
        ("concept", "not-in", "mammal,cat,lion,dog,whale,bird", {"dodo", "owl"}),
        ("legs", "=", "4", {"cat", "dog"}),
        ("legs", "in", "0,2", {"whale", "owl"}),
        ("legs", "not-in", "0,2,4", {"mammal", "lion", "bird", "dodo"}),
        ("legs", "exists", "true", {"cat", "dog", "whale", "owl"}),
        ("legs", "exists", "false", {"mammal", "lion", "bird", "dodo"}),
        ("code", "regex", "d.*", {"dog", "dodo"}),
        ("code", "regex", "d", set()),
        ("display", "=", "Owl", {"owl"}),
        ("parent", "=", "bird", {"dodo", "owl"}),
        ("child", "=", "lion", {"cat"}),
        ("inactive", "=", "true", {"dodo"}),
    ],
)
def test_filter(name: str, operator: str, value: str, found: set[str]) -> None:
    assert pets(filtering((name, operator, value))) == found


def test_filters_of_one_include_must_all_hold() -> None:
    assert pets(filtering(("concept", "is-a", "mammal"), ("legs", "=", "4"))) == {"cat", "dog"}


@pytest.mark.parametrize(
    "one",
    [
        ("wings", "=", "2"),
        ("concept", "resembles", "cat"),
        ("legs", "exists", "perhaps"),
        ("code", "regex", "("),
        ("code", "regex", "(a+)+b"),
    ],
)
def test_filter_that_cannot_be_worked_out_is_refused(one: tuple[str, str, str]) -> None:
    with pytest.raises(UnusableValueSet):
        pets(filtering(one))


def test_value_sets_of_one_include_are_intersected() -> None:
    wild = value_set(WILD, including("lion", "owl", "cat"))
    both: JsonObject = {**filtering(("concept", "is-a", "mammal")), "valueSet": [WILD]}
    assert codes(wild, value_set(PETS, both)) == {"cat", "lion"}
    alone: JsonObject = {"valueSet": [WILD]}
    assert codes(wild, value_set(PETS, alone)) == {"lion", "owl", "cat"}


def test_excluded_value_set() -> None:
    wild = value_set(WILD, including("lion"))
    tame = value_set(PETS, including("cat", "lion"), exclude=[{"valueSet": [WILD]}])
    assert codes(wild, tame) == {"cat"}


def test_inactive_codes_are_left_out_when_told() -> None:
    assert pets(including(), inactive=False) == EVERY - {"dodo"}
    assert pets(including("dodo", "owl"), inactive=False) == {"owl"}
    assert pets(including(), inactive=True) == EVERY


def test_circle_of_value_sets_is_refused() -> None:
    there = value_set(WILD, {"valueSet": [PETS]})
    back = value_set(PETS, {"valueSet": [WILD]})
    with pytest.raises(UnusableValueSet, match="includes itself"):
        codes(there, back)


def test_same_value_set_twice_is_no_circle() -> None:
    wild = value_set(WILD, including("lion"))
    assert codes(wild, value_set(PETS, {"valueSet": [WILD]}, {"valueSet": [WILD]})) == {"lion"}


def test_given_expansion_is_taken() -> None:
    expansion: JsonObject = {
        "total": 3,
        "contains": [
            {"abstract": True, "display": "kinds", "contains": [{"system": "urn:x", "code": "a"}]},
            {"system": "urn:x", "code": "b", "contains": [{"system": "urn:x", "code": "c"}]},
        ],
    }
    given = value_set(PETS, including(system="urn:not-loaded"), expansion=expansion)
    assert expand(PETS, Memory((given,)), 10) == {"urn:x": {"a", "b", "c"}}


@pytest.mark.parametrize("sign", [{"total": 90}, {"offset": 10}])
def test_expansion_that_is_a_part_is_not_taken(sign: JsonObject) -> None:
    part: JsonObject = {"contains": [{"system": ANIMALS, "code": "dog"}], **sign}
    assert codes(value_set(PETS, including("cat"), expansion=part)) == {"cat"}


def test_system_that_is_not_loaded_is_named() -> None:
    with pytest.raises(UnknownTerminology, match=r"http://snomed\.info/sct"):
        pets(including(system="http://snomed.info/sct"))


@pytest.mark.parametrize("content", ["fragment", "example", "not-present"])
def test_system_without_all_codes_is_not_taken_for_whole(content: str) -> None:
    part = system(url="urn:part", content=content)
    with pytest.raises(UnknownTerminology, match="urn:part"):
        codes(part, value_set(PETS, including(system="urn:part")))


def test_version_of_a_system_counts() -> None:
    assert "cat" in pets({**including(), "version": "1"})
    with pytest.raises(UnknownTerminology, match=r"animals\|2"):
        pets({**including(), "version": "2"})


def test_unknown_value_set_is_named() -> None:
    with pytest.raises(UnknownTerminology, match="ValueSet/nowhere"):
        codes(url="http://example.org/ValueSet/nowhere")


def test_too_many_codes_are_refused() -> None:
    with pytest.raises(TooManyCodes, match="8 codes"):
        codes(value_set(PETS, including()), limit=7)
    assert codes(value_set(PETS, including()), limit=8) == EVERY


def test_value_set_that_says_nothing_is_refused() -> None:
    with pytest.raises(UnusableValueSet):
        expand_given({"url": PETS}, Memory(), 10)
    with pytest.raises(UnusableValueSet):
        pets({})


def test_all_codes_of_a_system_by_its_implicit_value_sets() -> None:
    assert codes(url=f"{ANIMALS}?fhir_vs") == EVERY
    assert codes(url=f"{ANIMALS}?fhir_vs=isa/cat") == {"cat", "lion"}
    with pytest.raises(UnknownTerminology):
        codes(url=f"{ANIMALS}?fhir_vs=isa/unicorn")
    with pytest.raises(UnknownTerminology):
        codes(url=f"{ANIMALS}?fhir_vs=refset")


def test_latest_version_is_meant_without_one() -> None:
    old = value_set(PETS, including("cat"), version="1.9")
    new = value_set(PETS, including("dog"), version="1.10")
    retired = value_set(PETS, including("owl"), version="2", status="retired")
    assert codes(new, old, retired) == {"dog"}
    assert codes(new, old, retired, url=f"{PETS}|1.9") == {"cat"}
