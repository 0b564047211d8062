import re
import sqlite3

import pytest
from sqlalchemy.engine import Dialect, make_url

from fhir_server.model.rest import Context
from fhir_server.search.plan import plan_count, plan_page
from fhir_server.search.statement import Plan
from tests.unit.fhir_server.search.sample import query

HERE = Context()


def dialect(url: str) -> Dialect:
    made: Dialect = make_url(url).get_dialect()()
    return made


SQLITE, POSTGRESQL = dialect("sqlite://"), dialect("postgresql+psycopg://")


def text(type: str, *pairs: tuple[str, str]) -> str:
    spelled, _ = plan_page(query(type, *pairs), HERE).spell(SQLITE)
    return re.sub(r"\s+", " ", spelled)


def test_one_key_joins_its_index() -> None:
    assert "JOIN ix_eq" in text("Patient", ("identifier", "urn:x|1"))


def test_alternatives_are_one_set() -> None:
    spelled = text("Patient", ("identifier", "urn:x|1,urn:x|2,urn:x|3"))
    assert spelled.count("ix_eq AS") == 1
    assert len(re.findall(r"\?|:p\d", spelled.partition("IN")[2])) >= 4


def test_same_shape_is_spelled_once() -> None:
    one = plan_page(query("Patient", ("identifier", "a"), ("_count", "5")), HERE)
    other = plan_page(query("Patient", ("identifier", "b"), ("_count", "9")), HERE)
    assert one.template is other.template
    assert one.values != other.values


@pytest.mark.parametrize(
    "pair",
    [
        ("identifier", "a,b"),
        ("birthdate", "ge2013"),
        ("birthdate", "le2013"),
        ("gender:not", "male"),
        ("_sort", "birthdate"),
        ("_sort", "-birthdate"),
        ("_id", "1"),
    ],
)
def test_other_shapes_are_other_statements(pair: tuple[str, str]) -> None:
    one = plan_page(query("Patient", ("identifier", "a")), HERE)
    assert plan_page(query("Patient", pair), HERE).template is not one.template


def test_tenants_are_constants_of_their_own() -> None:
    asked = query("Patient", ("identifier", "a"))
    _, here = plan_page(asked, HERE).spell(SQLITE)
    _, there = plan_page(asked, Context(tenant=2)).spell(SQLITE)
    assert here != there


def test_plan_prints_with_its_constants() -> None:
    select = plan_page(query("Patient", ("_id", "abc"), ("_count", "5")), HERE).select
    printed = str(select.compile(compile_kwargs={"literal_binds": True}))
    assert "= 'abc'" in printed
    assert "LIMIT 6" in printed


def test_identifiers_are_looked_for_before_dates() -> None:
    spelled = text("Patient", ("birthdate", "2013"), ("identifier", "a"))
    assert spelled.index("ix_eq AS") < spelled.index("ix_date AS")


def test_what_finds_many_is_tested_row_by_row_in_the_order_asked_for() -> None:
    assert "JOIN ix_eq" in text("Observation", ("status", "final"))
    assert "EXISTS" in text("Observation", ("status", "final"), ("_sort", "-date"))
    assert "JOIN ix_eq" in text("Observation", ("code", "a|b"), ("_sort", "-date"))
    assert "EXISTS" in text("Observation", ("date", "ge2020"))
    assert "IN (SELECT" in text("Observation", ("date", "2020-05"))


def test_what_can_match_nothing_is_still_a_statement() -> None:
    assert "LIMIT" in text("Observation", ("subject:Group", "Patient/1"))


def test_count_needs_no_order() -> None:
    spelled, _ = plan_count(query("Patient", ("name", "a"), ("_sort", "name")), HERE).spell(SQLITE)
    assert "count(" in spelled
    assert "ORDER" not in spelled


