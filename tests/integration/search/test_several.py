"""Searches of several types at once, and of compartments."""

import re

import pytest

from fhir_server.outcome import BadRequest, Forbidden, NotFound, UnknownParameter
from fhir_server.search.compartment import Compartment
from fhir_server.search.options import Options
from fhir_server.search.page import Page, find_page
from fhir_server.search.parse import parse_types
from fhir_server.search.plan import plan_page
from fhir_server.search.query import Query
from fhir_server.search.several import asked_types
from fhir_server.store.unit_of_work import Store
from tests.integration.search.clinic import EVERYTHING
from tests.integration.search.sample import EXTRACTOR, HERE, REGISTRY, create, delete, now, person

EVERY_TYPE = REGISTRY.definitions.resource_types
Pairs = tuple[tuple[str, str], ...]


@pytest.fixture
def clinic(store: Store) -> Store:
    create(store, *EVERYTHING)
    return store


def read(path: str, options: Options | None = None) -> Query:
    """Return the query of a path below the base, as the interaction reads it."""
    options = options or Options(now())
    place, _, text = path.partition("?")
    pairs = tuple(
        (name, value) for name, _, value in (one.partition("=") for one in text.split("&")) if name
    )
    if not place:
        types = asked_types(pairs, EVERY_TYPE, options)
        return parse_types(pairs, types, HERE.tenant, REGISTRY, options)
    type, id, member = place.split("/")
    compartment = Compartment(type, id)
    able = compartment.types(REGISTRY)
    types = asked_types(pairs, able, options) if member == "*" else (member,)
    within = compartment.criterion(types, HERE.tenant, REGISTRY, options)
    return parse_types(pairs, types, HERE.tenant, REGISTRY, options, (within,))


def find(store: Store, query: Query) -> Page:
    with store.read(HERE) as reader:
        return find_page(query, HERE, EXTRACTOR, reader)


CASES = """
?_type=Patient -> Patient/ann Patient/bob Patient/cid
?_type=Patient,Organization&_id=ann,north -> Patient/ann Organization/north
?_id=ann,o1,nothing -> Patient/ann Observation/o1
?_tag=urn:tags|study -> Patient/ann
?_type=Observation,Condition&subject:Patient.name=weber -> Observation/o1 Observation/o2 Observation/o7 Condition/c1 Condition/c2
?_type=Observation,Condition&subject=Patient/ann -> Observation/o1 Observation/o7 Condition/c1
?_type=Observation,Condition&patient=Patient/ann&code=f32 -> Condition/c1
?_type=Observation,Condition&code=f32,wt -> Observation/o7 Condition/c1
?_type=Observation,Condition&code:not=bp&subject=Patient/ann -> Observation/o7 Condition/c1
?_type=Observation,Condition&encounter:missing=false -> Observation/o1
?_type=Patient,Practitioner&name=weber,adler -> Patient/ann Patient/bob Practitioner/doc
?_type=Patient,Practitioner&family:exact=Adler -> Practitioner/doc
?_type=Patient,Practitioner&_filter=name eq adler or gender eq male -> Practitioner/doc Patient/bob Patient/cid
?_type=Patient,Practitioner,Organization&_has:Observation:performer:code=bp -> Practitioner/doc
?_type=Encounter,Questionnaire&status=finished,draft -> Encounter/visit Questionnaire/gad
?_list=round -> Patient/ann Observation/o2
?_type=Patient,Group&_list=round -> Patient/ann
?_filter=_id eq ann or _tag eq study -> Patient/ann
?_lastUpdated=lt2000 ->
?_type=Basic,Group -> Basic/note Group/trial
Patient/ann/Observation -> o1 o7
Patient/ann/Observation?code=bp -> o1
Patient/ann/Observation?code:not=bp -> o7
Patient/ann/Observation?subject.name=weber&_has:AuditEvent:entity:agent=doc -> o1
Patient/ann/Patient -> ann
Patient/bob/Patient -> bob cid
Patient/bob/Condition -> c1 c2
Patient/bob/Condition?code=f32 -> c1
Patient/ann/* -> Patient/ann Encounter/visit Observation/o1 Observation/o7 Condition/c1 QuestionnaireResponse/r1 Group/trial Basic/note
Patient/ann/*?_type=Encounter,Condition -> Encounter/visit Condition/c1
Patient/ann/*?_id=o1,c1,c2 -> Observation/o1 Condition/c1
Patient/nobody/Observation ->
Patient/nobody/* ->
Encounter/visit/Observation -> o1
Encounter/visit/Encounter -> visit
Encounter/visit/* -> Encounter/visit Observation/o1
Practitioner/doc/Observation -> o2
Practitioner/doc/Patient -> ann
Practitioner/doc/AuditEvent -> a1
Device/pump/Observation -> o5
"""  # noqa: E501 - a table


def test_searches_of_several_types_find_what_they_should(clinic: Store) -> None:
    wrong = []
    for line in CASES.strip().splitlines():
        path, _, text = line.partition(" ->")
        found = find(clinic, read(path)).matches
        names = [one.reference if "/" in text else one.id for one in found]
        if sorted(names) != sorted(text.split()):
            wrong.append((path, names))
        joint = "&" if "?" in path else "?"
        counted = find(clinic, read(f"{path}{joint}_summary=count"))
        if str(counted.total) not in {str(len(found)), f"Total(number={len(found)}, exact=True)"}:
            wrong.append((path, [str(counted.total)]))
    assert not wrong, wrong


