"""Composites, `near` and `:missing` in the database find what they find in memory."""

from decimal import Decimal

import pytest

from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.search.match import matches
from fhir_server.store.unit_of_work import Store
from tests.integration.search.sample import (
    EXTRACTOR,
    HERE,
    Pair,
    create,
    delete,
    ids,
    patient,
    query,
    search,
    update,
)

UCUM = "http://unitsofmeasure.org"


def concept(code: str) -> JsonObject:
    return {"coding": [{"system": "http://loinc.org", "code": code}]}


def observation(number: int) -> JsonObject:
    """Return one of many observations: of one value, of components, of both or of none."""
    amounts: list[JsonObject] = [
        {"value": Decimal(number * step % 7), "system": UCUM, "code": ("mg", "g")[step % 2]}
        for step in range(1, 4)
    ]
    resource: JsonObject = {"resourceType": "Observation", "id": f"o{number:02}"}
    if number % 5:
        resource["code"] = concept(f"c{number % 3}")
        resource["status"] = "final"
    if number % 2:
        resource["valueQuantity"] = amounts[0]
    elif number % 3 == 0:
        resource["valueString"] = f"Text {number % 4}"
    if number % 3:
        components: list[JsonValue] = [
            {"code": concept(f"c{number % 4}"), "valueQuantity": amounts[1]},
            {"code": concept(f"c{number % 2}"), "valueQuantity": amounts[2]},
        ]
        resource["component"] = components
    return resource


def location(number: int) -> JsonObject:
    resource: JsonObject = {"resourceType": "Location", "id": f"l{number:02}"}
    latitude, longitude = Decimal(number * 37 % 181 - 90), Decimal(number * 71 % 361 - 180)
    if number % 6:
        resource["position"] = {"latitude": latitude, "longitude": longitude}
    return resource


PEOPLE = [observation(number) for number in range(40)] + [location(number) for number in range(60)]
VALUES = ["c1$gt2", "c2$le3,c1$5", "c0$3||mg", f"http://loinc.org|c1$2|{UCUM}|g", "c9$1", "c1$ne2"]
SEARCHES: list[tuple[str, list[Pair]]] = [
    *(
        ("Observation", [(f"{name}code-value-quantity", value)])
        for name in ("", "component-", "combo-")
        for value in VALUES
    ),
    ("Observation", [("code-value-string", "c1$text,c0$text 2")]),
    ("Observation", [("combo-code-value-quantity", "c1$gt2"), ("status", "final")]),
    ("Observation", [("combo-code-value-quantity", "c1$gt2,c2$lt9"), ("code:not", "c2")]),
    ("Observation", [("code-value-quantity", "c1$gt2"), ("_sort", "value-quantity")]),
    *(
        ("Observation", [(f"{code}:missing", flag)])
        for code in ("code", "status", "combo-code", "combo-value-quantity", "component-code")
        for flag in ("true", "false")
    ),
    ("Observation", [("code:missing", "true"), ("value-quantity", "gt1")]),
    ("Observation", [("combo-code", "c3"), ("combo-value-quantity", "lt3")]),
    ("Observation", [("combo-code:not", "c1")]),
    ("Observation", [("_id:not", "o01,o02"), ("code", "c1")]),
    ("Observation", [("_id:missing", "true")]),
    ("Observation", [("_id:missing", "false"), ("_lastUpdated:missing", "false")]),
    *(
        ("Location", [("near", value)])
        for value in (
            *("0|0|3000", "0|0|20016", "90|0|2500", "-90|45|4000", "10|179|3000", "-10|-180|5000"),
            *("60|-179.5|2000|mi", "0|0|10007.6", "45|45|15000,45|-45|100", "0|0", "89|10|500"),
        )
    ),
    ("Location", [("near:missing", "true")]),
]


@pytest.fixture
def filled(store: Store) -> Store:
    create(store, *PEOPLE)
    return store


def test_database_and_memory_find_the_same(filled: Store) -> None:
    indexed = [(one, EXTRACTOR(one, HERE.tenant)) for one in PEOPLE]
    found_some = 0
    for type, pairs in SEARCHES:
        asked = query(type, pairs)
        expected = {str(one["id"]) for one, rows in indexed if matches(asked, one, rows)}
        assert set(ids(search(filled, type, *pairs, ("_count", "100")))) == expected, pairs
        found_some += bool(expected)
    assert found_some > len(SEARCHES) * 3 // 4


def test_each_match_comes_once_and_is_counted_once(filled: Store) -> None:
    for value in ("c1$gt0,c1$gt1,c0$gt0", "c1$gt0"):
        page = search(
            filled, "Observation", ("combo-code-value-quantity", value), ("_total", "accurate")
        )
        found = ids(page)
        assert page.total is not None
        assert len(found) == len(set(found)) == page.total.number


def test_changed_values_are_found_anew(store: Store) -> None:
    one = observation(1)
    create(store, one)
    assert ids(search(store, "Observation", ("component-code:missing", "false"))) == ["o01"]
    update(store, {"resourceType": "Observation", "id": "o01", "code": concept("new")})
    assert ids(search(store, "Observation", ("component-code:missing", "true"))) == ["o01"]
    assert ids(search(store, "Observation", ("combo-code-value-quantity", "c1$ge0"))) == []
    delete(store, "Observation", "o01")
    assert ids(search(store, "Observation", ("component-code:missing", "true"))) == []


def test_update_that_only_adds_a_value_without_rows_is_seen(store: Store) -> None:
    create(store, patient("1", maritalStatus={}))
    assert ids(search(store, "Patient", ("language:missing", "true"))) == ["1"]
    update(store, patient("1", communication=[{"language": {"text": "Latin"}}]))
    assert ids(search(store, "Patient", ("language:missing", "false"))) == ["1"]
