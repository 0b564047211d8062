"""Create, update and delete over HTTP."""

import json
import uuid

import pytest

from tests.integration.http.sample import SYSTEM, at, bundle, entry, issue, objects, patient
from tests.integration.server import Server


def test_created_resource_is_stamped_and_found_at_its_location(server: Server, tag: str) -> None:
    answer = server.fhir("POST", "Patient", patient(tag, id="ignored"))
    assert answer.status == 201
    stored = answer.json
    assert stored["id"] != "ignored"
    assert at(stored, "meta", "versionId") == "1"
    assert answer.headers["etag"] == 'W/"1"'
    assert answer.headers["location"] == f"{server.base}/Patient/{stored['id']}/_history/1"
    assert answer.headers["last-modified"].endswith("GMT")
    assert answer.headers["content-type"].startswith("application/fhir+json")
    again = server.request("GET", answer.headers["location"].removeprefix(server.base[:-5]))
    assert again.status == 200
    assert again.body == answer.body


def test_resource_is_kept_as_it_was_written(server: Server, tag: str) -> None:
    written = (
        '{"resourceType":"Observation","status":"final","code":{"text":"TAG"},'
        '"component":[{"valueQuantity":{"value":1.10,"unit":"x"},"code":{"text":"a"}},'
        '{"code":{"text":"b"},"valueQuantity":{"unit":"y","value":0.000000010}}]}'
    ).replace("TAG", tag)
    answer = server.fhir("POST", "Observation", written.encode())
    assert answer.status == 201
    assert b'"value":1.10,' in answer.body
    assert b'"value":0.000000010}' in answer.body
    assert answer.body.index(b'"status"') < answer.body.index(b'"code"')


@pytest.mark.parametrize(
    ("prefer", "shape"),
    [("return=minimal", ""), ("return=OperationOutcome", "OperationOutcome"), ("", "Patient")],
)
def test_answer_to_a_write_is_as_preferred(
    server: Server, tag: str, prefer: str, shape: str
) -> None:
    answer = server.fhir("POST", "Patient", patient(tag), {"Prefer": prefer})
    assert answer.status == 201
    assert "location" in answer.headers
    assert (answer.json["resourceType"] if answer.body else "") == shape


def test_create_of_another_type_is_refused(server: Server, tag: str) -> None:
    answer = server.fhir("POST", "Observation", patient(tag))
    assert answer.status == 400
    assert at(issue(answer.json), "details", "coding", 0, "code") == "type-mismatch"


def test_invalid_resource_is_refused_with_every_place(server: Server, tag: str) -> None:
    answer = server.fhir("POST", "Patient", patient(tag, gender="x", nonsense=1))
    assert answer.status == 422
    places = {at(one, "expression", 0) for one in objects(answer.json, "issue")}
    assert places == {"Patient.gender", "Patient.nonsense"}
    assert not server.search("Patient", identifier=f"{SYSTEM}|{tag}")


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b"null", b'{"resourceType":"Patient","active":NaN}', b"\xff{}", b"[" * 999],
)
def test_what_is_not_json_is_malformed(server: Server, body: bytes) -> None:
    answer = server.fhir("POST", "Patient", body)
    assert answer.status == 400
    assert issue(answer.json)["code"] == "structure"


def test_conditional_create_creates_once(server: Server, tag: str) -> None:
    criteria = {"If-None-Exist": f"identifier={SYSTEM}|{tag}"}
    first = server.fhir("POST", "Patient", patient(tag), criteria)
    second = server.fhir("POST", "Patient", patient(tag), criteria)
    assert (first.status, second.status) == (201, 200)
    assert second.json["id"] == first.json["id"]
    assert second.headers["etag"] == 'W/"1"'


def test_conditional_create_with_several_matches_is_refused(server: Server, tag: str) -> None:
    for _ in range(2):
        server.create(patient(tag))
    criteria = {"If-None-Exist": f"identifier={SYSTEM}|{tag}"}
    answer = server.fhir("POST", "Patient", patient(tag), criteria)
    assert answer.status == 412
    assert issue(answer.json)["code"] == "multiple-matches"


def test_conditional_create_with_an_unknown_parameter_is_refused(server: Server, tag: str) -> None:
    answer = server.fhir("POST", "Patient", patient(tag), {"If-None-Exist": "identifer=1"})
    assert answer.status == 400


