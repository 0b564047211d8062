"""All pages of a search show the moment of the first, whatever is written meanwhile."""

import random
import threading
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import pytest

from fhir_server.model.resource import JsonObject, Version
from fhir_server.outcome import BadRequest, Stale
from fhir_server.search import changed
from fhir_server.search.cursor import write_bookmark
from fhir_server.search.page import Page
from fhir_server.store.unit_of_work import Store
from tests.integration.search.sample import (
    Pair,
    create,
    delete,
    ids,
    pages,
    patient,
    query,
    search,
    update,
)

SORTS = ["", "birthdate", "-birthdate", "family", "gender", "-gender,birthdate", "_lastUpdated"]
GENDERS = ["male", "female", "other", "unknown"]
PEOPLE = 24


def somebody(id: str, chance: random.Random) -> JsonObject:
    """Return a patient whose values are drawn, some of them missing."""
    members: JsonObject = {"name": [{"family": f"F{chance.randint(0, 6)}"}]}
    if chance.random() < 0.8:
        members["gender"] = chance.choice(GENDERS)
    if chance.random() < 0.7:
        members["birthDate"] = f"19{chance.randint(40, 60)}-01-01"
    return patient(id, **members)


def shown(page: Page) -> list[tuple[str, int]]:
    return [(one.id, one.number) for one in page.matches]


class History:
    """Writes at random, and keeps in mind what there is."""

    def __init__(self, store: Store, seed: int) -> None:
        self.store = store
        self.chance = random.Random(seed)
        self.alive: list[str] = []
        self.deleted: set[str] = set()
        self.count = 0
        for _ in range(PEOPLE):
            self.create()

    def create(self) -> None:
        id = f"n{self.count:04}"
        self.count += 1
        create(self.store, somebody(id, self.chance))
        self.alive.append(id)

    def step(self) -> None:
        """Write once or a few times."""
        for _ in range(self.chance.randint(0, 5)):
            dice = self.chance.random()
            if dice < 0.25 or not self.alive:
                self.create()
            elif dice < 0.85:
                update(self.store, somebody(self.chance.choice(self.alive), self.chance))
            else:
                victim = self.alive.pop(self.chance.randrange(len(self.alive)))
                delete(self.store, "Patient", victim)
                self.deleted.add(victim)


@pytest.mark.parametrize("sort", SORTS)
@pytest.mark.parametrize("criteria", [[], [("gender", "male,female")], [("birthdate", "ge1950")]])
def test_pages_are_those_of_the_first_moment(store: Store, sort: str, criteria: list[Pair]) -> None:
    history = History(store, len(sort) * 7 + len(criteria))
    for _ in range(4):
        pairs = [*criteria, *([("_sort", sort)] if sort else [])]
        whole = shown(search(store, "Patient", *pairs, ("_count", "1000")))
        left: list[tuple[str, int]] = list(whole)
        history.deleted.clear()
        for page in pages(store, "Patient", *pairs, ("_count", str(history.chance.randint(2, 9)))):
            left = [one for one in left if one[0] not in history.deleted]
            found = shown(page)
            assert found == left[: len(found)]
            left = left[len(found) :]
            history.step()
        assert [one for one in left if one[0] not in history.deleted] == []


@pytest.mark.parametrize("sort", ["", "birthdate", "_lastUpdated", "-_lastUpdated", "gender"])
def test_concurrent_writers_make_no_page_repeat_or_miss(store: Store, sort: str) -> None:
    steady = [f"s{number:03}" for number in range(60)]
    chance = random.Random(3)
    create(store, *(somebody(id, chance) for id in steady))
    stop = threading.Event()
    writers = [threading.Thread(target=write, args=(store, steady, n, stop)) for n in range(3)]
    for one in writers:
        one.start()
    try:
        pairs = [("_count", "7"), *([("_sort", sort)] if sort else [])]
        turns = [list(pages(store, "Patient", *pairs)) for _ in range(6)]
    finally:
        stop.set()
        for one in writers:
            one.join()
    for turn in turns:
        seen = [one.id for page in turn for one in page.matches]
        assert len(seen) == len(set(seen))
        assert set(steady) <= set(seen)
    moved = {one.number for page in turns[-1] for one in page.matches}
    assert len(moved) > 1, "nothing was written meanwhile"


def write(store: Store, steady: Sequence[str], number: int, stop: threading.Event) -> None:
    """Update, create and delete until told to stop."""
    chance = random.Random(number)
    turn = 0
    while not stop.is_set():
        update(store, somebody(chance.choice(steady), chance))
        id = f"w{number}-{turn}"
        create(store, somebody(id, chance))
        if turn % 2:
            delete(store, "Patient", id)
        turn += 1


@pytest.fixture
def people(store: Store) -> Store:
    create(store, *(patient(f"p{n:03}", gender="male", birthDate=f"{1950 + n}") for n in range(20)))
    return store


