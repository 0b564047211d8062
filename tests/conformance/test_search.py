from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pytest

from fhir_server.db.engine import Database
from fhir_server.model.codec import encode
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import Context
from fhir_server.outcome import FhirError
from fhir_server.search.extract import Extractor
from fhir_server.search.match import matches
from fhir_server.search.options import Options
from fhir_server.search.page import find_page
from fhir_server.search.parse import parse
from fhir_server.search.query import Query
from fhir_server.search.registry import OF_WORDS, Registry, is_searched
from fhir_server.search.rows import Rows
from fhir_server.store.identity import Ids, utc_now
from fhir_server.store.unit_of_work import Store
from profiles.definition import SearchParameter
from profiles.loader import load
from tests.conformance.composite_oracle import composite_cases, near_cases
from tests.conformance.material import example_lines, examples, needs_material
from tests.conformance.search_oracle import Case, Tree, cases_of, read
from tests.conformance.synthesis import common, synthesise

HERE = Context()
DEFINITIONS = load()
REGISTRY = Registry(DEFINITIONS)
STORED = "_lastUpdated"
"""The store's own time, not the example's."""
COMPUTED = frozenset({"_text", "_content", "_query"})
"""Parameters without an expression, whose answers are tested beside what computes them."""


@dataclass(frozen=True)
class Material:
    """What is searched: official examples, and minimal resources for what these lack."""

    resources: tuple[JsonObject, ...]
    cases: tuple[Case, ...]
    synthesised: frozenset[tuple[str, str]]


@cache
def material() -> Material:
    by_type: dict[str, list[Tree]] = {type: [] for type in DEFINITIONS.resource_types}
    for line in example_lines():
        resource = read(line)
        by_type[str(resource["resourceType"])].append(resource)
    cases: list[Case] = []
    made: list[JsonObject] = []
    synthesised: set[tuple[str, str]] = set()
    for type, found in by_type.items():
        rows = [row for row in DEFINITIONS.search_parameters(type).values() if is_tested(row)]
        own = [common(type)]
        for row in rows:
            if not any(case.ids for case in cases_for(row, type, found)):
                synthesised.add((type, row.code))
                own += synthesise(row, type, DEFINITIONS)
        every = [*found, *map(plain, own)]
        cases += [case for row in rows for case in cases_for(row, type, every)]
        cases += stored_cases(type, every)
        made += own
    return Material((*examples(), *made), tuple(cases), frozenset(synthesised))


def is_tested(row: SearchParameter) -> bool:
    """Whether a parameter is one of R4 whose values lie in the resource."""
    lies_there = row.code != STORED and row.code not in OF_WORDS
    return is_searched(row) and lies_there and row.url.startswith("http://hl7.org/")


def cases_for(row: SearchParameter, type: str, resources: list[Tree]) -> list[Case]:
    if row.type == "composite":
        return list(composite_cases(row, type, resources))
    if row.type == "special":
        return list(near_cases(row, type, resources))
    return list(cases_of(row, type, resources))


def stored_cases(type: str, resources: list[Tree]) -> list[Case]:
    """Return the cases of the time the store gives: all were stored just now."""
    every = frozenset(str(one["id"]) for one in resources)
    return [
        Case(type, STORED, "gt2020-01-01", every),
        Case(type, STORED, "lt2020-01-01", frozenset()),
    ]


def plain(resource: JsonObject) -> Tree:
    return read(encode(resource))


@pytest.fixture
def store(migrated_url: str) -> Iterator[Store]:
    one = Store(Database.open(migrated_url), Extractor(REGISTRY), utc_now, Ids(utc_now))
    with one.write(HERE) as work:
        for resource in material().resources:
            work.create(str(resource["resourceType"]), str(resource["id"]), resource)
    yield one
    one.database.close()


def asked(case: Case) -> Query:
    pairs = [(case.parameter, case.value), ("_count", "1000")]
    return parse(pairs, case.type, HERE.tenant, REGISTRY, Options(now=0))


def found(store: Store, case: Case) -> frozenset[str] | str:
    """Return the ids a search finds, or why it was refused."""
    try:
        with store.read(HERE) as reader:
            page = find_page(asked(case), HERE, Extractor(REGISTRY), reader)
    except FhirError as error:
        return str(error)
    return frozenset(version.id for version in page.matches)


@needs_material
def test_every_parameter_finds_what_the_standard_says(store: Store) -> None:
    answers = [(case, found(store, case)) for case in material().cases]
    assert [(case, answer) for case, answer in answers if answer != case.ids] == []


@needs_material
def test_resources_match_in_memory_as_they_do_in_the_database() -> None:
    extract = Extractor(REGISTRY)
    indexed: dict[str, list[tuple[JsonObject, Rows]]] = defaultdict(list)
    for one in material().resources:
        indexed[str(one["resourceType"])].append((one, extract(one, HERE.tenant)))
    wrong = []
    for case in material().cases:
        query = asked(case)
        found = {str(one["id"]) for one, rows in indexed[case.type] if matches(query, one, rows)}
        if case.parameter != STORED and found != case.ids:
            wrong.append((case, found))
    assert wrong == []


@needs_material
def test_every_r4_parameter_is_shown_to_find_something() -> None:
    shown = {(case.type, case.parameter) for case in material().cases if case.ids}
    untested = [
        (type, row.code)
        for type in DEFINITIONS.resource_types
        for row in DEFINITIONS.search_parameters(type).values()
        if row.url.startswith("http://hl7.org/")
        and row.code not in COMPUTED
        and (type, row.code) not in shown
    ]
    assert untested == []


@needs_material
def test_most_parameters_are_tried_on_the_official_examples() -> None:
    tried = {(case.type, case.parameter) for case in material().cases}
    common = {(type, code) for type, code in tried if code.startswith("_")}
    assert len(tried - common - material().synthesised) > 1000
    assert len(material().cases) > 4000


def test_every_r4_parameter_can_be_read() -> None:
    unread: list[tuple[str, str]] = []
    for type in DEFINITIONS.resource_types:
        searched = {row.code for row in DEFINITIONS.search_parameters(type).values()}
        missing = searched - set(REGISTRY.parameters(HERE.tenant, type))
        unread += [(type, code) for code in sorted(missing) if not is_left_out(type, code)]
        for parameter in REGISTRY.parameters(HERE.tenant, type).values():
            if not (parameter.sources or parameter.roots or parameter.code in OF_WORDS):
                unread.append((type, parameter.code))
    assert unread == []


def is_left_out(type: str, code: str) -> bool:
    """Whether a parameter is computed by no expression."""
    return DEFINITIONS.search_parameters(type)[code].expression is None
