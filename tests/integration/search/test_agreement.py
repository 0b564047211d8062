"""Any search finds in the database what it finds in memory, or is refused as a bad request."""

import random

from fhir_server.outcome import BadRequest
from fhir_server.search.match import matches
from fhir_server.search.query import Query
from fhir_server.store.unit_of_work import Store
from tests.integration.search.sample import (
    EXTRACTOR,
    HERE,
    create,
    ids,
    person,
    query,
    search,
)

PEOPLE = 40
TURNS = 1500
NAMES = ["name", "family", "gender", "birthdate", "organization", "_id", "_profile", "deceased"]
MODIFIERS = ["", "", ":exact", ":contains", ":missing", ":not", ":identifier", ":Organization"]
VALUES = [
    *("male", "FEMALE", "f1", "E3", "e3,f2", "F", "p001", "p001,p002", "true", "false", "x", "1,2"),
    *(
        "1943",
        "ge1943",
        "lt1943-01-15",
        "ne1944",
        "ap1943",
        "sa1945-01-02",
        "eb1942",
        "le1941,gt1945",
    ),
    *(
        "",
        ",",
        "|",
        "|male",
        "a|b",
        "%",
        "_",
        "\\",
        r"\,",
        "'",
        '"',
        "ü",
        "\t",
        "x" * 200,
        "9" * 50,
    ),
]


def test_searches_agree_with_memory(store: Store) -> None:
    people = [person(number) for number in range(PEOPLE)]
    create(store, *people)
    indexed = [(one, EXTRACTOR(one, HERE.tenant)) for one in people]
    chance = random.Random(7)
    answered = 0
    for _ in range(TURNS):
        pairs = [
            (chance.choice(NAMES) + chance.choice(MODIFIERS), chance.choice(VALUES))
            for _ in range(chance.randint(1, 3))
        ]
        asked = readable(pairs)
        if asked is not None:
            answered += 1
            expected = {str(one["id"]) for one, rows in indexed if matches(asked, one, rows)}
            assert set(ids(search(store, "Patient", *pairs))) == expected, pairs
    assert answered > TURNS // 10


PARTS = [
    *("gender eq male", "gender ne female", "family eq f1", "family co 3", "family ew 2"),
    *("birthdate ge 1943", "birthdate pr false", "name sw e", "organization pr true"),
    *("_id eq p003", "birthdate po 1944", "given eq nobody", "birthdate lt 1942"),
]


def written(chance: random.Random, depth: int) -> str:
    """Return a filter of parts joined at random."""
    if depth == 0:
        return chance.choice(PARTS)
    parts = [written(chance, chance.randrange(depth)) for _ in range(chance.randint(2, 3))]
    joined = f" {chance.choice(['and', 'or'])} ".join(f"({one})" for one in parts)
    return f"not ({joined})" if chance.random() < 0.3 else joined


def test_filters_agree_with_memory(store: Store) -> None:
    people = [person(number) for number in range(PEOPLE)]
    create(store, *people)
    indexed = [(one, EXTRACTOR(one, HERE.tenant)) for one in people]
    chance = random.Random(11)
    sizes = set()
    for _ in range(150):
        pair = ("_filter", written(chance, chance.randrange(4)))
        asked = query("Patient", [pair])
        expected = {str(one["id"]) for one, rows in indexed if matches(asked, one, rows)}
        assert set(ids(search(store, "Patient", pair))) == expected, pair
        sizes.add(len(expected))
    assert len(sizes) > 10


def readable(pairs: list[tuple[str, str]]) -> Query | None:
    try:
        return query("Patient", pairs)
    except BadRequest:
        return None
