"""How many there are: exact when said so, marked when not, nothing where it would cost."""

import pytest

from fhir_server.search.options import Options
from fhir_server.search.page import Page, find_page
from fhir_server.search.parse import parse
from fhir_server.search.query import Total
from fhir_server.store.unit_of_work import Store
from tests.integration.search.sample import (
    EXTRACTOR,
    HERE,
    REGISTRY,
    Pair,
    create,
    now,
    person,
)


@pytest.fixture
def people(store: Store) -> Store:
    create(store, *(person(number) for number in range(40)))
    return store


def counted(store: Store, *pairs: Pair, limit: int = 10_000) -> Page:
    options = Options(now(), estimate_limit=limit)
    query = parse(pairs, "Patient", HERE.tenant, REGISTRY, options)
    with store.read(HERE) as reader:
        return find_page(query, HERE, EXTRACTOR, reader)


MALE = ("gender", "male")
FEW = ("_count", "3")


@pytest.mark.parametrize(
    ("pairs", "total"),
    [
        ([MALE, FEW], None),
        ([MALE, FEW, ("_total", "none")], None),
        ([MALE], Total(20)),
        ([MALE, ("_total", "none")], None),
        ([MALE, FEW, ("_total", "accurate")], Total(20)),
        ([MALE, FEW, ("_total", "estimate")], Total(20)),
        ([MALE, ("_summary", "count")], Total(20)),
        ([MALE, ("_count", "0")], Total(20)),
        ([MALE, ("_count", "0"), ("_total", "estimate")], Total(20)),
        ([("gender", "unknown"), ("_total", "accurate")], Total(0)),
        ([("birthdate:missing", "true"), FEW, ("_total", "accurate")], Total(14)),
    ],
)
def test_total_is_exact_or_absent(people: Store, pairs: list[Pair], total: Total | None) -> None:
    assert counted(people, *pairs).total == total


@pytest.mark.parametrize("pairs", [[FEW], [("_count", "0")]])
def test_estimate_beyond_the_limit_is_marked(people: Store, pairs: list[Pair]) -> None:
    page = counted(people, MALE, *pairs, ("_total", "estimate"), limit=19)
    assert page.total == Total(19, exact=False)
    assert [note.detail for note in page.notes] == ["estimated-total"]
    exact = counted(people, MALE, *pairs, ("_total", "estimate"), limit=20)
    assert (exact.total, exact.notes) == (Total(20), ())


def test_accurate_is_exact_whatever_the_limit(people: Store) -> None:
    page = counted(people, MALE, FEW, ("_total", "accurate"), limit=1)
    assert (page.total, page.notes) == (Total(20), ())
