"""Many clients at once."""

import uuid
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.acceptance.site import Answer
from tests.integration.http.sample import SYSTEM, at, bundle, entries, entry, patient, response
from tests.integration.server import Server, running_server

CLIENTS = 16


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def server(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """Return a server of three processes, which know of each other by the database alone."""
    folder = tmp_path_factory.mktemp("races")
    url = f"sqlite:///{folder / 'parity.db'}"
    if request.param == "postgresql":
        name = f"races_{uuid.uuid4().hex[:16]}"
        url = request.getfixturevalue("postgresql").create_database(name)
    with running_server(url, folder, workers=3) as started:
        yield started


def test_parallel_conditional_creates_make_one_resource(server: Server, tag: str) -> None:
    criteria = {"If-None-Exist": f"identifier={SYSTEM}|{tag}"}

    def create(_: int) -> Answer:
        return server.fhir("POST", "Patient", patient(tag), criteria)

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(create, range(CLIENTS)))
    assert Counter(answer.status for answer in answers) == {201: 1, 200: CLIENTS - 1}
    assert len({answer.json["id"] for answer in answers}) == 1
    assert len(server.search("Patient", identifier=f"{SYSTEM}|{tag}")) == 1


def test_parallel_transactions_with_one_condition_make_one_resource(
    server: Server, tag: str
) -> None:
    condition = f"identifier={SYSTEM}|{tag}"
    body = bundle("transaction", entry("POST", "Patient", patient(tag), ifNoneExist=condition))

    def post(_: int) -> int:
        return server.fhir("POST", "", body).status

    with ThreadPoolExecutor(CLIENTS) as pool:
        assert set(pool.map(post, range(CLIENTS))) == {200}
    assert len(server.search("Patient", identifier=f"{SYSTEM}|{tag}")) == 1


def test_of_two_updates_against_one_version_one_is_refused(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    for version in range(1, 6):

        def update(day: int, version: int = version) -> int:
            changed = stored | {"birthDate": f"19{version + 50}-01-{day:02}"}
            headers = {"If-Match": f'W/"{version}"'}
            return server.fhir("PUT", f"Patient/{stored['id']}", changed, headers).status

        with ThreadPoolExecutor(2) as pool:
            assert sorted(pool.map(update, (1, 2))) == [200, 412]


def test_parallel_updates_under_a_new_id_all_count(server: Server, tag: str) -> None:
    def update(number: int) -> int:
        body = patient(tag, id=tag, birthDate=f"1980-01-{number + 1:02}")
        return server.fhir("PUT", f"Patient/{tag}", body).status

    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(update, range(8))) == {201: 1, 200: 7}
    newest = server.fhir("GET", f"Patient/{tag}").headers["etag"]
    assert newest == 'W/"8"'


def test_parallel_conditional_updates_make_one_resource(server: Server, tag: str) -> None:
    def update(number: int) -> int:
        body = patient(tag, birthDate=f"1980-01-{number + 1:02}")
        return server.fhir("PUT", f"Patient?identifier={SYSTEM}|{tag}", body).status

    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(update, range(8))) == {201: 1, 200: 7}
    (found,) = server.search("Patient", identifier=f"{SYSTEM}|{tag}")
    assert at(found, "meta", "versionId") == "8"


def test_parallel_patches_are_all_kept(server: Server, tag: str) -> None:
    path = f"Patient/{server.create(patient(tag))['id']}"
    headers = {"Content-Type": "application/json-patch+json"}

    def patch(number: int) -> int:
        body = f'[{{"op":"add","path":"/identifier/-","value":{{"value":"{number}"}}}}]'
        return server.fhir("PATCH", path, body.encode(), headers).status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(patch, range(8))) == {200}
    rows = server.fhir("GET", path).json["identifier"]
    assert isinstance(rows, list)
    assert len(rows) == 9


def test_same_condition_twice_in_one_bundle_is_one_create(server: Server, tag: str) -> None:
    condition = f"identifier={SYSTEM}|{tag}"
    post = entry("POST", "Patient", patient(tag), ifNoneExist=condition)
    told = entries(server.fhir("POST", "", bundle("transaction", post, post)).json)
    assert [response(one)["status"] for one in told] == ["201 Created", "200 OK"]
    assert len({response(one)["location"] for one in told}) == 1
    again = entries(server.fhir("POST", "", bundle("transaction", post, post)).json)
    assert [response(one)["status"] for one in again] == ["200 OK", "200 OK"]


def test_parallel_requests_with_one_key_are_one(server: Server, tag: str) -> None:
    def create(_: int) -> Answer:
        return server.fhir("POST", "Patient", patient(tag), {"Idempotency-Key": tag})

    with ThreadPoolExecutor(CLIENTS) as pool:
        answers = list(pool.map(create, range(CLIENTS)))
    assert {(answer.status, answer.body) for answer in answers} == {(201, answers[0].body)}
    assert len(server.search("Patient", identifier=f"{SYSTEM}|{tag}")) == 1
