"""Patch over HTTP: every format, alone and in bundles."""

import json
from base64 import b64encode

import pytest

from fhir_server.model.resource import JsonObject, JsonValue
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
from tests.integration.server import Server

JSON_PATCH = "application/json-patch+json"
HEADERS = {"Content-Type": JSON_PATCH}
INACTIVE: list[JsonValue] = [{"op": "add", "path": "/active", "value": False}]


def text(*operations: JsonValue) -> bytes:
    return json.dumps(operations).encode()


def parameters(type: str, path: str, **more: JsonValue) -> JsonObject:
    """Return a FHIRPath Patch of one operation."""
    part: list[JsonValue] = [
        {"name": "type", "valueCode": type},
        {"name": "path", "valueString": path},
    ]
    if "name" in more:
        part.append({"name": "name", "valueString": more.pop("name")})
    if more:
        part.append({"name": "value", **more})
    return {"resourceType": "Parameters", "parameter": [{"name": "operation", "part": part}]}


def binary(*operations: JsonValue) -> JsonObject:
    """Return a JSON Patch as the resource of an entry."""
    data = b64encode(text(*operations)).decode()
    return {"resourceType": "Binary", "contentType": JSON_PATCH, "data": data}


def test_json_patch_makes_the_next_version(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    path = f"Patient/{stored['id']}"
    answer = server.fhir("PATCH", path, text(*INACTIVE), HEADERS)
    assert answer.status == 200
    assert answer.headers["etag"] == 'W/"2"'
    assert answer.headers["content-location"] == f"{server.base}/{path}/_history/2"
    assert answer.json["active"] is False
    assert at(answer.json, "meta", "versionId") == "2"
    assert server.fhir("GET", path).body == answer.body
    assert not server.search("Patient", identifier=f"{SYSTEM}|{tag}", active="true")
    assert len(server.search("Patient", identifier=f"{SYSTEM}|{tag}", active="false")) == 1


def test_fhirpath_patch_makes_the_next_version(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    body = parameters("replace", "Patient.name.where(family='Rivera').family", valueString=tag)
    answer = server.fhir("PATCH", f"Patient/{stored['id']}", body)
    assert answer.status == 200, answer.body
    assert at(answer.json, "name", 0, "family") == tag
    assert len(server.search("Patient", family=tag)) == 1


def test_patch_keeps_the_text_it_does_not_touch(server: Server, tag: str) -> None:
    body = (
        '{"resourceType":"Observation","status":"final","code":{"text":"TAG"},'
        '"valueQuantity":{"value":1.10,"unit":"x"}}'
    ).replace("TAG", tag)
    stored = server.fhir("POST", "Observation", body.encode())
    change = b'[{"op":"replace","path":"/status","value":"amended"}]'
    answer = server.fhir("PATCH", f"Observation/{stored.json['id']}", change, HEADERS)
    before = stored.body.partition(b'"status"')[2]
    assert answer.body.endswith(before.replace(b"final", b"amended"))


def test_patch_that_changes_nothing_makes_no_version(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    body = text({"op": "test", "path": "/gender", "value": "female"})
    answer = server.fhir("PATCH", f"Patient/{stored['id']}", body, HEADERS)
    assert answer.status == 200
    assert answer.headers["etag"] == 'W/"1"'


@pytest.mark.parametrize(
    ("body", "status", "detail"),
    [
        (text({"op": "test", "path": "/gender", "value": "male"}), 422, "patch-test"),
        (text({"op": "remove", "path": "/photo"}), 422, "patch-path"),
        (text({"op": "nothing", "path": "/photo"}), 400, "bad-patch"),
        (text({"op": "replace", "path": "/id", "value": "x"}), 422, "id-mismatch"),
        (text({"op": "replace", "path": "/resourceType", "value": "Group"}), 422, "id-mismatch"),
        (b"{}", 400, "bad-patch"),
    ],
)
def test_patch_that_cannot_be_carried_out_is_refused_and_changes_nothing(
    server: Server, tag: str, body: bytes, status: int, detail: str
) -> None:
    stored = server.create(patient(tag))
    answer = server.fhir("PATCH", f"Patient/{stored['id']}", body, HEADERS)
    assert answer.status == status, answer.body
    assert at(issue(answer.json), "details", "coding", 0, "code") == detail
    assert server.fhir("GET", f"Patient/{stored['id']}").headers["etag"] == 'W/"1"'


def test_result_that_breaks_the_definition_is_refused(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    body = text({"op": "replace", "path": "/gender", "value": "x"})
    answer = server.fhir("PATCH", f"Patient/{stored['id']}", body, HEADERS)
    assert answer.status == 422
    assert at(issue(answer.json), "expression", 0) == "Patient.gender"


@pytest.mark.parametrize("type", ["application/merge-patch+json", "text/plain", ""])
def test_other_formats_are_refused_with_those_taken(server: Server, tag: str, type: str) -> None:
    stored = server.create(patient(tag))
    answer = server.fhir("PATCH", f"Patient/{stored['id']}", b"[]", {"Content-Type": type})
    assert answer.status == 415
    assert JSON_PATCH in answer.headers["accept-patch"].split(", ")
    assert "application/fhir+json" in answer.headers["accept-patch"].split(", ")


def test_patch_of_what_is_not_there(server: Server, tag: str) -> None:
    assert server.fhir("PATCH", f"Patient/{tag}", text(*INACTIVE), HEADERS).status == 404
    stored = server.create(patient(tag))
    server.fhir("DELETE", f"Patient/{stored['id']}")
    answer = server.fhir("PATCH", f"Patient/{stored['id']}", text(*INACTIVE), HEADERS)
    assert answer.status == 410


def test_patch_holds_to_if_match(server: Server, tag: str) -> None:
    path = f"Patient/{server.create(patient(tag))['id']}"
    stale = server.fhir("PATCH", path, text(*INACTIVE), HEADERS | {"If-Match": 'W/"7"'})
    assert stale.status == 412
    assert (
        server.fhir("PATCH", path, text(*INACTIVE), HEADERS | {"If-Match": 'W/"1"'}).status == 200
    )


def test_conditional_patch_changes_the_one_match(server: Server, tag: str) -> None:
    where = f"Patient?identifier={SYSTEM}|{tag}"
    assert server.fhir("PATCH", where, text(*INACTIVE), HEADERS).status == 404
    server.create(patient(tag))
    assert server.fhir("PATCH", where, text(*INACTIVE), HEADERS).json["active"] is False
    server.create(patient(tag))
    assert server.fhir("PATCH", where, text(*INACTIVE), HEADERS).status == 412
    assert server.fhir("PATCH", "Patient", text(*INACTIVE), HEADERS).status == 400
    assert server.fhir("PATCH", "Patient?nonsense=1", text(*INACTIVE), HEADERS).status == 400


def test_patch_needs_the_scope_to_update(server: Server, tag: str) -> None:
    path = f"Patient/{server.create(patient(tag))['id']}"
    reader = server.with_scopes("system/Patient.rs")
    assert reader.fhir("PATCH", path, text(*INACTIVE), HEADERS).status == 403


@pytest.mark.parametrize("kind", ["batch", "transaction"])
def test_patch_inside_a_bundle(server: Server, tag: str, kind: str) -> None:
    first = server.create(patient(tag))
    second = server.create(patient(f"{tag}b"))
    body = bundle(
        kind,
        entry("PATCH", f"Patient/{first['id']}", binary(*INACTIVE), ifMatch='W/"1"'),
        entry(
            "PATCH",
            f"Patient?identifier={SYSTEM}|{tag}b",
            parameters("add", "Patient", name="active", valueBoolean=False),
        ),
    )
    answer = server.fhir("POST", "", body)
    assert answer.status == 200, answer.body
    told = [response(one) for one in entries(answer.json)]
    assert [one["status"] for one in told] == ["200 OK", "200 OK"]
    assert [one["etag"] for one in told] == ['W/"2"', 'W/"2"']
    for one in (first, second):
        assert server.fhir("GET", f"Patient/{one['id']}").json["active"] is False


def test_patch_in_a_transaction_may_refer_to_what_it_creates(server: Server, tag: str) -> None:
    seen = server.create(observation("Patient/none"))
    urn = "urn:uuid:6d2f1a7a-7a44-4c2e-9d37-5f1f5e1f0c11"
    change: JsonObject = {"op": "replace", "path": "/subject/reference", "value": urn}
    body = bundle(
        "transaction",
        entry("PATCH", f"Observation/{seen['id']}", binary(change)),
        entry("POST", "Patient", patient(tag), urn),
    )
    answer = server.fhir("POST", "", body)
    assert answer.status == 200, answer.body
    new = str(response(entries(answer.json)[1])["location"]).split("/_history")[0]
    subject = at(server.fhir("GET", f"Observation/{seen['id']}").json, "subject", "reference")
    assert new.endswith(f"/{subject}")


def pointed(id: object, reference: str) -> JsonObject:
    """Return a transaction whose patch points an Observation to a reference."""
    change: JsonObject = {"op": "replace", "path": "/subject/reference", "value": reference}
    return bundle("transaction", entry("PATCH", f"Observation/{id}", binary(change)))


def test_patch_in_a_transaction_may_search_for_what_it_refers_to(server: Server, tag: str) -> None:
    seen = server.create(observation("Patient/none"))
    wanted = f"Patient?identifier={SYSTEM}|{tag}"
    missing = server.fhir("POST", "", pointed(seen["id"], wanted))
    assert missing.status == 400
    assert "Bundle.entry[0]" in str(issue(missing.json)["diagnostics"])
    stored = server.create(patient(tag))
    assert server.fhir("POST", "", pointed(seen["id"], wanted)).status == 200
    subject = at(server.fhir("GET", f"Observation/{seen['id']}").json, "subject", "reference")
    assert subject == f"Patient/{stored['id']}"
    server.create(patient(tag))
    assert server.fhir("POST", "", pointed(seen["id"], wanted)).status == 412


def test_patch_in_a_transaction_brings_no_reference_to_nothing(server: Server) -> None:
    urn = "urn:uuid:6d2f1a7a-7a44-4c2e-9d37-5f1f5e1f0c12"
    seen = server.create(observation("Patient/none"))
    refused = server.fhir("POST", "", pointed(seen["id"], urn))
    assert refused.status == 400
    assert issue(refused.json)["expression"] == ["Bundle.entry[0].resource.subject.reference"]
    stored = server.create(observation(urn))
    add: JsonObject = {"op": "add", "path": "/valueString", "value": "x"}
    body = bundle("transaction", entry("PATCH", f"Observation/{stored['id']}", binary(add)))
    assert server.fhir("POST", "", body).status == 200
    kept = at(server.fhir("GET", f"Observation/{stored['id']}").json, "subject", "reference")
    assert kept == urn


def test_failed_patch_undoes_the_transaction(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    test: JsonObject = {"op": "test", "path": "/gender", "value": "male"}
    body = bundle(
        "transaction",
        entry("POST", "Patient", patient(f"{tag}x")),
        entry("PATCH", f"Patient/{stored['id']}", binary(test)),
    )
    answer = server.fhir("POST", "", body)
    assert answer.status == 422
    assert "Bundle.entry[1]" in str(issue(answer.json)["diagnostics"])
    assert not server.search("Patient", identifier=f"{SYSTEM}|{tag}x")
    bad = bundle("transaction", entry("PATCH", f"Patient/{stored['id']}", patient(tag)))
    assert server.fhir("POST", "", bad).status == 400