def test_whole_system_is_found_newest_first_and_page_by_page(clinic: Store) -> None:
    every = [f"{one['resourceType']}/{one['id']}" for one in reversed(EVERYTHING)]
    assert [one.reference for one in find(clinic, read("")).matches] == every
    some = [one for one in every if one.startswith(("Patient/", "Observation/"))]
    for path, expected in (("?_count=4", every), ("?_type=Patient,Observation&_count=3", some)):
        pairs, seen = path, []
        while True:
            page = find(clinic, read(pairs))
            seen += [one.reference for one in page.matches]
            following = following_of(page)
            if following is None:
                break
            pairs = "?" + "&".join(f"{name}={value}" for name, value in following)
        assert seen == expected


def following_of(page: Page) -> Pairs | None:
    """Return the parameters of the next page."""
    return page.next


def test_several_types_sort_by_columns_of_all(clinic: Store) -> None:
    found = find(clinic, read("?_type=Patient,Group,Device&_sort=_id")).matches
    assert [one.id for one in found] == ["ann", "bob", "cid", "pump", "trial"]
    found = find(clinic, read("?_type=Patient,Group&_sort=_lastUpdated")).matches
    assert len(found) == 4
    with pytest.raises(BadRequest, match="_sort of a search of several types"):
        read("?_type=Patient,Group&_sort=name")


def test_deleted_subject_leaves_its_compartment(clinic: Store) -> None:
    delete(clinic, "Observation", "o1")
    assert [one.id for one in find(clinic, read("Patient/ann/Observation")).matches] == ["o7"]


def test_parameter_of_some_types_only_is_refused_or_ignored() -> None:
    with pytest.raises(UnknownParameter, match="a search of several types takes what all of them"):
        read("?_type=Patient,Observation&birthdate=2000")
    with pytest.raises(UnknownParameter, match="a search of several types takes"):
        read("?code=1")
    lenient = read("?_type=Patient,Observation&birthdate=2000", Options(0, lenient=True))
    assert lenient.ignored == ("birthdate",)
    assert lenient.parameters == (("_type", "Patient,Observation"),)


@pytest.mark.parametrize(
    ("path", "error"),
    [
        ("?_type=Nothing", BadRequest),
        ("?_type=Patient,", BadRequest),
        ("?_type=", BadRequest),
        ("?_type=Patient&_type=Group", BadRequest),
        ("?_list=$current-problems", BadRequest),
        ("?_list=a/b", BadRequest),
        ("Patient/ann/Organization", NotFound),
        ("Patient/ann/Nothing", NotFound),
        ("Organization/north/Patient", NotFound),
        ("Organization/north/*", NotFound),
        ("Patient/ann/*?_type=Organization", BadRequest),
    ],
)
def test_what_cannot_be_searched_together_is_refused(path: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        read(path)


def test_scopes_narrow_the_types_of_a_search(clinic: Store) -> None:
    given = Options(0, searchable=frozenset({"Patient", "Encounter"}))
    assert {one.type for one in find(clinic, read("", given)).matches} == {"Patient", "Encounter"}
    inside = find(clinic, read("Patient/ann/*", given)).matches
    assert {one.reference for one in inside} == {"Patient/ann", "Encounter/visit"}
    for path, options in (
        ("?_type=Patient,Observation", given),
        ("Patient/ann/*?_type=Observation", given),
        ("?_list=round", given),
        ("", Options(0, searchable=frozenset())),
    ):
        with pytest.raises(Forbidden):
            read(path, options)


ENTERED = [
    ("Patient/ann/Observation", "ix_ref"),
    ("Patient/ann/Observation?code=bp", "ix_ref"),
    ("Patient/ann/*", "ix_ref"),
    ("Patient/bob/Patient", "ix_ref"),
    ("?_id=1", "resource_identity"),
    ("?_tag=urn:tags|study", "ix_eq"),
    ("?_type=Observation,Condition&subject=Patient/1", "ix_ref"),
    ("?_type=Patient,Practitioner&name=weber", "ix_str"),
    ("?_list=1", "ix_ref"),
]


@pytest.mark.parametrize(("path", "index"), ENTERED)
def test_search_of_several_types_enters_by_its_values(store: Store, path: str, index: str) -> None:
    steps = explained(store, read(path))
    assert index in steps
    rows = [step for step in steps.splitlines() if step.startswith("SEARCH resource")]
    assert "SCAN" not in steps.replace("SCAN json_each", "")
    assert all(re.search(r"\b(rowid|fid|self)=\?", step) for step in rows)


@pytest.mark.parametrize("path", ["", "?_type=Patient,Observation", "?_type=Patient,Group"])
def test_newest_page_of_several_types_stops_early(store: Store, path: str) -> None:
    create(store, *(person(number) for number in range(50)))
    steps = explained(store, read(f"{path}{'&' if path else '?'}_count=3"), "sort", "bitmapscan")
    assert "TEMP B-TREE" not in steps
    assert "Seq Scan" not in steps
    assert "Sort  " not in steps


def explained(store: Store, query: Query, *ways: str) -> str:
    """Return the steps of a plan; on PostgreSQL of one that may not read tables through.

    Of a small table PostgreSQL would sort the rows: `ways` are more of what it may not do.
    """
    plan = plan_page(query, HERE)
    with store.database.session() as session:
        spelled, values = plan.spell(session.spelling)
        if store.database.dialect == "sqlite":
            rows = session.run(f"EXPLAIN QUERY PLAN {spelled}", values)
            return "\n".join(str(row[3]) for row in rows)
        for way in ("seqscan", *ways):
            session.run(f"SET enable_{way} = off")
        rows = session.run(f"EXPLAIN {spelled}", values, prepare=False)
        session.run("RESET ALL")
    return "\n".join(str(row[0]) for row in rows)
