import pytest

from mappers.path import JsonObject, read
from mappers.v2_fhir.bundle import MapError
from mappers.v2_fhir.patient_link import linked
from mappers.v2_fhir.people import merged, seen_also, unmerged

A, B, C = "Patient/a", "Patient/b", "Patient/c"


def patient(number: str, *links: tuple[str, str]) -> JsonObject:
    identifier: JsonObject = {"system": "urn:x", "value": number}
    made: JsonObject = {"resourceType": "Patient", "id": number, "identifier": [identifier]}
    if links:
        made["link"] = [{"other": {"reference": one}, "type": type} for one, type in links]
    return made


STORED = {A: patient("a"), B: patient("b"), C: patient("c")}


def test_undoing_gives_back_what_was() -> None:
    stored = STORED | merged(A, B, STORED)
    assert STORED | unmerged(A, B, stored) == STORED


def test_undoing_the_later_of_two_merges_leaves_the_earlier() -> None:
    first = STORED | merged(B, C, STORED)
    both = first | merged(A, B, first)
    assert linked(both[C], "replaced-by") == [A]
    assert sorted(linked(both[A], "replaces")) == [B, C]
    assert both | unmerged(A, B, both) == first


def test_identifier_both_have_is_not_made_old() -> None:
    shared = {A: patient("a"), B: patient("a")}
    assert read(merged(A, B, shared)[A], "identifier.use") == []


@pytest.mark.parametrize(
    ("stored", "path"),
    [
        ({A: patient("a", (B, "replaced-by")), B: patient("b")}, "PID-3"),
        ({A: patient("a"), B: patient("b", (C, "replaced-by"))}, "MRG-1"),
    ],
    ids=["survivor", "prior"],
)
def test_merge_with_one_merged_elsewhere_is_refused(
    stored: dict[str, JsonObject], path: str
) -> None:
    with pytest.raises(MapError) as refused:
        merged(A, B, stored)
    assert refused.value.path == path


def test_nothing_to_merge_or_undo_changes_nothing() -> None:
    assert merged(A, A, STORED) == {}
    assert unmerged(A, B, STORED) == {}
    assert seen_also(A, A, STORED) == {}


def test_linked_people_both_stay() -> None:
    stored = STORED | seen_also(A, B, STORED)
    assert linked(stored[A], "seealso") == [B]
    assert linked(stored[B], "seealso") == [A]
    assert "active" not in stored[B]
    assert seen_also(A, B, stored) == {}
