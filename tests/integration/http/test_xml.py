"""FHIR XML over HTTP, everywhere JSON is."""

import pytest

from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from fhir_server.model.xml.reader import XmlReader
from fhir_server.model.xml.shape import FHIR, Shapes
from fhir_server.model.xml.writer import XmlWriter
from profiles.loader import load
from tests.acceptance.site import Answer
from tests.integration.http.sample import at, bundle, entry, issue, observation, patient
from tests.integration.server import Server

SHAPES = Shapes(load())
READER = XmlReader(SHAPES)
WRITER = XmlWriter(SHAPES)
XML = "application/fhir+xml"
BOTH = {"Accept": XML, "Content-Type": XML}


def sent(server: Server, method: str, path: str, resource: JsonObject) -> Answer:
    return server.fhir(method, path, WRITER.encode(resource), BOTH)


def told(answer: Answer) -> JsonObject:
    """Return the resource of an answer in XML."""
    assert answer.headers["content-type"] == f"{XML}; charset=utf-8", answer.body
    return READER.decode(answer.body)


def test_resource_is_created_read_and_updated_in_xml(server: Server, tag: str) -> None:
    made = sent(server, "POST", "Patient", patient(tag))
    assert made.status == 201, made.body
    stored = told(made)
    path = f"Patient/{stored['id']}"
    assert stored == server.fhir("GET", path).json
    read = server.fhir("GET", path, headers={"Accept": XML})
    assert told(read) == stored
    assert read.headers["etag"] == 'W/"1"'
    changed = sent(server, "PUT", path, stored | {"gender": "male"})
    assert changed.status == 200
    assert told(changed)["gender"] == "male"
    assert at(server.fhir("GET", path).json, "gender") == "male"
    for query in ("?_format=xml", "?_format=application/fhir%2Bxml", "/_history/1?_format=xml"):
        assert at(told(server.fhir("GET", path + query)), "gender")


def test_search_history_and_metadata_are_bundles_and_resources_in_xml(
    server: Server, tag: str
) -> None:
    stored = server.create(patient(tag))
    found = told(server.fhir("GET", f"Patient?identifier={tag}", headers={"Accept": XML}))
    assert found["type"] == "searchset"
    assert at(found, "entry", 0, "resource") == stored
    form = server.fhir(
        "POST",
        "Patient/_search",
        f"identifier={tag}&_format=xml".encode(),
        {"Content-Type": "application/x-www-form-urlencoded", "Accept": XML},
    )
    assert at(told(form), "entry", 0, "resource") == stored
    past = told(server.fhir("GET", f"Patient/{stored['id']}/_history?_format=xml"))
    assert at(past, "entry", 0, "resource") == stored
    statement = told(server.request("GET", "/fhir/metadata?_format=xml", token=None))
    assert statement == server.request("GET", "/fhir/metadata", token=None).json
    assert XML in objects_of(statement, "format")


def objects_of(value: JsonObject, name: str) -> list[object]:
    found = value[name]
    assert isinstance(found, list)
    return [*found]


@pytest.mark.parametrize("kind", ["transaction", "batch"])
def test_bundles_are_carried_out_in_xml(server: Server, tag: str, kind: str) -> None:
    subject = "urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"
    wanted = bundle(
        kind,
        entry("POST", "Patient", patient(tag), subject),
        entry("POST", "Observation", observation("Patient/1", valueQuantity={"value": 15})),
        entry("GET", f"Patient?identifier={tag}x"),
    )
    answer = sent(server, "POST", "", wanted)
    assert answer.status == 200, answer.body
    made = told(answer)
    assert made["type"] == f"{kind}-response"
    assert at(made, "entry", 0, "response", "status") == "201 Created"
    assert at(made, "entry", 2, "resource", "type") == "searchset"


def test_values_and_narrative_are_kept_to_the_byte(server: Server, tag: str) -> None:
    div = "<div xmlns=\"http://www.w3.org/1999/xhtml\"><p title='a'>1 &lt; 2<br></br></p></div>"
    text = (
        f'<Observation xmlns="{FHIR}"><text><status value="generated"/>{div}</text>'
        '<status value="final"/><code><text value="x"/></code>'
        '<effectiveDateTime value="2020-01"/>'
        '<valueQuantity><value value="1.10"/></valueQuantity>'
        '<referenceRange><low><value value="1e3"/></low></referenceRange></Observation>'
    )
    made = server.fhir("POST", "Observation", text.encode(), {"Content-Type": XML})
    assert made.status == 201, made.body
    assert b'"value":1.10' in made.body
    assert b'"value":1e3' in made.body
    assert at(decode(made.body), "text", "div") == div
    again = server.fhir("GET", f"Observation/{at(made.json, 'id')}?_format=xml").body.decode()
    for part in (div, '<value value="1.10"/>', '<value value="1e3"/>', 'value="2020-01"'):
        assert part in again


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "code"),
    [
        ("GET", "Patient/none", None, 404, "not-found"),
        ("GET", "Nothing", None, 404, "not-found"),
        ("PATCH", "metadata", None, 405, "not-supported"),
        ("GET", "Patient?nonsense=1", None, 400, "not-supported"),
        ("POST", "Patient", f'<Patient xmlns="{FHIR}"><x/></Patient>', 422, "structure"),
        ("POST", "Patient", f'<Basic xmlns="{FHIR}"/>', 400, "invalid"),
        ("POST", "Patient", "<Patient", 400, "structure"),
        ("POST", "Patient", '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>', 400, "structure"),
    ],
)
def test_errors_are_outcomes_in_the_format_asked_for(
    server: Server, method: str, path: str, body: str | None, status: int, code: str
) -> None:
    answer = server.fhir(method, path, None if body is None else body.encode(), BOTH)
    assert answer.status == status, answer.body
    assert issue(told(answer))["code"] == code
    if status == 405:
        assert answer.headers["allow"]


def test_error_without_a_token_is_xml_too(server: Server) -> None:
    answer = server.request("GET", "/fhir/Patient/1", None, {"Accept": XML}, token=None)
    assert answer.status == 401
    assert answer.headers["www-authenticate"]
    assert issue(told(answer))["code"] == "login"


def test_not_acceptable_and_unsupported_are_told_apart(server: Server, tag: str) -> None:
    text = WRITER.encode(patient(tag))
    neither = server.fhir("POST", "Patient", text, {"Accept": "image/png", "Content-Type": XML})
    assert neither.status == 406
    assert issue(neither.json)["code"] == "not-supported"
    unread = server.fhir("POST", "Patient", text, {"Accept": XML, "Content-Type": "text/turtle"})
    assert unread.status == 415
    assert issue(told(unread))["code"] == "not-supported"
    older = server.fhir("GET", "Patient", headers={"Accept": f"{XML}; fhirVersion=3.0"})
    assert older.status == 406


def test_nothing_is_stored_when_the_answer_is_not_acceptable(server: Server, tag: str) -> None:
    server.fhir("POST", "Patient", patient(tag), {"Accept": "image/png"})
    assert "entry" not in server.fhir("GET", f"Patient?identifier={tag}").json


def test_pretty_xml_has_lines_and_is_the_same_resource(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    answer = server.fhir("GET", f"Patient/{stored['id']}?_format=xml&_pretty=true")
    assert answer.body.count(b"\n") > 10
    assert told(answer) == stored


def test_operation_answers_in_xml(server: Server) -> None:
    answer = server.fhir("GET", "Claim/none/$scrub?_format=xml")
    assert answer.status == 404
    assert issue(told(answer))["code"] == "not-found"
