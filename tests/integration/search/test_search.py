import pytest

from fhir_server.model.resource import JsonObject, Version
from fhir_server.search.moment import Moment
from fhir_server.search.page import find_page
from fhir_server.search.query import Query
from fhir_server.search.statement import Plan
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import Store
from tests.integration.search.sample import (
    ELSEWHERE,
    EXTRACTOR,
    HERE,
    create,
    delete,
    ids,
    patient,
    query,
    search,
    update,
)


def observation(id: str, subject: str, **members: str) -> JsonObject:
    return {
        "resourceType": "Observation",
        "id": id,
        "subject": {"reference": subject},
        **members,
    }


def test_deleted_resource_is_not_found(store: Store) -> None:
    create(store, patient("1", gender="male"), patient("2", gender="male"))
    delete(store, "Patient", "1")
    assert ids(search(store, "Patient", ("gender", "male"))) == ["2"]
    assert ids(search(store, "Patient", ("gender:not", "female"))) == ["2"]
    assert ids(search(store, "Patient", ("_id", "1"))) == []


def test_updated_resource_is_found_by_its_new_values_alone(store: Store) -> None:
    create(store, patient("1", gender="male", name=[{"family": "Old"}], birthDate="1980"))
    update(store, patient("1", gender="other", name=[{"family": "New"}]))
    for name, value in (("gender", "male"), ("family", "old"), ("birthdate", "1980")):
        assert ids(search(store, "Patient", (name, value))) == []
    assert ids(search(store, "Patient", ("gender", "other"), ("family", "new"))) == ["1"]


def test_tenants_see_their_own(store: Store) -> None:
    create(store, patient("1", gender="male"))
    create(store, patient("2", gender="male"), context=ELSEWHERE)
    assert ids(search(store, "Patient", ("gender", "male"))) == ["1"]
    assert ids(search(store, "Patient", ("gender", "male"), context=ELSEWHERE)) == ["2"]


def test_tenants_include_their_own(store: Store) -> None:
    create(store, observation("o", "Patient/1"))
    create(store, patient("1"), observation("p", "Patient/1"), context=ELSEWHERE)
    page = search(store, "Observation", ("_include", "Observation:subject"))
    assert page.included == ()
    there = search(store, "Patient", ("_revinclude", "Observation:subject"), context=ELSEWHERE)
    assert [one.id for one in there.included] == ["p"]


def test_included_resources_come_along_once(store: Store) -> None:
    create(store, patient("1"), patient("2"), patient("3"))
    create(store, *(observation(f"o{n}", f"Patient/{1 + n % 2}") for n in range(4)))
    page = search(store, "Observation", ("_include", "Observation:subject"))
    assert sorted(one.reference for one in page.included) == ["Patient/1", "Patient/2"]
    back = search(store, "Patient", ("_id", "1,3"), ("_revinclude", "Observation:subject"))
    assert sorted(one.id for one in back.included) == ["o0", "o2"]


def test_deleted_targets_do_not_come_along(store: Store) -> None:
    create(store, patient("1"), observation("o", "Patient/1"))
    delete(store, "Patient", "1")
    assert search(store, "Observation", ("_include", "Observation:subject")).included == ()


def test_unit_of_work_finds_what_it_wrote(store: Store) -> None:
    with store.write(HERE) as work:
        work.create("Patient", "1", patient("1", gender="male"))
        page = find_page(query("Patient", [("gender", "male")]), HERE, EXTRACTOR, work)
    assert ids(page) == ["1"]


@pytest.mark.parametrize(
    ("pairs", "statements"),
    [
        ([("gender", "male")], 1),
        ([("gender", "male"), ("_sort", "birthdate"), ("_count", "1")], 1),
        ([("gender", "male"), ("_sort", "birthdate")], 3),
        ([("gender", "male"), ("_sort", "gender")], 1),
        ([("gender", "male"), ("_total", "accurate")], 1),
        ([("gender", "male"), ("_total", "accurate"), ("_count", "1")], 3),
        ([("_summary", "count")], 1),
        ([("_revinclude", "Observation:subject"), ("_include", "Patient:organization")], 2),
    ],
)
def test_search_is_few_statements(
    store: Store, pairs: list[tuple[str, str]], statements: int
) -> None:
    born = [patient(str(n), gender="male", birthDate="1980") for n in range(3)]
    create(store, *born)
    with store.read(HERE) as reader:
        counting = Counting(reader)
        find_page(query("Patient", pairs), HERE, EXTRACTOR, counting)
    assert counting.statements == statements


class Counting:
    """Passes statements on and counts them."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.statements = 0

    def led(self, query: Query) -> Query:
        return self.reader.led(query)

    def search(self, plan: Plan) -> list[Version]:
        self.statements += 1
        return self.reader.search(plan)

    def marked(self, plan: Plan) -> tuple[list[Version], Moment | None]:
        self.statements += 1
        return self.reader.marked(plan)

    def tally(self, plan: Plan) -> int:
        self.statements += 1
        return self.reader.tally(plan)
