"""_summary and _elements on everything that shows resources."""

from base64 import b64encode

import pytest

from fhir_server.model.resource import JsonObject, JsonValue
from tests.integration.http.sample import at, bundle, entries, entry, issue, objects, patient
from tests.integration.server import Server

DIV = '<div xmlns="http://www.w3.org/1999/xhtml">x</div>'


@pytest.fixture
def stored(server: Server, tag: str) -> JsonObject:
    text: JsonValue = {"status": "generated", "div": DIV}
    contact: JsonValue = [{"name": {"family": "C"}}]
    return server.create(patient(tag, text=text, contact=contact))


def codes(resource: JsonValue) -> list[JsonValue]:
    return [one["code"] for one in objects(resource, "meta", "tag")]


def members(resource: JsonValue) -> set[str]:
    assert isinstance(resource, dict)
    return set(resource) - {"resourceType", "id", "meta"}


EXPECTED = {
    "_summary=true": {"identifier", "name", "gender", "birthDate"},
    "_summary=text": {"text"},
    "_summary=data": {"identifier", "name", "gender", "birthDate", "contact"},
    "_elements=gender,birthDate": {"gender", "birthDate"},
    "_elements=Patient.contact": {"contact"},
}


@pytest.mark.parametrize("asked", EXPECTED)
def test_part_is_shown_by_every_interaction(
    server: Server, stored: JsonObject, tag: str, asked: str
) -> None:
    path = f"Patient/{stored['id']}"
    shown = [
        server.fhir("GET", f"{path}?{asked}").json,
        server.fhir("GET", f"{path}/_history/1?{asked}").json,
        at(server.fhir("GET", f"Patient?identifier={tag}&{asked}").json, "entry", 0, "resource"),
        at(server.fhir("GET", f"{path}/_history?{asked}").json, "entry", 0, "resource"),
    ]
    for kind in ("batch", "transaction"):
        wanted = bundle(kind, entry("GET", f"{path}?{asked}"))
        shown.append(at(server.fhir("POST", "", wanted).json, "entry", 0, "resource"))
    for resource in shown:
        assert members(resource) == EXPECTED[asked]
        assert codes(resource) == ["SUBSETTED"]
    assert server.fhir("GET", path).json == stored


def test_whole_resources_are_not_tagged(server: Server, stored: JsonObject) -> None:
    answer = server.fhir("GET", f"Patient/{stored['id']}?_summary=false")
    assert answer.json == stored


def test_count_tells_the_total_alone(server: Server, stored: JsonObject, tag: str) -> None:
    found = server.fhir("GET", f"Patient?identifier={tag}&_summary=count").json
    assert found["total"] == 1
    assert entries(found) == []
    assert server.fhir("GET", f"Patient/{stored['id']}?_summary=count").status == 400


def test_links_keep_what_was_asked(server: Server, tag: str) -> None:
    for _ in range(2):
        server.create(patient(tag))
    found = server.fhir("GET", f"Patient?identifier={tag}&_elements=gender&_count=1").json
    links = {str(one["relation"]): str(one["url"]) for one in objects(found, "link")}
    assert "_elements=gender" in links["self"]
    following = server.request("GET", "/" + links["next"].split("/", 3)[3])
    assert members(at(following.json, "entry", 0, "resource")) == {"gender"}


def test_elements_of_included_types_are_named_with_their_type(server: Server, tag: str) -> None:
    organization = server.create({"resourceType": "Organization", "name": "O", "active": True})
    server.create(
        patient(tag, managingOrganization={"reference": f"Organization/{organization['id']}"})
    )
    base = f"Patient?identifier={tag}&_include=Patient:organization"
    plain = entries(server.fhir("GET", f"{base}&_elements=gender").json)
    assert [members(one["resource"]) for one in plain] == [{"gender"}, {"name", "active"}]
    named = entries(server.fhir("GET", f"{base}&_elements=gender,Organization.name").json)
    assert [members(one["resource"]) for one in named] == [{"gender"}, {"name"}]


@pytest.mark.parametrize(
    "query",
    [
        "_summary=maybe",
        "_elements=nonsense",
        "_elements=Nothing.name",
        "_elements=,",
        "_summary=true&_elements=name",
        "_summary=true&_summary=text",
        "_summary=text&_include=Patient:organization",
        "_contained=true",
        "_containedType=contained",
    ],
)
def test_what_cannot_be_shown_is_refused(server: Server, query: str) -> None:
    answer = server.fhir("GET", f"Patient?{query}")
    assert answer.status == 400, answer.body
    assert issue(answer.json)["severity"] == "error"


def test_contained_false_is_what_is_done_anyway(server: Server, tag: str) -> None:
    assert server.fhir("GET", f"Patient?identifier={tag}&_contained=false").status == 200


def test_part_of_a_resource_cannot_be_stored(server: Server, stored: JsonObject) -> None:
    path = f"Patient/{stored['id']}"
    part = server.fhir("GET", f"{path}?_summary=true").json
    refused = server.fhir("PUT", path, part)
    assert refused.status == 422
    told = issue(refused.json)
    assert at(told, "details", "coding", 0, "code") == "subsetted"
    assert told["expression"] == ["Patient.meta.tag"]
    wanted = bundle("transaction", entry("PUT", path, part))
    assert server.fhir("POST", "", wanted).status == 422
    tagging = b'[{"op":"add","path":"/meta/tag","value":[{"code":"SUBSETTED"}]}]'
    patch = {"Content-Type": "application/json-patch+json"}
    assert server.fhir("PATCH", path, tagging, patch).status == 422
    binary: JsonObject = {
        "resourceType": "Binary",
        "contentType": patch["Content-Type"],
        "data": b64encode(tagging).decode(),
    }
    changing = bundle("transaction", entry("PATCH", path, binary))
    assert server.fhir("POST", "", changing).status == 422
    assert server.fhir("GET", path).json == stored


def test_part_is_shown_in_xml_too(server: Server, stored: JsonObject) -> None:
    answer = server.fhir("GET", f"Patient/{stored['id']}?_summary=text&_format=xml")
    assert b"SUBSETTED" in answer.body
    assert b"identifier" not in answer.body


def test_part_of_everything_is_shown_in_a_batch(server: Server, stored: JsonObject) -> None:
    path = f"Patient/{stored['id']}/$everything?_elements=id"
    told = server.fhir("POST", "", bundle("batch", entry("GET", path))).json
    assert at(told, "entry", 0, "resource", "entry") == server.fhir("GET", path).json["entry"]
    assert "SUBSETTED" in str(told)
