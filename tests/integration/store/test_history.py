"""Histories of types and of the system, read in the order of an index."""

import pytest
from sqlalchemy import Select

from fhir_server.model.resource import JsonObject
from fhir_server.search.visible import version_arms
from fhir_server.store.history import (
    Part,
    Place,
    history_of_types,
    newest_places,
    place_of,
    present_types,
)
from fhir_server.store.unit_of_work import Store
from fhir_server.store.write import Create, Delete, Update
from tests.integration.store.sample import ELSEWHERE, HERE, patient

GROUP: JsonObject = {"resourceType": "Group"}


@pytest.fixture
def filled(store: Store) -> Store:
    """A store of 600 Groups of two versions at one moment each, and a few Patients."""
    with store.write(HERE) as work:
        made = work.apply([Create("Group", GROUP) for _ in range(600)])
    with store.write(HERE) as work:
        work.apply([Update(one, {**GROUP, "active": True}) for one in made])
    with store.write(HERE) as work:
        first = work.create("Patient", "a", patient())
        work.create("Patient", "b", patient())
        work.apply([Delete(first)])
    with store.write(ELSEWHERE) as work:
        work.create("Patient", "a", patient())
    return store


def test_types_are_those_there_is_or_was_a_resource_of(filled: Store) -> None:
    with filled.read(HERE) as reader:
        assert present_types(reader) == ["Group", "Patient"]


def test_paging_over_many_versions_of_one_moment_is_whole(filled: Store) -> None:
    seen: list[Place] = []
    before: Place | None = None
    with filled.read(HERE) as reader:
        types = present_types(reader)
        while page := history_of_types(reader, types, Part(97, before=before)):
            seen += [place_of(one) for one in page]
            before = seen[-1]
    assert len(seen) == len(set(seen)) == 1203
    assert seen == sorted(seen, reverse=True)
    assert len({moment for moment, _, _ in seen[3:]}) <= 600


def test_other_tenants_have_histories_of_their_own(filled: Store) -> None:
    with filled.read(ELSEWHERE) as reader:
        found = history_of_types(reader, ["Group", "Patient"], Part(10))
    assert [(one.type, one.number) for one in found] == [("Patient", 1)]


def plan_of(store: Store, statement: Select[*tuple[object, ...]]) -> str:
    """Return how the database means to answer a statement."""
    text = str(statement.compile(store.database.engine, compile_kwargs={"literal_binds": True}))
    explain = "EXPLAIN " if store.database.dialect == "postgresql" else "EXPLAIN QUERY PLAN "
    with store.database.session() as session:
        session.run("ANALYZE resource")
        session.run("ANALYZE resource_version")
        return "\n".join(str(row[-1]) for row in session.run(explain + text))


@pytest.mark.parametrize("before", [None, (2**60, 1, 1)])
def test_index_gives_the_order(filled: Store, before: Place | None) -> None:
    part = Part(20, before=before)
    with filled.read(HERE) as reader:
        for number, index in enumerate(("resource_updated", "resource_version_updated")):
            rows = version_arms("Group", HERE)[number]
            plan = plan_of(filled, newest_places(reader, "Group", part, rows))
            assert index in plan
            for word in ("Seq Scan", "SCAN resource_version ", "TEMP B-TREE"):
                assert word not in plan
