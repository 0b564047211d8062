"""HL7 v2 messages over HTTP: found, shown, tried, mended, applied again; codes resolved."""

import json
import time

import pytest

from fhir_server.model.resource import JsonObject
from tests.integration.http.sample import objects
from tests.integration.intake.message import message, result
from tests.integration.server import Server

HL7_V2 = {"Content-Type": "application/hl7-v2+er7"}
JSON = {"Content-Type": "application/json"}


def patient_of(tag: str) -> str:
    return f"PID|1||{tag}^^^TESTLAB^MR||Quill^Nora"


def post(server: Server, path: str, data: bytes) -> JsonObject:
    return server.request("POST", path, data, HL7_V2).json


def test_message_is_found_shown_and_tried(server: Server, tag: str) -> None:
    data = result(f"C{tag}", "F", patient=patient_of(tag), order=tag) + b"ZDS|1\r"
    before = post(server, "/v2/dry-run", data)
    assert (before["state"], before["feed"]) == ("applied", "default")
    assert {str(one["action"]) for one in objects(before, "changes")} == {"create"}
    server.request("POST", "/v2", data, HL7_V2)
    for query in (f"mrn={tag}", f"order={tag}", f"control=C{tag}&state=applied"):
        found = objects(server.request("GET", f"/v2/messages?{query}").json, "messages")
        assert [one["control"] for one in found] == [f"C{tag}"], query
    id = found[0]["id"]
    shown = server.request("GET", f"/v2/messages/{id}").json
    assert (shown["state"], shown["meaning"]) == ("applied", "its resources are stored")
    assert "MSA|AA|" in str(shown["acknowledgment"])
    assert {"path": "ZDS", "reason": "no-rule"} in objects(shown, "unmapped")
    after = post(server, "/v2/dry-run", data)
    assert after["changes"] == []


def test_refused_message_is_mended_or_applied_again(server: Server, tag: str) -> None:
    wrong = message("ORU^R01^ORU_R01", f"B{tag}", patient_of(tag))
    server.request("POST", "/v2", wrong, HL7_V2)
    found = objects(server.request("GET", f"/v2/messages?mrn={tag}").json, "messages")
    path = f"/v2/messages/{found[0]['id']}"
    again = server.request("POST", f"{path}/reprocess", b"").json
    assert (again["state"], again["reason"]) == ("map_error", "OBR: the message holds no report")
    mended = wrong + f"OBR|1||F{tag}|24323-8^Panel^LN\r".encode()
    made = post(server, f"{path}/resubmit", mended)
    assert made["state"] == "warning"
    shown = server.request("GET", path).json
    assert (shown["state"], shown["copies"]) == ("map_error", [made["id"]])
    assert server.request("POST", f"{path}/resubmit", wrong, HL7_V2).status == 409


@pytest.mark.parametrize(
    ("query", "status"),
    [("state=lost", 400), ("since=yesterday", 400), ("count=x", 400), ("state=applied", 200)],
)
def test_wrong_question_is_refused(server: Server, query: str, status: int) -> None:
    assert server.request("GET", f"/v2/messages?{query}").status == status


def test_unknown_message_and_unlimited_reprocess_are_refused(server: Server) -> None:
    assert server.request("GET", "/v2/messages/1").status == 404
    assert server.request("GET", "/v2/messages/x").status == 404
    assert server.request("POST", "/v2/messages/1/reprocess", b"").status == 404
    assert server.request("POST", "/v2/reprocess", b"").status == 400


def test_code_is_resolved_by_a_row_and_its_messages_queued(server: Server, tag: str) -> None:
    feed = {
        "senders": [{"application": "LIS", "facility": tag}],
        "dialect": {"codes": [{"table": "OBX-3", "system": "http://loinc.org"}]},
    }
    put = server.request("PUT", f"/api/feeds/{tag}", json.dumps(feed).encode(), JSON)
    assert put.status == 200
    data = result(f"C{tag}", "F", patient=patient_of(tag), order=tag)
    data = data.replace(b"|LIS|TESTLAB|", f"|LIS|{tag}|".encode(), 1)
    data = data.replace(b"2345-7^Glucose^LN", b"GLU^Glucose^L")
    time.sleep(1.2)  # every process of the server knows the feed by then
    server.request("POST", "/v2", data, HL7_V2)
    waiting = objects(server.request("GET", f"/api/feeds/{tag}/codes").json, "codes")
    assert [(one["table"], one["code"], one["messages"]) for one in waiting] == [
        ("OBX-3", "GLU", 1)
    ]
    rows = [{"table": "OBX-3", "code": "GLU", "target": "2345-7", "system": "http://loinc.org"}]
    path = f"/api/feeds/{tag}/codes"
    told = server.request("POST", path, json.dumps(rows).encode(), JSON).json
    assert told == {"rows": 1, "waiting": 1}
    assert objects(server.request("GET", path).json, "codes") == []
    concepts = server.request("GET", f"/fhir/ConceptMap/feed-{tag}").json
    assert "2345-7" in str(concepts["group"])
    (found,) = objects(server.request("GET", f"/v2/messages?mrn={tag}").json, "messages")
    again = server.request("POST", f"/v2/messages/{found['id']}/reprocess", b"").json
    assert again["state"] == "applied"
    assert server.request("DELETE", f"/api/feeds/{tag}").status == 204
