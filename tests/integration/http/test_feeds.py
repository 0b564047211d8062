"""The configuration API of HL7 v2 feeds."""

import dataclasses
import json

import jsonschema_rs
import pytest

from fhir_server.model.feed import FeedRecord
from fhir_server.model.resource import JsonObject
from tests.integration.http.sample import at, objects
from tests.integration.server import Server

JSON = {"Content-Type": "application/json"}
FEED: JsonObject = {"name": "Tamarack Labs"}
LISTEN: JsonObject = {"port": 2600, "certificate": "file:parity.crt", "key": "file:parity.key"}
WHOLE: JsonObject = {
    "name": "Tamarack Labs",
    "senders": [{"application": "LIS", "facility": "TAMARACK"}],
    "receivers": [{"facility": "HARBOR"}],
    "processing": ["P", "D"],
    "versions": ["2.3.1", "2.5.1"],
    "charset": "8859/1",
    "overrides_charset": True,
    "joins_lines": False,
    "time_zone": "America/Los_Angeles",
    "listen": LISTEN
    | {
        "authority": "file:tamarack-ca.crt",
        "pins": ["CN=lis.tamarack.example"],
        "allow": ["10.9.0.0/16"],
        "release2": True,
    },
    "acknowledgment": {"after": "persisted", "mode": "enhanced"},
    "failure": {"attempts": 5, "followers": "hold"},
    "dialect": {
        "systems": {"TMK": "https://tamarack.example/tests"},
        "codes": [{"table": "OBX-3", "system": "http://loinc.org", "rows": {"GLU": "2345-7"}}],
        "moves": [{"source": "ZPS-3", "target": "OBX-23", "when": [{"field": "OBX-11"}]}],
        "custom": [{"source": "ZPT-2", "resource": "Patient", "extension": "https://x.example/f"}],
        "psc_hold": [{"field": "OBR-18", "values": ["PSC"]}],
        "bill_type": {"source": "ZBT-1", "codes": {"C": "client", "P": "patient"}},
        "labels": [{"system": "https://x.example", "code": "SUD", "when": [{"field": "ARV-3"}]}],
        "matching": {"people": "candidates"},
        "part2": True,
        "provenance": True,
    },
    "retention_days": 400,
}


def put(
    server: Server, id: str, feed: object, headers: dict[str, str] | None = None
) -> tuple[int, JsonObject]:
    """Put a feed; return status and body."""
    given = JSON | (headers or {})
    answer = server.request("PUT", f"/api/feeds/{id}", json.dumps(feed).encode(), given)
    return answer.status, answer.json


def test_feed_is_kept_listed_and_removed(server: Server, tag: str) -> None:
    status, stored = put(server, tag, FEED)
    assert status == 200
    assert (stored["id"], stored["processing"]) == (tag, ["P"])
    assert server.request("GET", f"/api/feeds/{tag}").json == stored
    assert stored in objects(server.request("GET", "/api/feeds").json, "feeds")
    assert server.request("DELETE", f"/api/feeds/{tag}").status == 204
    assert server.request("GET", f"/api/feeds/{tag}").status == 404
    assert server.request("DELETE", f"/api/feeds/{tag}").status == 404


def test_everything_of_a_feed_is_kept(server: Server, tag: str) -> None:
    status, stored = put(server, tag, WHOLE)
    assert status == 200, stored
    assert _holds(stored, WHOLE)
    assert server.request("GET", f"/api/feeds/{tag}").json == stored
    again = put(server, tag, {name: stored[name] for name in stored if name != "id"})
    assert again == (200, stored)
    assert server.request("DELETE", f"/api/feeds/{tag}").status == 204


def _holds(stored: object, given: object) -> bool:
    """Tell whether what is stored has everything that was given, and may be defaults beside it."""
    if isinstance(given, dict) and isinstance(stored, dict):
        return all(_holds(stored.get(name), value) for name, value in given.items())
    if isinstance(given, list) and isinstance(stored, list):
        return len(given) == len(stored) and all(map(_holds, stored, given))
    return stored == given


