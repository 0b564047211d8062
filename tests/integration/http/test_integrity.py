"""Settings that demand more of writes: integrity of references, If-Match, deletes of several."""

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.http.sample import (
    SYSTEM,
    at,
    bundle,
    entries,
    entry,
    issue,
    observation,
    patient,
    response,
)
from tests.integration.server import Server, running_server


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def strict(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("strict")
    variables = {
        "PARITY_REFERENTIAL_INTEGRITY": "full",
        "PARITY_CONDITIONAL_DELETE": "multiple",
        "PARITY_CONDITIONAL_DELETE_LIMIT": "5",
    }
    url = f"sqlite:///{folder / 'parity.db'}"
    if request.param == "postgresql":
        name = f"strict_{uuid.uuid4().hex[:16]}"
        url = request.getfixturevalue("postgresql").create_database(name)
    with running_server(url, folder, variables) as started:
        yield started


def test_resource_that_is_referred_to_is_not_deleted(strict: Server, tag: str) -> None:
    path = f"Patient/{strict.create(patient(tag))['id']}"
    first = strict.create(observation(path))
    second = strict.create(observation(path))
    refused = strict.fhir("DELETE", path)
    assert refused.status == 409
    assert issue(refused.json)["diagnostics"] == f"{path} is referred to by 2 Observation"
    assert at(issue(refused.json), "details", "coding", 0, "code") == "referenced"
    assert strict.fhir("GET", path).status == 200
    assert strict.fhir("DELETE", f"Patient?identifier={SYSTEM}|{tag}").status == 409
    for one in (first, second):
        assert strict.fhir("DELETE", f"Observation/{one['id']}").status == 204
    assert strict.fhir("DELETE", path).status == 204


def test_transaction_is_judged_at_its_end(strict: Server, tag: str) -> None:
    path = f"Patient/{tag}"
    wrong = bundle("transaction", entry("POST", "Observation", observation(path)))
    assert strict.fhir("POST", "", wrong).status == 422
    right = bundle(
        "transaction",
        entry("PUT", f"Observation/{tag}", observation(path, id=tag)),
        entry("PUT", path, patient(tag, id=tag)),
    )
    assert strict.fhir("POST", "", right).status == 200
    alone = bundle("transaction", entry("DELETE", path))
    assert strict.fhir("POST", "", alone).status == 409
    both = bundle("transaction", entry("DELETE", path), entry("DELETE", f"Observation/{tag}"))
    assert strict.fhir("POST", "", both).status == 200


def test_reference_to_nothing_is_refused(strict: Server, tag: str) -> None:
    for reference in (
        f"Patient/{tag}",
        f"{strict.base}/Patient/{tag}",
        f"Patient/{tag}/_history/1",
    ):
        answer = strict.fhir("POST", "Observation", observation(reference))
        assert answer.status == 422
        assert f"Patient/{tag}" in str(issue(answer.json)["diagnostics"])
    for reference in ("https://other.example/fhir/Patient/1", "urn:uuid:1", f"Patient?_id={tag}"):
        assert strict.fhir("POST", "Observation", observation(reference)).status == 201
    stored = strict.create(observation("https://other.example/fhir/Patient/1"))
    changed = observation(f"Patient/{tag}", id=stored["id"])
    assert strict.fhir("PUT", f"Observation/{stored['id']}", changed).status == 422
    change = f'[{{"op":"replace","path":"/subject/reference","value":"Patient/{tag}"}}]'
    headers = {"Content-Type": "application/json-patch+json"}
    answer = strict.fhir("PATCH", f"Observation/{stored['id']}", change.encode(), headers)
    assert answer.status == 422
    assert strict.fhir("GET", f"Observation/{stored['id']}").headers["etag"] == 'W/"1"'


def test_resource_may_refer_to_itself(strict: Server, tag: str) -> None:
    link: list[object] = [{"other": {"reference": f"Patient/{tag}"}, "type": "seealso"}]
    own = patient(tag, id=tag, link=link)  # type: ignore[arg-type]
    assert strict.fhir("PUT", f"Patient/{tag}", own).status == 201
    assert strict.fhir("DELETE", f"Patient/{tag}").status == 204


def test_several_are_deleted_by_criteria_and_counted(strict: Server, tag: str) -> None:
    where = f"Patient?identifier={SYSTEM}|{tag}"
    for _ in range(3):
        strict.create(patient(tag))
    answer = strict.fhir("DELETE", where)
    assert answer.status == 200
    assert "3 Patient" in str(issue(answer.json)["diagnostics"])
    assert not strict.search("Patient", identifier=f"{SYSTEM}|{tag}")
    assert strict.fhir("DELETE", where).status == 204
    for _ in range(6):
        strict.create(patient(tag))
    refused = strict.fhir("DELETE", where)
    assert refused.status == 412
    assert at(issue(refused.json), "details", "coding", 0, "code") == "too-many-matches"
    assert len(strict.search("Patient", identifier=f"{SYSTEM}|{tag}")) == 6
    statement = strict.fhir("GET", "metadata").json
    assert at(statement, "rest", 0, "resource", 0, "conditionalDelete") == "multiple"
    assert "enforced" in str(at(statement, "rest", 0, "resource", 0, "referencePolicy"))


def test_several_are_deleted_by_criteria_in_a_transaction(strict: Server, tag: str) -> None:
    where = f"Patient?identifier={SYSTEM}|{tag}"
    condition = f"identifier={SYSTEM}|{tag}"
    for _ in range(3):
        strict.create(patient(tag))
    body = bundle(
        "transaction",
        entry("POST", "Patient", patient(tag), "urn:uuid:new", ifNoneExist=condition),
        entry("DELETE", where),
        entry("POST", "Observation", observation("urn:uuid:new")),
    )
    answer = strict.fhir("POST", "", body)
    assert answer.status == 200, answer.body
    told = [response(one) for one in entries(answer.json)]
    assert [one["status"] for one in told] == ["201 Created", "200 OK", "201 Created"]
    assert "3 Patient" in str(issue(told[1]["outcome"])["diagnostics"])
    left = strict.search("Patient", identifier=f"{SYSTEM}|{tag}")
    assert [one["id"] for one in left] == [str(told[0]["location"]).split("/")[-3]]
    batch = strict.fhir("POST", "", bundle("batch", entry("DELETE", f"{where}none")))
    assert response(entries(batch.json)[0])["status"] == "204 No Content"
    for _ in range(6):
        strict.create(patient(f"{tag}many"))
    many = bundle("transaction", entry("DELETE", f"{where}many"))
    assert strict.fhir("POST", "", many).status == 412


def test_one_resource_is_deleted_by_one_entry(strict: Server, tag: str) -> None:
    id = strict.create(patient(tag))["id"]
    where = f"Patient?identifier={SYSTEM}|{tag}"
    twice = bundle("transaction", entry("DELETE", where), entry("DELETE", f"Patient/{id}"))
    assert strict.fhir("POST", "", twice).status == 400
    assert strict.fhir("GET", f"Patient/{id}").status == 200


def test_deletion_of_several_holds_to_its_conditions(strict: Server, tag: str) -> None:
    for _ in range(2):
        strict.create(patient(tag))
    where = f"Patient?identifier={SYSTEM}|{tag}"
    assert strict.fhir("DELETE", where, headers={"If-Match": 'W/"2"'}).status == 412
    told = strict.fhir("DELETE", where, headers={"Prefer": "return=OperationOutcome"})
    assert "2 Patient" in str(issue(told.json)["diagnostics"])


def test_change_without_if_match_is_refused_where_it_is_demanded(tmp_path: Path, tag: str) -> None:
    url, variables = f"sqlite:///{tmp_path / 'p.db'}", {"PARITY_REQUIRE_IF_MATCH": "on"}
    with running_server(url, tmp_path, variables) as server:
        assert server.fhir("PUT", f"Patient/{tag}", patient(tag, id=tag)).status == 201
        changed = patient(tag, id=tag, active=True)
        assert server.fhir("PUT", f"Patient/{tag}", changed).status == 400
        assert server.fhir("DELETE", f"Patient/{tag}").status == 400
        body = b'[{"op":"add","path":"/active","value":true}]'
        headers = {"Content-Type": "application/json-patch+json"}
        assert server.fhir("PATCH", f"Patient/{tag}", body, headers).status == 400
        put = bundle("transaction", entry("PUT", f"Patient/{tag}", changed))
        assert server.fhir("POST", "", put).status == 400
        held = {"If-Match": 'W/"1"'}
        assert server.fhir("PUT", f"Patient/{tag}", changed, held).status == 200
        told = at(server.fhir("GET", "metadata").json, "rest", 0, "resource", 0, "versioning")
        assert told == "versioned-update"
