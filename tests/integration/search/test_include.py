"""What comes along: wildcards, iteration, canonical references, pages of it, and nothing twice."""

from collections.abc import Iterator

import pytest

from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import BadRequest, Forbidden
from fhir_server.search.options import Options
from fhir_server.search.page import Page, find_page
from fhir_server.search.parse import parse
from fhir_server.store.unit_of_work import Store
from tests.integration.search.sample import (
    EXTRACTOR,
    HERE,
    REGISTRY,
    Pair,
    create,
    ids,
    now,
    patient,
    search,
    update,
)


def made(type: str, id: str, **members: JsonValue) -> JsonObject:
    return {"resourceType": type, "id": id, **members}


def to(reference: str) -> JsonObject:
    return {"reference": reference}


@pytest.fixture
def clinic(store: Store) -> Store:
    create(
        store,
        made("Organization", "top"),
        made("Organization", "mid", partOf=to("Organization/top")),
        made("Organization", "low", partOf=to("Organization/mid")),
        made("Practitioner", "dr"),
        patient("1", managingOrganization=to("Organization/low")),
        patient("2", generalPractitioner=[to("Practitioner/dr/_history/7")]),
        made("Encounter", "e1", subject=to("Patient/1")),
        made(
            "Observation",
            "o1",
            subject=to("Patient/1"),
            encounter=to("Encounter/e1"),
            performer=[to("Practitioner/dr"), to("Patient/2")],
        ),
        made("Observation", "o2", subject=to("Patient/1"), hasMember=[to("Observation/o1")]),
        made("Condition", "c1", subject=to("Patient/1"), encounter=to("Encounter/e1")),
        made("Questionnaire", "q1", url="http://x/q", version="1"),
        made("Questionnaire", "q2", url="http://x/q", version="2"),
        made("QuestionnaireResponse", "r1", questionnaire="http://x/q|2"),
        made("QuestionnaireResponse", "r2", questionnaire="http://x/q"),
    )
    return store


def asked(store: Store, type: str, *pairs: Pair, **given: object) -> Page:
    options = Options(now(), "http://here/fhir", **given)  # type: ignore[arg-type]  # by name
    query = parse(pairs, type, HERE.tenant, REGISTRY, options)
    with store.read(HERE) as reader:
        return find_page(query, HERE, EXTRACTOR, reader)


def along(page: Page) -> list[str]:
    found = [one.reference for one in page.included]
    assert len(found) == len(set(found)), "each once"
    assert not set(found) & {one.reference for one in page.matches}, "no match again"
    return sorted(found)


CASES: list[tuple[str, list[Pair], list[str]]] = [
    ("Observation", [("_id", "o1"), ("_include", "Observation:subject")], ["Patient/1"]),
    (
        "Observation",
        [("_id", "o1"), ("_include", "Observation:performer:Practitioner")],
        ["Practitioner/dr"],
    ),
    (
        "Observation",
        [("_id", "o1"), ("_include", "Observation:*")],
        ["Encounter/e1", "Patient/1", "Patient/2", "Practitioner/dr"],
    ),
    (
        "Observation",
        [("_id", "o2"), ("_include", "*")],
        ["Observation/o1", "Patient/1"],
    ),
    (
        "Patient",
        [("_id", "1"), ("_revinclude", "Observation:subject")],
        ["Observation/o1", "Observation/o2"],
    ),
    (
        "Patient",
        [("_id", "1"), ("_revinclude", "Observation:*")],
        ["Observation/o1", "Observation/o2"],
    ),
    (
        "Patient",
        [("_id", "1"), ("_revinclude", "*")],
        ["Condition/c1", "Encounter/e1", "Observation/o1", "Observation/o2"],
    ),
    (
        "Patient",
        [("_id", "2"), ("_revinclude", "Observation:performer:Patient")],
        ["Observation/o1"],
    ),
    ("Patient", [("_id", "2"), ("_include", "Patient:general-practitioner")], ["Practitioner/dr"]),
    (
        "Patient",
        [("_id", "1"), ("_include", "Patient:organization")],
        ["Organization/low"],
    ),
    (
        "Patient",
        [
            ("_id", "1"),
            ("_include", "Patient:organization"),
            ("_include:iterate", "Organization:partof"),
        ],
        ["Organization/low", "Organization/mid", "Organization/top"],
    ),
    (
        "Patient",
        [
            ("_id", "1"),
            ("_include", "Patient:organization"),
            ("_include:recurse", "Organization:partof"),
        ],
        ["Organization/low", "Organization/mid", "Organization/top"],
    ),
    (
        "Organization",
        [("_id", "top"), ("_revinclude:iterate", "Organization:partof")],
        ["Organization/low", "Organization/mid"],
    ),
    (
        "Organization",
        [
            ("_id", "low"),
            ("_revinclude", "Patient:organization"),
            ("_revinclude:iterate", "Encounter:subject"),
            ("_revinclude:iterate", "Observation:encounter"),
        ],
        ["Encounter/e1", "Observation/o1", "Patient/1"],
    ),
    (
        "QuestionnaireResponse",
        [("_id", "r1"), ("_include", "QuestionnaireResponse:questionnaire")],
        ["Questionnaire/q2"],
    ),
    (
        "QuestionnaireResponse",
        [("_id", "r2"), ("_include", "QuestionnaireResponse:questionnaire")],
        ["Questionnaire/q1", "Questionnaire/q2"],
    ),
    (
        "Questionnaire",
        [("_id", "q2"), ("_revinclude", "QuestionnaireResponse:questionnaire")],
        ["QuestionnaireResponse/r1", "QuestionnaireResponse/r2"],
    ),
]


