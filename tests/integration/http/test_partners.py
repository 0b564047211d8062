"""The configuration API of partners."""

import json

import pytest

from fhir_server.model.resource import JsonObject
from tests.integration.http.sample import at, objects
from tests.integration.server import Server

JSON = {"Content-Type": "application/json"}
PARTNER = {
    "name": "Harbor Health Plan",
    "own": {"id": "PARITY", "qualifier": "ZZ"},
    "other": {"id": "HARBOR", "name": "Harbor"},
    "transport": {"inbox": "harbor/inbox", "outbox": "harbor/outbox"},
    "payer_ids": ["HHP01"],
}


def put(server: Server, id: str, partner: object) -> tuple[int, JsonObject]:
    """Put a partner; return status and body."""
    answer = server.request("PUT", f"/api/partners/{id}", json.dumps(partner).encode(), JSON)
    return answer.status, answer.json


def test_partner_is_kept_listed_and_removed(server: Server, tag: str) -> None:
    status, stored = put(server, tag, PARTNER)
    assert status == 200
    assert stored["id"] == tag
    assert stored["usage"] == "T"
    assert server.request("GET", f"/api/partners/{tag}").json == stored
    assert stored in objects(server.request("GET", "/api/partners").json, "partners")
    assert put(server, tag, PARTNER | {"usage": "P"})[1]["usage"] == "P"
    assert server.request("DELETE", f"/api/partners/{tag}").status == 204
    assert server.request("GET", f"/api/partners/{tag}").status == 404
    assert server.request("DELETE", f"/api/partners/{tag}").status == 404


def test_wrong_partner_is_refused_by_member(server: Server, tag: str) -> None:
    wrong = PARTNER | {
        "usage": "X",
        "surprise": 1,
        "transport": {"inbox": "../../etc", "outbox": "/tmp"},
        "delimiters": {"element": "*", "component": "*"},
    }
    status, outcome = put(server, tag, wrong)
    assert status == 422
    places = {at(one, "expression", 0) for one in objects(outcome, "issue")}
    assert places >= {"usage", "surprise", "transport.inbox", "transport.outbox"}
    assert server.request("GET", f"/api/partners/{tag}").status == 404


@pytest.mark.parametrize(
    ("member", "value", "place"),
    [
        ("delimiters", {"component": "é"}, "delimiters.component"),
        ("delimiters", {"segment": "A"}, "delimiters.segment"),
        ("delimiters", {"element": " "}, "delimiters.element"),
        ("delimiters", {"element": "||"}, "delimiters.element"),
        ("own", {"id": "PARITÉ"}, "own.id"),
        ("other", {"id": " "}, "other.id"),
        ("other", {"id": "CHP01", "qualifier": "é*"}, "other.qualifier"),
    ],
)
def test_partner_whose_envelope_cannot_be_written_is_refused(
    server: Server, tag: str, member: str, value: dict[str, str], place: str
) -> None:
    status, outcome = put(server, tag, {**PARTNER, member: value})
    assert status == 422
    assert [at(one, "expression", 0) for one in objects(outcome, "issue")] == [place]


def test_line_feed_may_end_segments(server: Server, tag: str) -> None:
    status, _ = put(server, tag, {**PARTNER, "delimiters": {"segment": "\n", "component": ">"}})
    assert status == 200


def test_body_that_is_not_a_json_object_is_refused(server: Server, tag: str) -> None:
    assert server.request("PUT", f"/api/partners/{tag}", b"[", JSON).status == 400
    assert server.request("PUT", f"/api/partners/{tag}", b"{}").status == 415