EVERY_SHAPE = [
    ("identifier", "a"),
    ("identifier", "a,b,c"),
    ("gender:not", "male"),
    ("name", "a,b"),
    ("name:exact", "a"),
    ("name:contains", "a%"),
    ("birthdate", "2013,ne2014,gt2015,lt2015,ge2016,le2017,sa2018,eb2019,ap2020"),
    ("birthdate:missing", "true"),
    ("name:missing", "false"),
    ("organization", "1"),
    ("organization:missing", "true"),
    ("organization:identifier", "a|b"),
    ("_id", "1,2,3"),
    ("_lastUpdated", "gt2020,eb2019"),
    ("_profile", "urn:x"),
    ("organization.name", "a,b"),
    ("organization:Organization.partof.name:missing", "true"),
    ("general-practitioner.name", "a"),
    ("general-practitioner._id", "a,b,c"),
    ("_has:Observation:patient:code", "a,b,c"),
    ("_has:Observation:patient:status", "final"),
    ("_has:Observation:patient:performer.name", "a"),
    ("organization._has:Location:organization:address", "a"),
    ("_list", "1,2,3"),
    ("_filter", "name eq a or birthdate ge 2013 and not (gender eq male or name ew b)"),
    ("_filter", "name eq a or organization[name sw b].partof.name co c or _id eq 1"),
    ("_filter", "name eq a or (family eq b and _has:Observation:patient:code eq c)"),
    ("_filter", "birthdate pr false and (organization pr true or _lastUpdated gt 2020)"),
]
CANONICAL_SHAPES = [
    ("QuestionnaireResponse", ("questionnaire.title", "a")),
    ("QuestionnaireResponse", ("questionnaire.status", "active")),
    ("Questionnaire", ("_has:QuestionnaireResponse:questionnaire:subject", "1,2,3")),
    ("Questionnaire", ("_has:QuestionnaireResponse:questionnaire:status", "completed")),
]
SORTS = ["", "birthdate", "-birthdate", "name,-birthdate,_id", "_lastUpdated", "-_id", "family"]


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("pair", EVERY_SHAPE)
def test_every_shape_has_as_many_constants_as_places(pair: tuple[str, str], sort: str) -> None:
    pairs = (pair, ("_sort", sort)) if sort else (pair,)
    check_constants(plan_page(query("Patient", *pairs), HERE))


@pytest.mark.parametrize(("type", "pair"), CANONICAL_SHAPES)
def test_chain_by_canonical_has_as_many_constants_as_places(
    type: str, pair: tuple[str, str]
) -> None:
    check_constants(plan_page(query(type, pair), HERE))


def check_constants(plan: Plan) -> None:
    for spelling in (SQLITE, POSTGRESQL):
        spelled, values = plan.spell(spelling)
        names = set(plan.template.select.compile(dialect=spelling).params)
        assert names <= set(values)
        assert f"p{len(plan.values) - 1}" in names
        assert None not in values.values()
        assert "POSTCOMPILE" not in spelled
    assert sqlite3.complete_statement(plan.spell(SQLITE)[0] + ";")


@pytest.mark.parametrize(
    ("pairs", "steady"),
    [
        ([("identifier", "urn:x|1")], True),
        ([("identifier", "1")], True),
        ([("identifier", "urn:x|1"), ("_count", "5")], True),
        ([("_id", "1")], True),
        ([("identifier", "urn:x|")], False),
        ([("identifier:not", "urn:x|1")], False),
        ([("identifier", "urn:x|1"), ("active", "true")], False),
        ([("identifier", "urn:x|1"), ("_sort", "birthdate")], False),
        ([("gender", "male")], False),
        ([("general-practitioner", "Practitioner/1")], False),
        ([("link", "Patient/1")], True),
        ([("link:Patient", "1")], True),
        ([("link", "1")], False),
        ([("link", "https://other.example/Patient/1")], False),
        ([], False),
    ],
)
def test_only_what_finds_few_whatever_its_value_is_planned_once(
    pairs: list[tuple[str, str]], steady: bool
) -> None:
    assert plan_page(query("Patient", *pairs), HERE).steady is steady
