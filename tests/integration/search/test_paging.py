import pytest

from fhir_server.outcome import BadRequest
from fhir_server.search.query import Total
from fhir_server.store.unit_of_work import Store
from tests.integration.search.sample import (
    create,
    delete,
    ids,
    pages,
    patient,
    person,
    query,
    search,
    update,
)

PEOPLE = 40


@pytest.fixture
def people(store: Store) -> Store:
    create(store, *(person(number) for number in range(PEOPLE)))
    return store


def place(number: int, code: str) -> tuple[bool, str]:
    """Return where a person stands by one sort key; those without a value come last."""
    values = {
        "birthdate": [str(person(number).get("birthDate", ""))],
        "family": [f"f{number % 4}", f"e{number % 6}"] if number % 5 else [""],
        "_id": [f"p{number:03}"],
    }[code.removeprefix("-")]
    value = max(values) if code.startswith("-") else min(values)
    return (value == "", value)


def expected(sort: str) -> list[str]:
    """Return all ids in the order of a sort, by repeated stable sorting."""
    codes = [code for code in sort.split(",") if code]
    newest_first = not codes or codes[0].startswith("-")
    numbers = sorted(range(PEOPLE), reverse=newest_first)
    for code in reversed(codes):
        numbers.sort(key=lambda one: place(one, code)[1], reverse=code.startswith("-"))
        numbers.sort(key=lambda one: place(one, code)[0])
    return [f"p{number:03}" for number in numbers]


@pytest.mark.parametrize(
    "sort",
    ["", "birthdate", "-birthdate", "family", "-family", "_id", "-_id", "-birthdate,family"],
)
def test_pages_show_every_match_once_in_order(people: Store, sort: str) -> None:
    for count in (1, 7, PEOPLE, 100):
        pairs = [("_count", str(count)), *([("_sort", sort)] if sort else [])]
        seen = [ids(page) for page in pages(people, "Patient", *pairs)]
        assert all(len(page) == count for page in seen[:-1])
        assert [one for page in seen for one in page] == expected(sort)


@pytest.mark.parametrize("sort", ["_lastUpdated", "-_lastUpdated", "family,-_id"])
def test_other_orders_page_alike(people: Store, sort: str) -> None:
    whole = ids(search(people, "Patient", ("_sort", sort)))
    small = pages(people, "Patient", ("_sort", sort), ("_count", "6"))
    assert [one for page in small for one in ids(page)] == whole
    assert len(whole) == PEOPLE


def test_newest_comes_first_in_pages_that_stop_early(people: Store) -> None:
    assert ids(search(people, "Patient", ("_count", "2"))) == ["p039", "p038"]


@pytest.mark.parametrize("sort", ["", "birthdate", "-birthdate", "family", "_id", "_lastUpdated"])
def test_writes_between_pages_repeat_and_miss_nothing(people: Store, sort: str) -> None:
    pairs = [("_count", "6"), *([("_sort", sort)] if sort else [])]
    seen: list[str] = []
    changed = set()
    for turn, page in enumerate(pages(people, "Patient", *pairs)):
        seen += ids(page)
        create(people, patient(f"new{turn}", birthDate="1943-05-05", name=[{"family": "E3"}]))
        victim = f"p{turn * 5:03}"
        changed.add(victim)
        delete(people, "Patient", victim)
    assert len(seen) == len(set(seen))
    assert {f"p{number:03}" for number in range(PEOPLE)} - changed <= set(seen)


def test_created_meanwhile_stays_out_of_an_unsorted_search(people: Store) -> None:
    turning = pages(people, "Patient", ("_count", "30"))
    first = next(turning)
    create(people, patient("late"))
    assert "late" not in [one for page in (first, *turning) for one in ids(page)]


def test_updated_match_keeps_its_place_in_an_unsorted_search(people: Store) -> None:
    turning = pages(people, "Patient", ("_count", "30"))
    first = next(turning)
    update(people, patient("p001", gender="other"))
    assert [one for page in (first, *turning) for one in ids(page)] == expected("")


def test_criteria_hold_on_every_page(people: Store) -> None:
    found = pages(people, "Patient", ("gender", "male"), ("_sort", "-birthdate"), ("_count", "3"))
    numbers = {int(one[1:]) for page in found for one in ids(page)}
    assert numbers == set(range(0, PEOPLE, 2))


def test_total_counts_all_pages(people: Store) -> None:
    page = search(people, "Patient", ("gender", "male"), ("_total", "accurate"), ("_count", "3"))
    assert (page.total, len(page.matches)) == (Total(20), 3)
    counted = search(people, "Patient", ("birthdate:missing", "true"), ("_summary", "count"))
    assert (counted.total, counted.matches) == (Total(14), ())


def test_cursor_of_another_order_is_refused(people: Store) -> None:
    following = search(people, "Patient", ("_count", "2"), ("_sort", "birthdate")).next
    assert following is not None
    cursor = [pair for pair in following if pair[0] == "_cursor"]
    with pytest.raises(BadRequest, match="_cursor"):
        query("Patient", cursor)
