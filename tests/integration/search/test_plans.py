"""All that a search runs enters tables by an index: pages, sorts, includes, totals, changes."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest
from sqlalchemy import text

from fhir_server.model.resource import JsonObject, Version
from fhir_server.search.compartment import Compartment
from fhir_server.search.everything import Extent, plan_members
from fhir_server.search.moment import Moment
from fhir_server.search.options import Options
from fhir_server.search.page import find_page
from fhir_server.search.parse import parse_types
from fhir_server.search.query import Query
from fhir_server.search.statement import Plan
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import Store
from tests.integration.search.sample import (
    EXTRACTOR,
    HERE,
    REGISTRY,
    Pair,
    create,
    now,
    person,
    query,
    update,
)

TABLES = ("resource", "resource_version", "ix_eq", "ix_ref", "ix_str", "ix_date", "ix_num")
THROUGH = re.compile(rf"(?:Seq Scan on|SCAN) ({'|'.join(TABLES)})\b")
RANGED = re.compile(r"\(\w+=\? AND \w+=\? AND .*[<>]\?")
"""A step of SQLite that enters an index by two columns and a range of the next."""
FEW = ("_count", "2")
LONG = ",".join(f"http://s|c{number}" for number in range(300))
SEARCHES: list[tuple[str, list[Pair]]] = [
    ("Patient", []),
    *(
        ("Patient", [("_sort", sort), FEW])
        for sort in (
            *("birthdate", "-birthdate", "family", "-name", "_id", "-_id", "_lastUpdated"),
            *("gender", "-identifier", "birthdate,family", "-_lastUpdated,_id", "organization"),
        )
    ),
    ("Patient", [("name", "F"), ("_sort", "-birthdate"), FEW]),
    ("Patient", [("gender", "male"), ("_sort", "birthdate"), FEW]),
    ("Patient", [("identifier", LONG), ("_sort", "birthdate")]),
    ("Observation", [("_sort", "value-quantity"), FEW]),
    ("Observation", [("code", LONG), ("date", "ge2000"), ("_sort", "-date")]),
    ("Observation", [("code", LONG), ("value-quantity", "gt5||mg"), ("_sort", "date")]),
    ("Observation", [("combo-code", LONG), ("combo-value-quantity", "gt5,lt3")]),
    ("Observation", [("code:not", LONG), ("date", "lt2000")]),
    ("Observation", [("subject", "1"), ("date", "lt2030"), ("_lastUpdated", "gt2000")]),
    ("Observation", [("component-code-value-quantity", "a$gt1,b$gt2"), ("date", "gt1990")]),
    ("Observation", [("subject.birthdate", "gt1940"), ("subject.name", "F"), ("code", LONG)]),
    ("Observation", [("_include", "Observation:subject"), ("_include", "*")]),
    ("Observation", [("_include:iterate", "*"), ("_revinclude:iterate", "*")]),
    ("Patient", [("_revinclude", "Observation:subject"), FEW]),
    ("Patient", [("_revinclude", "*")]),
    ("Patient", [("_revinclude", "Observation:*"), ("_include", "Patient:organization")]),
    ("Questionnaire", [("_revinclude", "QuestionnaireResponse:questionnaire")]),
    ("QuestionnaireResponse", [("_include", "QuestionnaireResponse:questionnaire")]),
    ("Patient", [("_has:Observation:patient:date", "gt2000"), ("_sort", "birthdate"), FEW]),
    ("Patient", [("_has:Observation:patient:code", LONG), ("birthdate", "gt1900")]),
    ("Patient", [("birthdate:missing", "true"), FEW]),
    ("Location", [("near", "1|2|3")]),
]
TOTALS: list[list[Pair]] = [[], [("_total", "accurate")], [("_total", "estimate")]]
COUNTS: list[list[Pair]] = [[("_summary", "count")], [("_count", "0"), ("_total", "estimate")]]


@dataclass
class Noting:
    """A reader that notes the plans it runs."""

    reader: Reader
    plans: list[Plan] = field(default_factory=list)

    def led(self, query: Query) -> Query:
        return self.reader.led(query)

    def search(self, plan: Plan) -> list[Version]:
        self.plans.append(plan)
        return self.reader.search(plan)

    def marked(self, plan: Plan) -> tuple[list[Version], Moment | None]:
        self.plans.append(plan)
        return self.reader.marked(plan)

    def tally(self, plan: Plan) -> int:
        self.plans.append(plan)
        return self.reader.tally(plan)

    def told(self) -> list[str]:
        """Return the plans that were run, as the database explains them."""
        return [
            "\n".join([self.reader.statement(one), *self.reader.explain(one)]) for one in self.plans
        ]

    def skips(self, plan: Plan) -> bool:
        """Whether SQLite steps through a list of keys beside another column of an index."""
        spelled, values = plan.spell(self.reader.session.spelling)
        rows = self.reader.session.run(f"EXPLAIN {spelled}", values)
        return any(row[1] == "SeekScan" for row in rows)


@contextmanager
def noting(store: Store) -> Iterator[Noting]:
    with store.read(HERE, snapshot=True) as reader:
        if store.database.dialect == "postgresql":
            reader.session.execute(text("SET LOCAL enable_seqscan = off"))
        yield Noting(reader)


@pytest.fixture
def clinic(store: Store) -> Store:
    create(store, *(person(number) for number in range(12)))
    create(store, *(observed(number) for number in range(12)))
    create(store, {"resourceType": "Questionnaire", "id": "q", "url": "http://q", "version": "1"})
    answer: JsonObject = {"resourceType": "QuestionnaireResponse", "id": "r"}
    create(store, {**answer, "questionnaire": "http://q|1"})
    return store


def observed(number: int) -> JsonObject:
    return {
        "resourceType": "Observation",
        "id": f"o{number}",
        "code": {"coding": [{"system": "http://s", "code": f"c{number}"}]},
        "subject": {"reference": f"Patient/p{number:03}"},
        "effectiveDateTime": f"20{number:02}",
        "valueQuantity": {"value": number, "code": "mg"},
    }


def check(reads: Noting) -> None:
    """Assert that nothing is read through, and nothing done that SQLite 3.40 does wrongly."""
    assert reads.plans
    assert [plan for plan in reads.told() if THROUGH.search(plan)] == []
    check_ranges(reads)


def check_ranges(reads: Noting) -> None:
    """Assert that no list of keys is stepped through beside a range, where SQLite 3.40 errs."""
    if reads.reader.session.dialect == "sqlite":
        ranged = [one for one in reads.plans if RANGED.search("\n".join(reads.reader.explain(one)))]
        assert [one.select for one in ranged if reads.skips(one)] == []


@pytest.mark.parametrize(("type", "pairs"), SEARCHES)
def test_no_search_reads_a_table_through(clinic: Store, type: str, pairs: list[Pair]) -> None:
    for more in TOTALS:
        with noting(clinic) as reads:
            page = find_page(query(type, [*pairs, *more]), HERE, EXTRACTOR, reads)
            check(reads)
        if page.next is not None:
            update(clinic, person(1))
            with noting(clinic) as reads:
                find_page(query(type, page.next), HERE, EXTRACTOR, reads)
                check(reads)


@pytest.mark.parametrize(("type", "pairs"), SEARCHES)
def test_no_count_reads_a_table_through(clinic: Store, type: str, pairs: list[Pair]) -> None:
    bare = [pair for pair in pairs if pair[0] not in {"_sort", "_count"}]
    for more in COUNTS:
        with noting(clinic) as reads:
            find_page(query(type, [*bare, *more]), HERE, EXTRACTOR, reads)
            check(reads)


@pytest.mark.parametrize("pairs", [[], [("_lastUpdated", "gt2000")], [("_tag", "x")]])
@pytest.mark.parametrize("types", [("Patient", "Observation"), ()])
def test_no_search_of_several_types_reads_a_table_through(
    clinic: Store, types: Sequence[str], pairs: list[Pair]
) -> None:
    options = Options(now())
    every = REGISTRY.definitions.resource_types
    subject = Compartment("Patient", "p001")
    able = types or subject.types(REGISTRY)
    within = (subject.criterion(able, HERE.tenant, REGISTRY, options),)
    asked = parse_types(pairs, able, HERE.tenant, REGISTRY, options, within)
    with noting(clinic) as reads:
        find_page(asked, HERE, EXTRACTOR, reads)
        check(reads)
    asked = parse_types(pairs, types or every, HERE.tenant, REGISTRY, options)
    with noting(clinic) as reads:
        find_page(asked, HERE, EXTRACTOR, reads)
        check_ranges(reads)  # the newest of all types are the last rows of the table itself


def test_reading_through_is_seen(clinic: Store) -> None:
    with noting(clinic) as reads:
        word = "EXPLAIN QUERY PLAN" if clinic.database.dialect == "sqlite" else "EXPLAIN"
        told = reads.reader.session.run(f"{word} SELECT count(*) FROM resource WHERE ver > 1")
    assert any(THROUGH.search(str(row)) for row in told)


@pytest.mark.parametrize("id", ["p001", None])
def test_everything_within_dates_is_no_list_beside_a_range(clinic: Store, id: str | None) -> None:
    if clinic.database.dialect == "postgresql":
        return
    statement = plan_members(Extent("Patient", id, start=1, end=2), HERE, REGISTRY, 0, 50)
    with noting(clinic) as reads:
        rendered = statement.compile(
            dialect=reads.reader.session.spelling, compile_kwargs={"render_postcompile": True}
        )
        steps = reads.reader.session.run(f"EXPLAIN QUERY PLAN {rendered}", dict(rendered.params))
        assert any("ix_date_rid (rid=? AND key=?)" in str(row) for row in steps)
        assert not any(RANGED.search(str(row)) for row in steps)
