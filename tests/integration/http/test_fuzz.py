"""Nothing a client sends makes the server fail: no answer is 500 and over."""

import json
import random
from urllib.parse import quote

import pytest

from tests.integration.http.sample import bundle, entry, observation, patient
from tests.integration.server import Server

ODD: tuple[object, ...] = (
    None,
    True,
    0,
    -1,
    1e30,
    "",
    " ",
    "\x00",
    "é\U0001f600",
    [],
    {},
    [None],
    {"x": None},
    "Patient?x=1",
    "urn:uuid:1",
    "9" * 400,
    {"resourceType": "Patient"},
    {"reference": 5},
    "2020-13-45",
    "../../x",
    "%00",
    'W/"1"',
)
PARTS = (
    "Patient",
    "Nothing",
    "_history",
    "_search",
    "$x",
    "metadata",
    "1",
    "a b",
    "..",
    "é",
    "-",
    "%2F",
    "%00",
    "9" * 70,
    ".well-known",
    "?",
    "*",
)
NAMES = (
    "_id",
    "name",
    "birthdate",
    "_lastUpdated",
    "_sort",
    "_count",
    "_include",
    "_revinclude",
    "_summary",
    "_total",
    "_cursor",
    "identifier",
    "general-practitioner",
    "x",
    "name:exact",
    "gender:not",
    "_has:Observation:patient:code",
    "organization.name",
    "link",
    "phonetic",
    "",
)
VALUES = (
    "",
    "x",
    "|",
    "a|b|c",
    ",",
    "\\",
    "-1",
    "ge2020",
    "2020-99",
    "eq",
    "Patient:link",
    "_id,-name",
    "99999999999999999999",
    "é",
    "\x01",
    "Patient/1",
    "http://x.example/Patient/1",
    "%",
    "'",
    '"',
    "a" * 3000,
    "1e400",
    "nan",
    "$",
    "true",
)


def mutate(value: object, chance: random.Random) -> object:
    """Return a copy of a JSON value with something in it replaced, dropped or doubled."""
    if chance.random() < 0.08:
        return chance.choice(ODD)
    if isinstance(value, dict):
        made = {key: mutate(one, chance) for key, one in value.items() if chance.random() > 0.04}
        if chance.random() < 0.1:
            made[chance.choice(("id", "meta", "_x", "extension", "contained", "x"))] = (
                chance.choice(ODD)
            )
        return made
    if isinstance(value, list):
        return [mutate(one, chance) for one in value for _ in range(chance.choice((1, 1, 1, 2)))]
    return value


def bodies(tag: str) -> list[object]:
    """Return good bodies to be spoiled."""
    return [
        patient(tag, text={"status": "generated", "div": "<div>x</div>"}, multipleBirthInteger=2),
        observation("Patient/1", effectiveDateTime="2020-01-01", valueQuantity={"value": 15}),
        bundle(
            "transaction",
            entry("POST", "Patient", patient(tag), "urn:uuid:1", ifNoneExist="identifier=1"),
            entry("PUT", "Observation/1", observation("urn:uuid:1", id="1"), ifMatch="*"),
            entry("GET", "Patient?name=x"),
        ),
        bundle("batch", entry("POST", "Patient", patient(tag)), entry("DELETE", "Patient/1")),
    ]


@pytest.mark.parametrize("seed", range(4))
def test_spoiled_bodies_are_answered(server: Server, tag: str, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(60):
        good = chance.choice(bodies(tag))
        body = json.dumps(mutate(good, chance)).encode()
        if chance.random() < 0.15:
            place = chance.randrange(len(body))
            body = body[:place] + bytes([chance.randrange(256)]) + body[place + 1 :]
        path = chance.choice(("", "Patient", "Observation", "Patient/1", "Patient?name=x"))
        method = "POST" if path in {"", "Patient", "Observation"} else "PUT"
        answer = server.fhir(method, path, body)
        assert answer.status < 500, (method, path, body, answer.body, server.log.read_text())


@pytest.mark.parametrize("seed", range(4))
def test_strange_urls_are_answered(server: Server, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(60):
        parts = [chance.choice(PARTS) for _ in range(chance.randrange(1, 5))]
        path = "/".join(quote(part, safe="%") for part in parts)
        query = "&".join(
            f"{quote(chance.choice(NAMES), safe=':')}={quote(chance.choice(VALUES))}"
            for _ in range(chance.randrange(3))
        )
        method = chance.choice(("GET", "GET", "GET", "HEAD", "DELETE", "OPTIONS", "PATCH"))
        answer = server.fhir(method, f"{path}?{query}" if query else path)
        assert answer.status < 500, (method, path, query, answer.body, server.log.read_text())


@pytest.mark.parametrize("seed", range(4))
def test_strange_searches_are_answered(server: Server, seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(60):
        type = chance.choice(("Patient", "Observation", "Claim", "Encounter"))
        query = "&".join(
            f"{quote(chance.choice(NAMES), safe=':')}={quote(chance.choice(VALUES))}"
            for _ in range(chance.randrange(1, 4))
        )
        answer = server.fhir("GET", f"{type}?{query}")
        assert answer.status in {200, 400}, (type, query, answer.body, server.log.read_text())


def test_strange_headers_are_answered(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    path = f"Patient/{stored['id']}"
    for name in ("If-Match", "If-None-Match", "If-Modified-Since", "Prefer", "Accept"):
        for value in ("", '"', "W/", ";;,,", "x" * 500, "q=;", "*/*;q=x", "0"):
            for method, body in (("GET", None), ("PUT", stored)):
                answer = server.fhir(method, path, body, {name: value})
                assert answer.status < 500, (name, value, answer.body)
