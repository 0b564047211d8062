"""Terminology modifiers on both databases: stored definitions, long lists, one test in SQL."""

from contextlib import nullcontext
from typing import Protocol

import pytest
from sqlalchemy import event, select

from fhir_server.db.tables import ix_eq
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import UnknownTerminology
from fhir_server.search.options import Options
from fhir_server.search.page import find_page
from fhir_server.search.parse import parse
from fhir_server.search.plan import plan_page
from fhir_server.search.statement import Template, new_binds, with_values
from fhir_server.search.value import Keys
from fhir_server.store.terminology import StoredTerminology
from fhir_server.store.unit_of_work import Store
from tests.integration.search.sample import (
    ELSEWHERE,
    EXTRACTOR,
    HERE,
    REGISTRY,
    create,
    delete,
    ids,
    search,
    update,
)
from tests.unit.fhir_server.terminology.sample import (
    ANIMALS,
    KINGDOM,
    PETS,
    concept,
    filtering,
    including,
    system,
    value_set,
)


class Ask(Protocol):
    """Runs a search by one parameter and returns the ids found, sorted."""

    def __call__(self, type: str, name: str, value: str) -> list[str]: ...


MANY_ROWS = "INSERT INTO ix_eq (key, rid) SELECT n, n FROM generate_series(1, 50000) AS n"
GENDERS = "http://hl7.org/fhir/ValueSet/administrative-gender"


@pytest.fixture
def terms() -> StoredTerminology:
    return StoredTerminology(REGISTRY, 10_000)


@pytest.fixture
def ask(store: Store, terms: StoredTerminology) -> Ask:
    def run(type: str, name: str, value: str) -> list[str]:
        with store.read(HERE) as reader:
            options = Options(0, terminology=terms.seen_by(lambda: nullcontext(reader)))
            query = parse(((name, value),), type, HERE.tenant, REGISTRY, options)
            return sorted(ids(find_page(query, HERE, EXTRACTOR, reader)))

    return run


def seen(id: str, code: str, system: str = ANIMALS) -> JsonObject:
    coding: JsonValue = {"coding": [{"system": system, "code": code}]}
    return {"resourceType": "Observation", "id": id, "status": "final", "code": coding}


def pets(*includes: JsonValue, id: str = "pets", **members: JsonValue) -> JsonObject:
    return {**value_set(PETS, *includes, **members), "id": id}


ANIMALS_STORED: JsonObject = {**KINGDOM, "id": "animals"}
SEEN = [seen("o1", "cat"), seen("o2", "lion"), seen("o3", "dog"), seen("o4", "owl")]


def test_stored_value_set_over_a_stored_system(store: Store, ask: Ask) -> None:
    create(store, ANIMALS_STORED, pets(filtering(("concept", "is-a", "cat"))), *SEEN)
    assert ask("Observation", "code:in", PETS) == ["o1", "o2"]
    assert ask("Observation", "code:in", "ValueSet/pets") == ["o1", "o2"]
    assert ask("Observation", "code:not-in", PETS) == ["o3", "o4"]
    assert ask("Observation", "code:below", f"{ANIMALS}|mammal") == ["o1", "o2", "o3"]
    assert ask("Observation", "code:above", f"{ANIMALS}|lion") == ["o1", "o2"]


def test_shipped_value_set_until_one_is_stored(store: Store, ask: Ask) -> None:
    create(store, {"resourceType": "Patient", "id": "p1", "gender": "male"})
    assert ask("Patient", "gender:in", GENDERS) == ["p1"]
    gender = "http://hl7.org/fhir/administrative-gender"
    narrow = {**value_set(GENDERS, including("female", system=gender)), "id": "own"}
    create(store, narrow)
    assert ask("Patient", "gender:in", GENDERS) == []
    assert ask("Patient", "gender:in", f"{GENDERS}|4.0.1") == ["p1"]
    delete(store, "ValueSet", "own")
    assert ask("Patient", "gender:in", GENDERS) == ["p1"]