@pytest.mark.parametrize(("type", "pairs", "expected"), CASES)
def test_includes_bring_what_they_name(
    clinic: Store, type: str, pairs: list[Pair], expected: list[str]
) -> None:
    page = asked(clinic, type, *pairs)
    assert along(page) == expected
    assert page.notes == ()


def test_circular_includes_end(store: Store) -> None:
    create(
        store,
        made("Organization", "a", partOf=to("Organization/b")),
        made("Organization", "b", partOf=to("Organization/c")),
        made("Organization", "c", partOf=to("Organization/a")),
    )
    page = asked(store, "Organization", ("_id", "a"), ("_include:iterate", "Organization:partof"))
    assert along(page) == ["Organization/b", "Organization/c"]
    assert page.notes == ()


def test_depth_limit_is_told(clinic: Store) -> None:
    pairs = (("_id", "low"), ("_include:iterate", "Organization:partof"))
    page = asked(clinic, "Organization", *pairs, include_depth=1)
    assert along(page) == ["Organization/mid"]
    assert [note.detail for note in page.notes] == ["include-depth"]
    assert asked(clinic, "Organization", *pairs, include_depth=2).notes == ()


def test_absolute_references_to_this_server_are_followed(store: Store) -> None:
    create(store, patient("1"), made("Observation", "o", subject=to("http://here/fhir/Patient/1")))
    forward = asked(store, "Observation", ("_include", "Observation:subject"))
    assert along(forward) == ["Patient/1"]
    back = asked(store, "Patient", ("_revinclude", "Observation:subject"))
    assert along(back) == ["Observation/o"]


def test_included_is_the_current_version(clinic: Store) -> None:
    update(clinic, made("Practitioner", "dr", gender="female"))
    page = asked(clinic, "Patient", ("_id", "2"), ("_include", "Patient:general-practitioner"))
    assert [one.number for one in page.included] == [2]


def rest(store: Store, type: str, page: Page, **given: object) -> Iterator[Page]:
    """Yield the further parts of what comes along with a page."""
    while "related" in page.links:
        assert [note.detail for note in page.notes] == ["include-limit"]
        page = asked(store, type, *page.links["related"], **given)
        assert page.matches == ()
        yield page


@pytest.mark.parametrize("limit", [1, 2, 3, 7, 8, 50])
@pytest.mark.parametrize(
    ("type", "pairs"),
    [
        ("Patient", [("_id", "1,2"), ("_revinclude", "*")]),
        ("Patient", [("_id", "1"), ("_include:iterate", "*"), ("_revinclude:iterate", "*")]),
        ("Observation", [("_include", "*"), ("_include:iterate", "Organization:partof")]),
        ("Observation", [("_include", "Observation:*"), ("_revinclude", "Observation:*")]),
    ],
)
def test_what_is_cut_follows_by_a_link(
    clinic: Store, type: str, pairs: list[Pair], limit: int
) -> None:
    whole = along(asked(clinic, type, *pairs))
    page = asked(clinic, type, *pairs, include_limit=limit)
    parts = [page, *rest(clinic, type, page, include_limit=limit)]
    found = [one for part in parts for one in along(part)]
    assert sorted(found) == whole
    assert all(len(part.included) == limit for part in parts[:-1])
    assert parts[-1].notes == ()


def test_each_page_brings_what_comes_along_with_it(store: Store) -> None:
    create(store, *(patient(f"{n}") for n in range(4)))
    create(
        store,
        *(made("Observation", f"o{n}", subject=to(f"Patient/{n % 4}")) for n in range(16)),
    )
    page = asked(
        store, "Patient", ("_count", "2"), ("_revinclude", "Observation:subject"), include_limit=3
    )
    seen: list[str] = []
    while True:
        parts = [page, *rest(store, "Patient", page, include_limit=3)]
        found = [one for part in parts for one in along(part)]
        assert {int(one.rpartition("o")[2]) % 4 for one in found} == set(map(int, ids(page)))
        seen += found
        if page.next is None:
            break
        page = asked(store, "Patient", *page.next, include_limit=3)
    assert sorted(seen) == sorted(f"Observation/o{n}" for n in range(16))


def test_types_out_of_scope_do_not_come_along(clinic: Store) -> None:
    readable = frozenset({"Patient", "Encounter", "Observation"})
    page = asked(
        clinic,
        "Patient",
        ("_id", "1"),
        ("_revinclude", "*"),
        ("_include", "*"),
        readable=readable,
        searchable=frozenset({"Patient", "Encounter"}),
    )
    assert along(page) == ["Encounter/e1"]
    deep = asked(
        clinic,
        "Patient",
        ("_id", "1"),
        ("_include:iterate", "*"),
        ("_revinclude:iterate", "*"),
        readable=readable,
        searchable=readable,
    )
    assert along(deep) == ["Encounter/e1", "Observation/o1", "Observation/o2", "Patient/2"]
    with pytest.raises(Forbidden):
        asked(clinic, "Patient", ("_revinclude", "Condition:*"), readable=readable)


@pytest.mark.parametrize(
    "pair",
    [
        ("_include", "Patient"),
        ("_include", "Patient:*:Nothing"),
        ("_include", "Observation:*"),
        ("_include", "**"),
        ("_include:next", "*"),
        ("_revinclude", "Nothing:*"),
        ("_revinclude", ":*"),
    ],
)
def test_includes_that_cannot_be_are_refused(store: Store, pair: Pair) -> None:
    with pytest.raises(BadRequest):
        search(store, "Patient", pair)