def follow(store: Store, page: Page, relation: str) -> Page:
    return search(store, "Patient", *page.links[relation])


@pytest.mark.parametrize("sort", ["", "birthdate", "gender"])
def test_links_lead_back_to_the_same_pages(people: Store, sort: str) -> None:
    pairs = [("_count", "6"), *([("_sort", sort)] if sort else [])]
    turned = list(pages(people, "Patient", *pairs))
    assert "previous" not in turned[0].links
    for before, after in pairwise(turned):
        update(people, patient(before.matches[0].id, gender="other", birthDate="2001"))
        assert shown(follow(people, after, "previous")) == shown(before)
        assert shown(follow(people, after, "first")) == shown(turned[0])
    assert "next" not in turned[-1].links


def test_sorted_by_update_shows_what_moved_where_it_was(people: Store) -> None:
    turning = pages(people, "Patient", ("_sort", "_lastUpdated"), ("_count", "5"))
    first = next(turning)
    for id in ("p001", "p010", "p019"):
        update(people, patient(id, gender="other"))
    seen = [one for page in (first, *turning) for one in page.matches]
    assert [one.id for one in seen] == [f"p{n:03}" for n in range(20)]
    assert {one.number for one in seen} == {1}


def test_match_of_then_is_shown_though_it_no_longer_matches(people: Store) -> None:
    pairs = [("gender", "male"), ("birthdate", "le1960"), ("_count", "4")]
    turning = pages(people, "Patient", *pairs)
    first = next(turning)
    update(people, patient("p001", gender="female", birthDate="1951"))
    update(people, patient("p018", gender="male", birthDate="1951"))
    rest = [one for page in turning for one in page.matches]
    assert ("p001", 1) in [(one.id, one.number) for one in rest]
    assert "p018" not in [one.id for one in (*first.matches, *rest)]


def test_deleted_meanwhile_is_left_out(people: Store) -> None:
    turning = pages(people, "Patient", ("_count", "6"))
    first = next(turning)
    delete(people, "Patient", "p002")
    seen = [one for page in (first, *turning) for one in ids(page)]
    assert seen == [f"p{n:03}" for n in range(19, -1, -1) if n != 2]


def test_total_stays_that_of_the_first_page(people: Store) -> None:
    turning = pages(people, "Patient", ("_count", "6"), ("_total", "accurate"))
    totals = []
    for number, page in enumerate(turning):
        totals.append(page.total and page.total.number)
        create(people, patient(f"late{number}"))
    assert totals == [20, 20, 20, 20]


def test_stale_links_are_told(people: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    following = search(people, "Patient", ("_count", "6")).next
    assert following is not None
    monkeypatch.setattr(changed, "MOST", 2)
    for number in range(4):
        update(people, patient(f"p{number:03}", gender="other"))
    with pytest.raises(Stale):
        search(people, "Patient", *following)


@pytest.mark.parametrize("age", [2, -2])
def test_link_of_another_day_is_stale(people: Store, age: int) -> None:
    asked = query("Patient", [("_count", "6")])
    following = search(people, "Patient", ("_count", "6")).next
    assert following is not None
    bookmark = query("Patient", following).bookmark
    assert bookmark is not None
    assert bookmark.moment is not None
    moment = replace(bookmark.moment, taken=bookmark.moment.taken - age * 86_400_000_000)
    link = write_bookmark(replace(bookmark, moment=moment))
    with pytest.raises(Stale):
        query("Patient", [*asked.parameters, ("_cursor", link)])


@pytest.mark.parametrize("mark", ["0", "1:1:", "999999999999999999", "5:9:6,7", "1:99999999999:"])
def test_forged_moments_do_no_harm(people: Store, mark: str) -> None:
    following = search(people, "Patient", ("_count", "6")).next
    assert following is not None
    bookmark = query("Patient", following).bookmark
    assert bookmark is not None
    assert bookmark.moment is not None
    link = write_bookmark(replace(bookmark, moment=replace(bookmark.moment, mark=mark)))
    found: list[Version] = []
    found += search(people, "Patient", ("_count", "6"), ("_cursor", link)).matches
    assert {one.id for one in found} <= {f"p{n:03}" for n in range(20)}


@pytest.mark.parametrize("mark", ["", "x", "9:5:", "1:5:7", "1:9:5,4", "0:0:", "1" * 30])
def test_marks_that_cannot_be_are_refused(people: Store, mark: str) -> None:
    following = search(people, "Patient", ("_count", "6")).next
    assert following is not None
    bookmark = query("Patient", following).bookmark
    assert bookmark is not None
    assert bookmark.moment is not None
    link = write_bookmark(replace(bookmark, moment=replace(bookmark.moment, mark=mark)))
    with pytest.raises(BadRequest):
        query("Patient", [("_count", "6"), ("_cursor", link)])