def test_what_is_remembered_follows_every_change(store: Store, ask: Ask) -> None:
    create(store, ANIMALS_STORED, pets(filtering(("concept", "is-a", "bird"))), *SEEN)
    assert ask("Observation", "code:in", PETS) == ["o4"]
    update(store, pets(filtering(("concept", "is-a", "cat"))))
    assert ask("Observation", "code:in", PETS) == ["o1", "o2"]
    update(store, {**system(concept("cat", concept("dog"))), "id": "animals"})
    assert ask("Observation", "code:in", PETS) == ["o1", "o3"]
    delete(store, "CodeSystem", "animals")
    with pytest.raises(UnknownTerminology, match="animals"):
        ask("Observation", "code:in", PETS)


def test_remembered_answer_is_confirmed_by_one_statement(store: Store, ask: Ask) -> None:
    create(store, ANIMALS_STORED, pets(filtering(("concept", "is-a", "cat"))), *SEEN)
    first = ask("Observation", "code:in", PETS)
    statements: list[str] = []

    def note(*given: object) -> None:
        statements.append(str(given[2]))

    event.listen(store.database.engine, "before_cursor_execute", note)
    assert ask("Observation", "code:in", PETS) == first
    event.remove(store.database.engine, "before_cursor_execute", note)
    assert len(statements) == 1  # the search itself goes past SQLAlchemy's events


def test_newest_version_is_meant_without_one(store: Store, ask: Ask) -> None:
    create(store, pets(including("cat"), version="2"), *SEEN)
    create(store, pets(including("dog"), id="older", version="1"))
    assert ask("Observation", "code:in", PETS) == ["o1"]
    assert ask("Observation", "code:in", f"{PETS}|1") == ["o3"]
    with pytest.raises(UnknownTerminology, match=r"pets\|3"):
        ask("Observation", "code:in", f"{PETS}|3")


def test_definitions_of_another_tenant_are_not_seen(store: Store, ask: Ask) -> None:
    create(store, pets(including("cat")), context=ELSEWHERE)
    create(store, *SEEN)
    with pytest.raises(UnknownTerminology):
        ask("Observation", "code:in", PETS)
    with pytest.raises(UnknownTerminology):
        ask("Observation", "code:in", "ValueSet/pets")


def test_thousands_of_codes_are_one_parameter(store: Store, ask: Ask) -> None:
    codes = [f"c{number}" for number in range(9_000)]
    create(store, pets(including(*codes)), seen("o1", "c8999"), seen("o2", "d1"))
    assert ask("Observation", "code:in", PETS) == ["o1"]
    assert ask("Observation", "code:not-in", PETS) == ["o2"]


@pytest.mark.parametrize("count", [17, 1000])
def test_long_list_of_alternatives_is_one_parameter(store: Store, count: int) -> None:
    create(store, *SEEN)
    value = ",".join(f"{ANIMALS}|c{number}" for number in range(count - 1)) + f",{ANIMALS}|owl"
    assert ids(search(store, "Observation", ("code", value))) == ["o4"]
    assert ids(search(store, "Observation", ("code:not", value))) == ["o3", "o2", "o1"]
    query = parse((("code", value),), "Observation", HERE.tenant, REGISTRY, Options(0))
    with store.read(HERE) as reader:
        text, _ = plan_page(query, HERE).spell(reader.session.spelling)
        assert len(text) < 1500


def test_long_list_is_looked_up_in_the_index(store: Store) -> None:
    keys = Keys(tuple(range(1, 50_000, 500)))
    chosen = select(ix_eq.c.rid).where(keys.where(ix_eq.c, new_binds()))
    with store.read(HERE) as reader:
        text, values = with_values(Template(chosen), keys.bound).spell(reader.session.spelling)
        if reader.session.dialect == "sqlite":
            plan = str(reader.session.run(f"EXPLAIN QUERY PLAN {text}", values))
            assert "SEARCH ix_eq USING PRIMARY KEY (key=?)" in plan
            return
        reader.session.run(MANY_ROWS, prepare=False)  # a handful is read through anyway
        reader.session.run("ANALYZE ix_eq")
        plan = str(reader.session.run(f"EXPLAIN {text}", values, prepare=False))
        assert "Index Cond: (key = ANY" in plan
