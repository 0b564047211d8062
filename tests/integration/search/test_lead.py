"""Whichever criterion leads a search, it finds the same; on SQLite one with few rows does."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from fhir_server.model.resource import JsonObject
from fhir_server.search.lead import FEW
from fhir_server.search.page import find_page
from fhir_server.search.plan import plan_count, plan_page
from fhir_server.search.query import Indexed, Query, ranked
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import Store
from tests.integration.search.sample import (
    EXTRACTOR,
    HERE,
    Pair,
    create,
    ids,
    patient,
    person,
    query,
)

SEARCHES: list[list[Pair]] = [
    [("gender", "male"), ("birthdate", "ge1942")],
    [("gender", "male,female"), ("name", "F"), ("birthdate", "lt1945")],
    [("organization", "Organization/1"), ("gender", "female"), ("family", "f1")],
    [("identifier", "urn:x|1,urn:x|2"), ("gender", "male")],
    [("gender:not", "male"), ("birthdate", "sa1941"), ("birthdate", "eb1950")],
    [("name:contains", "1"), ("gender", "male"), ("_lastUpdated", "ge2000")],
    [("_id", "p003,p004,p006"), ("gender", "male")],
    [("birthdate:missing", "true"), ("gender", "male")],
]
SORTS = ["", "birthdate", "-birthdate", "_lastUpdated", "name", "birthdate,family"]


def led_by_each(query: Query) -> list[Query]:
    """Return the query led by each of its criteria that can."""
    criteria = ranked(query.criteria)
    return [
        replace(query, criteria=(*criteria[:place], replace(one, few=True), *criteria[place + 1 :]))
        for place, one in enumerate(criteria)
        if isinstance(one, Indexed) and not one.negated
    ]


def answer(reader: Reader, query: Query) -> tuple[list[str], int]:
    found = [one.id for one in reader.search(plan_page(query, HERE))]
    return found, reader.tally(plan_count(query, HERE))


@pytest.mark.parametrize("pairs", SEARCHES)
def test_whatever_leads_finds_the_same_in_the_same_order(store: Store, pairs: list[Pair]) -> None:
    create(store, *(person(number) for number in range(40)))
    with store.read(HERE) as reader:
        for sort in SORTS:
            asked = query("Patient", [*pairs, *([("_sort", sort)] if sort else [])])
            plain = answer(reader, asked)
            led = led_by_each(asked)
            assert led
            assert [answer(reader, one) for one in led] == [plain] * len(led)


def few(store: Store, pairs: Sequence[Pair]) -> list[str]:
    """Return the parameters that are seen to have few rows."""
    with store.read(HERE) as reader:
        criteria = reader.led(query("Patient", pairs)).criteria
    return [one.code for one in criteria if isinstance(one, Indexed) and one.few]


def test_what_has_few_rows_leads_on_sqlite_alone(store: Store) -> None:
    """PostgreSQL knows how frequent a value is."""
    pairs = [("active", "true"), ("gender", "other")]
    people = [patient(f"a{number}", active=True) for number in range(FEW)]
    create(store, *people, patient("rare", gender="other", active=True))
    expected = ["gender"] if store.database.dialect == "sqlite" else []
    assert few(store, pairs) == expected
    assert few(store, pairs[1:]) == []
    with store.read(HERE) as reader:
        assert ids(find_page(query("Patient", pairs), HERE, EXTRACTOR, reader)) == ["rare"]


def test_reading_starts_from_what_leads(store: Store) -> None:
    """SQLite takes a reference for rarer than an identifier, and starts from it unless led."""
    pairs = [("organization", "Organization/1"), ("identifier", "urn:x|1")]
    with store.read(HERE) as reader:
        led = reader.led(query("Patient", pairs))
        steps = reader.explain(plan_page(led, HERE))
    if store.database.dialect == "sqlite":
        assert steps[0].startswith("SEARCH ix_eq")


def test_postgresql_looks_up_what_is_common_for_the_few_that_refer_to_a_patient(
    store: Store,
) -> None:
    """A plan made once must not read all that have a value, which may be nearly everything."""
    if store.database.dialect == "sqlite":
        return
    other: JsonObject = {"other": {"reference": "Patient/other"}, "type": "seealso"}
    people = [patient(f"a{number}", active=True) for number in range(300)]
    create(store, *people, *(patient(f"l{one}", active=True, link=[other]) for one in range(3)))
    with store.read(HERE) as reader:
        reader.session.run("ANALYZE")
        asked = query("Patient", [("link", "Patient/other"), ("active", "true")])
        led = reader.led(asked)
        for _ in range(8):  # from the sixth time on the plan may be the one for all values
            assert answer(reader, led) == answer(reader, asked) == (["l2", "l1", "l0"], 3)
        plan = plan_page(led, HERE)
        steps = reader.explain(plan)
        prepared = reader.session.run("SELECT statement FROM pg_prepared_statements")
    assert plan.steady
    assert any("SubPlan" in step for step in steps), steps
    assert any("OFFSET" in str(text) for (text,) in prepared)


def test_a_client_that_polls_does_not_read_what_has_not_changed(store: Store) -> None:
    """SQLite would read the type newest first, until a page is full."""
    create(store, *(patient(f"old{number}") for number in range(FEW)))
    asked = query("Patient", [("_lastUpdated", f"gt{newest(store)}")])
    with store.read(HERE) as reader:
        assert reader.led(asked).criteria == ranked(reader.led(asked).criteria)
        assert ids(find_page(asked, HERE, EXTRACTOR, reader)) == []
    create(store, patient("b"), patient("a"))
    with store.read(HERE) as reader:
        led = reader.led(asked)
        steps = reader.explain(plan_page(led, HERE))
        assert ids(find_page(asked, HERE, EXTRACTOR, reader)) == ["a", "b"]
        paged = query("Patient", [("_lastUpdated", "gt2000"), ("_count", "1")])
        assert len(ids(find_page(paged, HERE, EXTRACTOR, reader))) == 1
    if store.database.dialect == "sqlite":
        assert "resource_updated" in steps[0], steps


def newest(store: Store) -> str:
    """Return the moment of the newest resource."""
    with store.read(HERE) as reader:
        (found,) = reader.search(plan_page(query("Patient", [("_count", "0")]), HERE))
    return found.updated.isoformat()