def test_update_makes_versions(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    path = f"Patient/{stored['id']}"
    answer = server.fhir("PUT", path, stored | {"active": True})
    assert answer.status == 200
    assert answer.headers["etag"] == 'W/"2"'
    assert "location" not in answer.headers
    assert server.fhir("GET", path).json["active"] is True


def test_update_that_changes_nothing_makes_no_version(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    answer = server.fhir("PUT", f"Patient/{stored['id']}", stored)
    assert answer.status == 200
    assert answer.headers["etag"] == 'W/"1"'
    assert answer.json == stored


def test_update_creates_under_an_id_of_the_client(server: Server) -> None:
    id = f"own-{uuid.uuid4().hex}"
    answer = server.fhir("PUT", f"Patient/{id}", patient(id, id=id))
    assert answer.status == 201
    assert answer.headers["location"] == f"{server.base}/Patient/{id}/_history/1"


@pytest.mark.parametrize("id", [None, "other", 1])
def test_update_with_another_id_is_refused(server: Server, tag: str, id: object) -> None:
    body = {**patient(tag)} if id is None else {**patient(tag), "id": id}
    answer = server.fhir("PUT", f"Patient/{tag}", json.dumps(body).encode())
    assert answer.status == 400


@pytest.mark.parametrize(("tags", "status"), [('W/"1"', 200), ('W/"2"', 412), ("*", 200)])
def test_update_holds_to_if_match(server: Server, tag: str, tags: str, status: int) -> None:
    stored = server.create(patient(tag))
    changed = stored | {"active": False}
    answer = server.fhir("PUT", f"Patient/{stored['id']}", changed, {"If-Match": tags})
    assert answer.status == status


def test_if_match_on_what_is_not_there_is_refused(server: Server, tag: str) -> None:
    answer = server.fhir("PUT", f"Patient/{tag}", patient(tag, id=tag), {"If-Match": 'W/"1"'})
    assert answer.status == 412
    assert server.fhir("GET", f"Patient/{tag}").status == 404


def test_conditional_update_creates_then_updates(server: Server, tag: str) -> None:
    path = f"Patient?identifier={SYSTEM}|{tag}"
    first = server.fhir("PUT", path, patient(tag))
    second = server.fhir("PUT", path, patient(tag, active=True))
    assert (first.status, second.status) == (201, 200)
    assert second.json["id"] == first.json["id"]
    assert second.headers["etag"] == 'W/"2"'
    other = server.fhir("PUT", path, patient(tag, id="other"))
    assert other.status == 400
    server.create(patient(tag))
    assert server.fhir("PUT", path, patient(tag)).status == 412


def test_conditional_update_takes_the_id_of_the_client(server: Server, tag: str) -> None:
    answer = server.fhir("PUT", f"Patient?identifier={SYSTEM}|{tag}", patient(tag, id=tag))
    assert answer.status == 201
    assert answer.json["id"] == tag


def test_write_without_id_and_criteria_is_refused(server: Server, tag: str) -> None:
    assert server.fhir("PUT", "Patient", patient(tag)).status == 400
    assert server.fhir("DELETE", "Patient").status == 400


def test_deleted_resource_is_gone_but_keeps_its_past(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    path = f"Patient/{stored['id']}"
    deleted = server.fhir("DELETE", path)
    assert (deleted.status, deleted.body) == (204, b"")
    assert deleted.headers["etag"] == 'W/"2"'
    gone = server.fhir("GET", path)
    assert gone.status == 410
    assert issue(gone.json)["code"] == "deleted"
    assert server.fhir("GET", f"{path}/_history/1").json == stored
    assert server.fhir("GET", f"{path}/_history/2").status == 410
    assert not server.search("Patient", identifier=f"{SYSTEM}|{tag}")


def test_delete_again_and_of_nothing_changes_nothing(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    path = f"Patient/{stored['id']}"
    assert server.fhir("DELETE", path).status == 204
    assert server.fhir("DELETE", path).headers["etag"] == 'W/"2"'
    assert server.fhir("DELETE", f"Patient/{tag}").status == 204


def test_deleted_resource_comes_back_by_update(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    path = f"Patient/{stored['id']}"
    server.fhir("DELETE", path)
    answer = server.fhir("PUT", path, stored)
    assert answer.status == 201
    assert answer.headers["etag"] == 'W/"3"'
    assert len(server.search("Patient", identifier=f"{SYSTEM}|{tag}")) == 1


def test_conditional_delete_deletes_one_or_nothing(server: Server, tag: str) -> None:
    path = f"Patient?identifier={SYSTEM}|{tag}"
    assert server.fhir("DELETE", path).status == 204
    server.create(patient(tag))
    assert server.fhir("DELETE", path).status == 204
    assert not server.search("Patient", identifier=f"{SYSTEM}|{tag}")
    for _ in range(2):
        server.create(patient(tag))
    assert server.fhir("DELETE", path).status == 412
    assert len(server.search("Patient", identifier=f"{SYSTEM}|{tag}")) == 2


def test_delete_holds_to_if_match(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    path = f"Patient/{stored['id']}"
    assert server.fhir("DELETE", path, headers={"If-Match": 'W/"9"'}).status == 412
    assert server.fhir("DELETE", path, headers={"If-Match": 'W/"1"'}).status == 204


def test_update_holds_to_if_none_match(server: Server, tag: str) -> None:
    path, only_new = f"Patient/{tag}", {"If-None-Match": "*"}
    assert server.fhir("PUT", path, patient(tag, id=tag), only_new).status == 201
    again = server.fhir("PUT", path, patient(tag, id=tag, active=True), only_new)
    assert again.status == 412
    assert server.fhir("GET", path).headers["etag"] == 'W/"1"'


@pytest.mark.parametrize("conditions", [{}, {"If-None-Exist": f"identifier={SYSTEM}|x"}])
def test_criteria_in_the_url_of_a_create_are_refused(
    server: Server, tag: str, conditions: dict[str, str]
) -> None:
    path = f"Patient?identifier={SYSTEM}|{tag}"
    answer = server.fhir("POST", path, patient(tag), conditions)
    assert answer.status == 400
    assert "If-None-Exist" in str(issue(answer.json)["diagnostics"])
    for kind, status in (("batch", 200), ("transaction", 400)):
        told = server.fhir("POST", "", bundle(kind, entry("POST", path, patient(tag))))
        assert told.status == status
        assert "If-None-Exist" in told.body.decode()
    assert server.search("Patient", identifier=f"{SYSTEM}|{tag}") == []
    assert server.fhir("POST", "Patient?_elements=id&_format=json", patient(tag)).status == 201


@pytest.mark.parametrize("name", ["If-None-Exist", "If-Match"])
def test_empty_condition_is_refused(server: Server, tag: str, name: str) -> None:
    stored = server.create(patient(tag))
    creates = name == "If-None-Exist"
    method, path = ("POST", "Patient") if creates else ("PUT", f"Patient/{stored['id']}")
    answer = server.fhir(method, path, stored | {"active": True}, {name: ""})
    assert answer.status == 400
    assert len(server.search("Patient", identifier=f"{SYSTEM}|{tag}")) == 1


def test_update_in_another_order_of_members_makes_no_version(server: Server, tag: str) -> None:
    stored = server.create(patient(tag, maritalStatus={"text": "m", "coding": [{"code": "M"}]}))
    turned = dict(reversed(stored.items())) | {
        "maritalStatus": {"coding": [{"code": "M"}], "text": "m"}
    }
    answer = server.fhir("PUT", f"Patient/{stored['id']}", turned)
    assert answer.status == 200
    assert answer.headers["etag"] == 'W/"1"'
    assert list(answer.json) == list(stored)
    xml = {"Accept": "application/fhir+xml", "Content-Type": "application/fhir+xml"}
    text = server.fhir("GET", f"Patient/{stored['id']}", headers=xml).body
    again = server.fhir("PUT", f"Patient/{stored['id']}", text, xml)
    assert (again.status, again.headers["etag"]) == (200, 'W/"1"')


def test_conditional_update_does_not_replace_what_it_did_not_match(
    server: Server, tag: str
) -> None:
    stored = server.create(patient(tag))
    path, body = f"Patient?identifier={SYSTEM}|{tag}none", patient(tag, id=stored["id"])
    answer = server.fhir("PUT", path, body)
    assert answer.status == 409
    told = server.fhir("POST", "", bundle("transaction", entry("PUT", path, body)))
    assert told.status == 409
    fresh = server.fhir("PUT", path, patient(f"{tag}none", id=tag))
    assert fresh.status == 201
    refused = server.fhir("PUT", f"{path}2", patient(tag), {"If-Match": 'W/"1"'})
    assert refused.status == 412


@pytest.mark.parametrize(
    "nothing", ["_format=json", "_pretty=true", "_elements=id", "_contained=false", "_type=Patient"]
)
def test_criteria_that_leave_nothing_out_are_refused(
    server: Server, tag: str, nothing: str
) -> None:
    stored = server.create(patient(tag))
    conditions = {"If-None-Exist": nothing}
    answers = [
        server.fhir("POST", "Patient", patient(tag), conditions),
        server.fhir("PUT", f"Patient?{nothing}", patient(tag)),
        server.fhir("DELETE", f"Patient?{nothing}"),
        server.fhir("POST", "", bundle("transaction", entry("DELETE", f"Patient?{nothing}"))),
    ]
    assert [answer.status for answer in answers] == [400] * 4
    assert server.fhir("GET", f"Patient/{stored['id']}").status == 200
