"""Whatever a claim lacks or holds, it becomes a sound interchange or is refused with paths."""

from collections.abc import Iterator
from copy import deepcopy

from hypothesis import given, settings
from hypothesis import strategies as st

from fhir_server.billing.emission import emit
from fhir_server.outcome import Invalid, Issue
from mappers.fhir_x12.reference import missing
from mappers.path import JsonObject, JsonValue
from mappers.x12.check import check
from mappers.x12.reader import read
from tests.integration.billing.practice import CASCADE, now
from tests.unit.mappers.fhir_x12.case import CASES, Case

Place = tuple[JsonObject, str]
TEXTS = st.text(max_size=90) | st.sampled_from(["", "*", "~", "O'Neil: Jr^", "é" * 70, "\n", "0"])


def places(value: JsonValue) -> Iterator[Place]:
    """Yield every member of every object in a tree."""
    if isinstance(value, dict):
        for name, inner in value.items():
            yield value, name
            yield from places(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from places(inner)


def all_places(case: Case) -> list[Place]:
    trees: list[JsonObject] = [case.claim, *case.resources.values()]
    return [place for tree in trees for place in places(tree) if place[1] != "resourceType"]


def emitted(case: Case) -> tuple[bytes, tuple[Issue, ...]]:
    """Return the interchange, or the issues it is refused for."""
    try:
        return emit(case.claim, case.resources, CASCADE, 7, now()), ()
    except Invalid as error:
        return b"", error.issues


def sound_or_refused(case: Case) -> None:
    data, issues = emitted(case)
    assert bool(data) != bool(issues)
    assert all(one.expression for one in issues)
    if data:
        assert check(data, "").verdict != "rejected"
        assert read(data).emit() == data


@given(st.sampled_from(sorted(CASES)), st.lists(st.integers(0, 10**6), min_size=1, max_size=4))
@settings(max_examples=300)
def test_claim_with_members_missing(name: str, choices: list[int]) -> None:
    case = deepcopy(CASES[name]())
    for choice in choices:
        found = all_places(case)
        owner, member = found[choice % len(found)]
        del owner[member]
    sound_or_refused(case)


@given(
    st.sampled_from(sorted(CASES)), st.lists(st.tuples(st.integers(0, 10**6), TEXTS), max_size=4)
)
@settings(max_examples=300)
def test_claim_with_strange_texts(name: str, choices: list[tuple[int, str]]) -> None:
    case = deepcopy(CASES[name]())
    for choice, text in choices:
        found = [one for one in all_places(case) if isinstance(one[0][one[1]], str)]
        owner, member = found[choice % len(found)]
        owner[member] = text
    sound_or_refused(case)


@given(st.sampled_from(sorted(CASES)))
def test_following_references_ends(name: str) -> None:
    case = CASES[name]()
    known: dict[str, JsonObject] = {}
    for _ in range(4):
        wanted = missing(known, case.claim)
        known |= {one: case.resources[one] for one in wanted if one in case.resources}
    assert not [one for one in missing(known, case.claim) if one in case.resources]
