from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache

import pytest

from fhir_server.db.engine import Database
from fhir_server.model.rest import Context
from fhir_server.outcome import FhirError
from fhir_server.search.extract import Extractor
from fhir_server.search.match import matches
from fhir_server.search.options import Options
from fhir_server.search.page import find_page
from fhir_server.search.parse import parse
from fhir_server.search.query import Query
from fhir_server.search.registry import Registry, is_searched
from fhir_server.store.identity import Ids
from fhir_server.store.unit_of_work import Store
from profiles.loader import load
from tests.conformance.material import example_lines, examples, needs_material
from tests.conformance.search_oracle import Case, Tree, cases_of, read

HERE = Context()
DEFINITIONS = load()
REGISTRY = Registry(DEFINITIONS)
STORED = "_lastUpdated"
"""The store's own time, not the example's."""


def utc_now() -> datetime:
    return datetime.now(UTC)


@cache
def cases() -> tuple[Case, ...]:
    by_type: dict[str, list[Tree]] = defaultdict(list)
    for line in example_lines():
        resource = read(line)
        by_type[str(resource["resourceType"])].append(resource)
    return tuple(
        case
        for type, resources in sorted(by_type.items())
        for row in DEFINITIONS.search_parameters(type).values()
        if is_searched(row) and row.code != STORED and row.url.startswith("http://hl7.org/")
        for case in cases_of(row, type, resources)
    )


@pytest.fixture
def store(migrated_url: str) -> Iterator[Store]:
    one = Store(Database.open(migrated_url), Extractor(REGISTRY), utc_now, Ids(utc_now))
    with one.write(HERE) as work:
        for resource in examples():
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
    answers = [(case, found(store, case)) for case in cases()]
    assert [(case, answer) for case, answer in answers if answer != case.ids] == []


@needs_material
def test_resources_match_in_memory_as_they_do_in_the_database() -> None:
    extract = Extractor(REGISTRY)
    indexed = [(one, extract(one, HERE.tenant)) for one in examples()]
    wrong = []
    for case in cases():
        query = asked(case)
        found = {str(one["id"]) for one, rows in indexed if matches(query, one, rows)}
        if found != case.ids:
            wrong.append((case, found))
    assert wrong == []


@needs_material
def test_most_parameters_have_values_among_the_examples() -> None:
    tried = {(case.type, case.parameter) for case in cases()}
    assert len(cases()) > 2500
    assert len(tried) > 1000


def test_every_r4_parameter_of_the_seven_types_can_be_read() -> None:
    unread: list[tuple[str, str]] = []
    for type in DEFINITIONS.resource_types:
        searched = {row.code for row in DEFINITIONS.search_parameters(type).values()}
        missing = searched - set(REGISTRY.parameters(HERE.tenant, type))
        unread += [(type, code) for code in sorted(missing) if not is_left_out(type, code)]
        for parameter in REGISTRY.parameters(HERE.tenant, type).values():
            if not parameter.sources:
                unread.append((type, parameter.code))
    assert unread == []


def is_left_out(type: str, code: str) -> bool:
    """Whether a parameter is composite or special, or computed by no expression."""
    row = DEFINITIONS.search_parameters(type)[code]
    return row.type in {"composite", "special"} or row.expression is None
