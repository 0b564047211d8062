"""Above and below a code, whatever way the system tells of its hierarchy."""

import pytest

from fhir_server.model.resource import JsonObject
from fhir_server.outcome import TooManyCodes, UnknownCode
from fhir_server.terminology.hierarchy import related
from profiles.terminology import read_code_system
from tests.unit.fhir_server.terminology.sample import KINGDOM, system

SYSTEM = read_code_system(KINGDOM)


def test_code_subsumes_itself_and_what_is_below() -> None:
    assert related(SYSTEM, "cat", "below", 10) == {"cat", "lion"}
    assert related(SYSTEM, "mammal", "below", 10) == {"mammal", "cat", "lion", "dog", "whale"}


def test_code_is_subsumed_by_itself_and_what_is_above() -> None:
    assert related(SYSTEM, "lion", "above", 10) == {"lion", "cat", "mammal"}
    assert related(SYSTEM, "bird", "above", 10) == {"bird"}


def test_unknown_code_is_refused() -> None:
    with pytest.raises(UnknownCode):
        related(SYSTEM, "unicorn", "below", 10)


def test_case_counts_only_where_the_system_says_so() -> None:
    with pytest.raises(UnknownCode):
        related(SYSTEM, "CAT", "below", 10)
    loose = read_code_system({**KINGDOM, "caseSensitive": False})
    assert related(loose, "CAT", "below", 10) == {"cat", "lion"}


def test_branch_with_too_many_codes_is_refused() -> None:
    with pytest.raises(TooManyCodes):
        related(SYSTEM, "mammal", "below", 4)


def stated(code: str, name: str, value: str) -> JsonObject:
    return {"code": code, "property": [{"code": name, "valueCode": value}]}


def test_properties_tell_parents_and_children_too() -> None:
    flat = read_code_system(
        system({"code": "a"}, stated("b", "parent", "a"), stated("c", "child", "b"), {"code": "d"})
    )
    assert related(flat, "b", "above", 10) == {"a", "b", "c"}
    assert related(flat, "a", "below", 10) == {"a", "b"}


def test_circle_in_a_hierarchy_ends() -> None:
    round = read_code_system(system(stated("a", "parent", "b"), stated("b", "parent", "a")))
    assert related(round, "a", "above", 10) == {"a", "b"}
