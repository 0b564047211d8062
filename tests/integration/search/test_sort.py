"""Sorting by any indexed parameter, alike on both databases and in memory."""

import random

import pytest

from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import NotSupported
from fhir_server.search.body import texts, ways_of
from fhir_server.search.registry import OF_WORDS, Registry
from fhir_server.search.sort import TABLES, parse_sort, place_of, sort_key
from fhir_server.store.unit_of_work import Store
from profiles.loader import load
from tests.integration.search.sample import (
    EXTRACTOR,
    HERE,
    create,
    ids,
    pages,
    patient,
    query,
    search,
)

VALUES = ["a", "B", "b", "Z9", "z-9", "Ä", "ä", "é", "~", "0", "10", "9", "日本", "x" * 200, "A b"]
SORTS = [
    "gender",
    "-gender",
    "identifier",
    "-identifier",
    "organization",
    "-general-practitioner",
    "language",
    "phone",
    "-email",
    "telecom",
    "deceased",
    "-active",
    "_tag",
    "_profile",
    "_source",
    "-_security",
    "gender,-birthdate",
    "family,identifier,-gender",
    "-_tag,name",
    "active,_id",
]


def somebody(number: int, chance: random.Random) -> JsonObject:
    """Return a patient with values drawn from texts that are hard to sort; many are missing."""

    def maybe(value: JsonValue) -> dict[str, JsonValue]:
        return {"": value} if chance.random() < 0.7 else {}

    def some() -> str:
        return chance.choice(VALUES)

    telecom: JsonValue = [
        {"system": chance.choice(["phone", "email", "fax"]), "value": some()} for _ in range(2)
    ]
    drawn: dict[str, dict[str, JsonValue]] = {
        "gender": maybe(chance.choice(["male", "female", "other"])),
        "active": maybe(chance.random() < 0.5),
        "birthDate": maybe(f"19{chance.randint(50, 55)}"),
        "identifier": maybe([{"system": "s", "value": some()}, {"value": some()}]),
        "name": maybe([{"family": some()}]),
        "managingOrganization": maybe({"reference": f"Organization/{chance.randint(1, 5)}"}),
        "generalPractitioner": maybe(
            [
                {"reference": f"Practitioner/{chance.randint(1, 5)}"},
                {"reference": f"http://elsewhere/fhir/Organization/{chance.randint(1, 5)}"},
            ]
        ),
        "communication": maybe(
            [{"language": {"coding": [{"code": some()}, {"display": "no code"}]}}]
        ),
        "telecom": maybe(telecom),
        "meta": maybe(
            {
                "tag": [{"code": some()}],
                "profile": ["http://p/" + some()],
                "source": "http://s/" + chance.choice("abc"),
                "security": [{"system": "x", "code": some()}],
            }
        ),
    }
    if chance.random() < 0.3:
        drawn["deceasedDateTime"] = {"": "2020"}
    elif chance.random() < 0.3:
        drawn["deceasedBoolean"] = {"": chance.random() < 0.5}
    return patient(f"p{number:03}", **{name: one[""] for name, one in drawn.items() if one})


@pytest.fixture
def people(store: Store) -> Store:
    chance = random.Random(11)
    create(store, *(somebody(number, chance) for number in range(50)))
    return store


@pytest.mark.parametrize("sort", SORTS)
def test_any_parameter_gives_one_order_everywhere(people: Store, sort: str) -> None:
    whole = search(people, "Patient", ("_count", "1000"), ("_sort", sort))
    order = query("Patient", [("_sort", sort)]).order
    key = sort_key(order)
    placed = [key(place_of(order, one, EXTRACTOR, HERE.tenant)) for one in whole.matches]
    assert placed == sorted(placed)
    assert len(whole.matches) == 50
    for count in (1, 7):
        turned = pages(people, "Patient", ("_count", str(count)), ("_sort", sort))
        assert [one for page in turned for one in ids(page)] == ids(whole)


def test_values_stand_in_byte_order_of_folded_text(store: Store) -> None:
    create(
        store,
        *(patient(f"{n}", identifier=[{"value": text}]) for n, text in enumerate(VALUES)),
        patient("none"),
    )
    up = search(store, "Patient", ("_sort", "identifier"))
    values = [VALUES[int(one)] for one in ids(up) if one != "none"]
    assert values == sorted(VALUES, key=lambda one: (ascii_folded(one), VALUES.index(one)))
    assert ids(up)[-1] == "none"
    assert ids(search(store, "Patient", ("_sort", "-identifier")))[-1] == "none"


def ascii_folded(text: str) -> bytes:
    return text.encode().lower()


def test_repeating_values_count_by_the_first_in_the_order(store: Store) -> None:
    create(
        store,
        patient("ae", identifier=[{"value": "a"}, {"value": "e"}]),
        patient("bd", identifier=[{"value": "d"}, {"value": "b"}]),
        patient("cc", identifier=[{"value": "c"}]),
    )
    assert ids(search(store, "Patient", ("_sort", "identifier"))) == ["ae", "bd", "cc"]
    assert ids(search(store, "Patient", ("_sort", "-identifier"))) == ["ae", "bd", "cc"]


def test_choices_and_lists_are_followed(store: Store) -> None:
    def observed(id: str, **members: JsonValue) -> JsonObject:
        return {"resourceType": "Observation", "id": id, **members}

    create(
        store,
        observed(
            "1", code={"coding": [{"code": "b"}]}, valueCodeableConcept={"coding": [{"code": "y"}]}
        ),
        observed("2", code={"coding": [{"code": "c"}, {"code": "a"}]}),
        observed(
            "3", code={"text": "only text"}, component=[{"code": {"coding": [{"code": "0"}]}}]
        ),
    )
    assert ids(search(store, "Observation", ("_sort", "code"))) == ["2", "1", "3"]
    assert ids(search(store, "Observation", ("_sort", "combo-code"))) == ["3", "2", "1"]
    assert ids(search(store, "Observation", ("_sort", "value-concept")))[0] == "1"


def test_every_parameter_of_r4_sorts_or_is_refused_by_name(store: Store) -> None:
    registry = Registry(load())
    sorted_by = 0
    for type in ("Observation", "Bundle", "ValueSet", "Encounter", "Group", "Questionnaire"):
        for code, parameter in registry.parameters(HERE.tenant, type).items():
            is_indexed = parameter.type in TABLES and code not in OF_WORDS
            if (parameter.spread and is_indexed) or not (is_indexed or ways_of(parameter.sources)):
                with pytest.raises(NotSupported, match=code):
                    parse_sort(code, type, HERE.tenant, registry)
                continue
            order = parse_sort(code, type, HERE.tenant, registry)
            assert list(texts({}, order[0].ways)) == []
            assert ids(search(store, type, ("_sort", code))) == []
            assert ids(search(store, type, ("_sort", f"-{code}"), ("_id", "1"))) == []
            sorted_by += 1
    assert sorted_by > 100
