"""Which criterion is looked at, in which order, and which is marked."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from fhir_server.search.lead import FEW, lead
from fhir_server.search.query import Indexed, Query, Updated, ranked
from fhir_server.search.statement import Plan
from tests.unit.fhir_server.search.sample import query

Pair = tuple[str, str]
LIST = ",".join(map(str, range(50)))


class Rows:
    """Answers each look with the rows a parameter has, by the constants looked for."""

    def __init__(self, query: Query, rows: Mapping[str, int]) -> None:
        self.codes = {one.bound: one.code for one in indexed(query)}
        self.rows = rows
        self.looks: list[str] = []

    def __call__(self, plan: Plan) -> int:
        self.looks.append(self.codes[tuple(plan.values.values())])
        return min(self.rows.get(self.looks[-1], FEW), FEW)


def indexed(query: Query) -> list[Indexed]:
    return [one for one in ranked(query.criteria) if isinstance(one, Indexed)]


def asked(*pairs: Pair, **rows: int) -> tuple[list[str], list[str]]:
    """Return the parameters looked at, and those marked."""
    one = query("Patient", *pairs)
    tally = Rows(one, rows)
    led = lead(one, tally, lambda _, most: most)
    assert {replace(part, few=False) for part in indexed(led)} == set(indexed(one))
    return tally.looks, [part.code for part in indexed(led) if part.few]


def test_single_criterion_is_not_looked_at() -> None:
    assert asked(("gender", "other"), gender=1) == ([], [])


def test_first_with_few_rows_leads_and_ends_the_looking() -> None:
    pairs = (("active", "true"), ("gender", "other"), ("deceased", "true"))
    assert asked(*pairs, gender=1, deceased=2) == (["active", "gender"], ["gender"])
    assert asked(*pairs, active=FEW - 1, gender=1) == (["active"], ["active"])


def test_none_leads_when_all_have_many() -> None:
    assert asked(("active", "true"), ("gender", "other")) == (["active", "gender"], [])


def test_what_is_expected_to_find_fewest_is_looked_at_first() -> None:
    pairs = (("gender", "other"), ("birthdate", "1980"), ("name", "a"), ("identifier", "x|1"))
    looks = ["identifier", "name", "birthdate", "gender"]
    assert asked(*pairs, gender=0) == (looks, ["gender"])


@pytest.mark.parametrize(
    "pair",
    [
        ("gender:not", "other"),
        ("gender", LIST),
        ("name:contains", "a"),
        ("name", "a,b"),
        ("birthdate", "ne1980"),
        ("birthdate", "ap1980"),
        ("birthdate", "1980,1990"),
        ("birthdate:missing", "true"),
        ("organization.name", "a"),
    ],
)
def test_what_would_be_walked_through_is_not_looked_at(pair: Pair) -> None:
    rows = {pair[0].partition(":")[0]: 0}
    assert asked(pair, ("active", "true"), **rows) == (["active"], [])


@pytest.mark.parametrize(
    "pair", [("_id", "1"), ("identifier", LIST), ("organization.identifier", "x|1")]
)
def test_what_is_sure_to_be_few_leads_unasked(pair: Pair) -> None:
    assert asked(pair, ("active", "true"), active=0) == ([], [])


@pytest.mark.parametrize(
    ("pairs", "found", "marked"),
    [
        ([("_lastUpdated", "gt2026")], FEW - 1, True),
        ([("_lastUpdated", "gt2026")], FEW, False),
        ([("_lastUpdated", "gt2026"), ("active", "true")], 3, True),
        ([("_lastUpdated", "gt2026"), ("_sort", "-_lastUpdated")], 3, False),
    ],
)
def test_what_was_changed_of_late_leads_when_it_is_little(
    pairs: list[Pair], found: int, marked: bool
) -> None:
    led = lead(query("Patient", *pairs), lambda _: FEW, lambda _, most: min(found, most))
    assert [one.few for one in led.criteria if isinstance(one, Updated)] == [marked]
