"""Many clients at once."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.acceptance.site import Answer
from tests.integration.http.sample import SYSTEM, bundle, entry, patient
from tests.integration.server import Server

CLIENTS = 16


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