@pytest.mark.parametrize(
    ("member", "value", "place"),
    [
        ("listen", LISTEN | {"port": 0}, "listen.port"),
        ("listen", LISTEN | {"key": ""}, "listen.key"),
        ("listen", LISTEN | {"pins": ["CN=x"]}, "listen.pins"),
        ("listen", LISTEN | {"allow": ["everybody"]}, "listen.allow.0"),
        ("listen", LISTEN | {"certificate": "-----BEGIN"}, "listen.certificate"),
        ("time_zone", "Mars/Olympus", "time_zone"),
        ("processing", ["X"], "processing.0"),
        ("dialect", {"moves": [{"target": "OBX-5"}]}, "dialect.moves.0.source"),
        ("dialect", {"moves": [{"source": "ZZ", "target": "OBX-5"}]}, "dialect.moves.0.source"),
        ("dialect", {"codes": [{"table": "the codes"}]}, "dialect.codes.0.table"),
        ("dialect", {"codes": [{"table": "OBX-3"}, {"table": "OBX-3"}]}, "dialect.codes"),
        (
            "dialect",
            {"custom": [{"source": "PID-3", "resource": "Patient", "target": "id"}]},
            "dialect.custom.0.source",
        ),
        ("acknowledgment", {"after": "never"}, "acknowledgment.after"),
        ("surprise", 1, "surprise"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_wrong_member_is_named(
    server: Server, tag: str, member: str, value: object, place: str
) -> None:
    status, outcome = put(server, tag, FEED | {member: value})
    assert status == 422
    assert [at(one, "expression", 0) for one in objects(outcome, "issue")] == [place]


def test_change_of_what_somebody_else_changed_is_refused(server: Server, tag: str) -> None:
    assert put(server, tag, FEED, {"If-Match": "*"})[0] == 412
    assert put(server, tag, FEED, {"If-None-Match": "*"})[0] == 200
    read = server.request("GET", f"/api/feeds/{tag}").headers["etag"]
    assert put(server, tag, FEED | {"name": "Other"}, {"If-Match": read})[0] == 200
    assert put(server, tag, FEED, {"If-Match": read})[0] == 412


def test_port_belongs_to_one_feed(server: Server, tag: str) -> None:
    assert put(server, tag, FEED | {"listen": LISTEN | {"port": 2611}})[0] == 200
    status, outcome = put(server, f"{tag}x", FEED | {"listen": LISTEN | {"port": 2611}})
    assert status == 422
    assert tag in str(at(outcome, "issue", 0, "diagnostics"))
    assert server.request("DELETE", f"/api/feeds/{tag}").status == 204


def test_description_holds_every_member_of_a_feed(server: Server) -> None:
    told = server.request("GET", "/api/openapi.json").json
    members = at(told, "components", "schemas", "Feed", "properties")
    assert isinstance(members, dict)
    assert set(members) == {one.name for one in dataclasses.fields(FeedRecord)}


@pytest.mark.parametrize(
    ("feed", "is_valid"),
    [
        ({}, True),
        (WHOLE | {"listen": LISTEN | {"port": 2612}}, True),
        (FEED | {"processing": ["X"]}, False),
        (FEED | {"surprise": 1}, False),
    ],
    ids=["least", "whole", "processing", "surprise"],
)
def test_description_judges_feeds_as_the_server_does(
    server: Server, tag: str, feed: JsonObject, is_valid: bool
) -> None:
    told = server.request("GET", "/api/openapi.json").json
    schema = at(told, "components", "schemas", "Feed")
    assert isinstance(schema, dict)
    assert jsonschema_rs.validator_for(schema).is_valid(feed) is is_valid
    assert (put(server, tag, feed)[0] == 200) is is_valid
    server.request("DELETE", f"/api/feeds/{tag}")
