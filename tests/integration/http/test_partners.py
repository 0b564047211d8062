"""The configuration API of partners."""

import dataclasses
import json

import jsonschema_rs
import pytest

from fhir_server.app import ENDPOINTS
from fhir_server.model.partner import Partner
from fhir_server.model.resource import JsonObject
from tests.integration.http.sample import at, objects
from tests.integration.server import Server

JSON = {"Content-Type": "application/json"}
PARTNER = {
    "name": "Harbor Health Plan",
    "own": {"id": "PARITY", "qualifier": "ZZ"},
    "other": {"id": "HARBOR", "name": "Harbor"},
    "transport": {"inbox": "harbor/inbox", "outbox": "harbor/outbox"},
}
SFTP = {
    "kind": "sftp",
    "host": "sftp.example",
    "username": "harbor",
    "host_key": f"ssh-ed25519 {'A' * 68}",
    "key": "file:harbor.key",
    "inbox": "/out",
    "outbox": "/in",
}
HTTPS = {"kind": "https", "ask": "https://partner.example/ask", "token": "env:HARBOR"}


def put(
    server: Server, id: str, partner: object, headers: dict[str, str] | None = None
) -> tuple[int, JsonObject]:
    """Put a partner; return status and body."""
    given = JSON | (headers or {})
    answer = server.request("PUT", f"/api/partners/{id}", json.dumps(partner).encode(), given)
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


WHOLE = PARTNER | {
    "transport": HTTPS,
    "kinds": ["837P", "270"],
    "files": {"outbound": "{date}_{control}.{kind}", "inbound": ["*.835"]},
    "batch": {"minutes": 30, "claims_per_set": 100, "sets_per_group": 2},
    "controls": {"first": 1000, "last": 1999},
    "expected": {"ta1": 1, "acknowledgment": 24, "claim_status": 48},
    "filing_days": {"*": 90, "HHP02": 180},
    "repeats_controls": True,
    "service_types": ["30", "MH", "AI"],
    "overlays": [{"name": "harbor", "change": [{"rule": "member-id", "severity": "off"}]}],
}


def test_everything_of_a_partner_is_kept(server: Server, tag: str) -> None:
    status, stored = put(server, tag, WHOLE | {"payer_ids": [tag]})
    assert status == 200
    for name, value in (WHOLE | {"payer_ids": [tag]}).items():
        told = stored[name]
        if isinstance(value, dict) and isinstance(told, dict):
            assert value.items() <= told.items() or name in {"own", "other"}, name
        else:
            assert told == value, name
    assert server.request("GET", f"/api/partners/{tag}").json == stored


@pytest.mark.parametrize(
    ("member", "value", "place"),
    [
        ("transport", SFTP | {"key": "-----BEGIN OPENSSH PRIVATE KEY-----"}, "transport.key"),
        ("transport", SFTP | {"key": "", "password": "hunter2"}, "transport.password"),
        ("transport", SFTP | {"key": ""}, "transport.key"),
        ("transport", SFTP | {"host_key": "trust me"}, "transport.host_key"),
        ("transport", SFTP | {"port": 70000}, "transport.port"),
        ("transport", SFTP | {"host": ""}, "transport.host"),
        ("transport", HTTPS | {"token": "Bearer abc"}, "transport.token"),
        ("transport", HTTPS | {"token": "file:../../etc/passwd"}, "transport.token"),
        ("transport", HTTPS | {"ask": "http://partner.example/ask"}, "transport.ask"),
        ("transport", HTTPS | {"ask": "https://me:secret@partner.example/"}, "transport.ask"),
        ("transport", {"kind": "https"}, "transport.deliver"),
        ("transport", {"kind": "memory", "name": "x"}, "transport.kind"),
        ("transport", {"kind": ["x"]}, "transport.kind"),
        ("transport", "folder", "transport"),
        ("files", {"outbound": "claims.837"}, "files.outbound"),
        ("files", {"outbound": "../{control}"}, "files.outbound"),
        ("batch", {"claims_per_set": 0}, "batch.claims_per_set"),
        ("batch", {"minutes": "soon"}, "batch.minutes"),
        ("controls", {"first": 5, "last": 4}, "controls.last"),
        ("controls", {"first": 0}, "controls.first"),
        ("expected", {"ta1": -1}, "expected.ta1"),
        ("filing_days", {"*": 0}, "filing_days.*.value"),
        ("kinds", ["837X"], "kinds.0"),
        ("repeats_controls", "yes", "repeats_controls"),
    ],
    ids=lambda value: value if isinstance(value, str) and "." in value else "",
)
def test_wrong_member_is_named(
    server: Server, tag: str, member: str, value: object, place: str
) -> None:
    status, outcome = put(server, tag, PARTNER | {member: value})
    assert status == 422
    assert [at(one, "expression", 0) for one in objects(outcome, "issue")] == [place]
    assert "secret" not in json.dumps(outcome).replace("the secret itself", "")
    assert "hunter2" not in json.dumps(outcome)


def test_change_of_what_somebody_else_changed_is_refused(server: Server, tag: str) -> None:
    assert put(server, tag, PARTNER, {"If-Match": "*"})[0] == 412
    assert put(server, tag, PARTNER, {"If-None-Match": "*"})[0] == 200
    assert put(server, tag, PARTNER, {"If-None-Match": "*"})[0] == 412
    read = server.request("GET", f"/api/partners/{tag}").headers["etag"]
    assert put(server, tag, PARTNER | {"usage": "P"}, {"If-Match": read})[0] == 200
    status, outcome = put(server, tag, PARTNER, {"If-Match": read})
    assert status == 412
    assert "read it again" in str(at(outcome, "issue", 0, "diagnostics"))
    headers = {"If-Match": read}
    assert server.request("DELETE", f"/api/partners/{tag}", None, headers).status == 412


def test_payer_is_reached_by_one_partner(server: Server, tag: str) -> None:
    assert put(server, tag, PARTNER | {"payer_ids": [tag]})[0] == 200
    assert put(server, tag, PARTNER | {"payer_ids": [tag], "usage": "P"})[0] == 200
    status, outcome = put(server, f"{tag}x", PARTNER | {"payer_ids": ["other", tag]})
    assert status == 422
    assert tag in str(at(outcome, "issue", 0, "diagnostics"))


def test_circuit_of_a_partner_is_shown(server: Server, tag: str) -> None:
    put(server, tag, PARTNER)
    shown = server.request("GET", f"/api/partners/{tag}/circuit").json
    assert (shown["open"], shown["failures"]) == (False, 0)
    assert server.request("GET", f"/api/partners/no-{tag}/circuit").status == 404
    metrics = server.request("GET", "/metrics").body.decode()
    assert f'parity_partner_circuit_open{{partner="{tag}"}} 0' in metrics


def test_description_holds_every_path_and_member(server: Server) -> None:
    told = server.request("GET", "/api/openapi.json").json
    paths = told["paths"]
    assert isinstance(paths, dict)
    rules = {(one.rule, one.method) for one in ENDPOINTS if one.rule.startswith("/api")}
    described = {
        (path.replace("{", "<").replace("}", ">"), method.upper())
        for path, methods in paths.items()
        if isinstance(methods, dict)
        for method in methods
    }
    assert described == rules
    members = at(told, "components", "schemas", "Partner", "properties")
    assert isinstance(members, dict)
    assert set(members) == {one.name for one in dataclasses.fields(Partner)}


@pytest.mark.parametrize(
    ("partner", "is_valid"),
    [
        (PARTNER, True),
        (WHOLE, True),
        (PARTNER | {"transport": SFTP}, True),
        (PARTNER | {"usage": "X"}, False),
        (PARTNER | {"transport": SFTP | {"port": 0}}, False),
        (PARTNER | {"transport": HTTPS | {"token": "Bearer abc"}}, False),
        (PARTNER | {"surprise": 1}, False),
        ({"name": "nobody"}, False),
    ],
    ids=["least", "whole", "sftp", "usage", "port", "token", "surprise", "incomplete"],
)
def test_description_judges_as_the_server_does(
    server: Server, tag: str, partner: JsonObject, is_valid: bool
) -> None:
    told = server.request("GET", "/api/openapi.json").json
    schema = at(told, "components", "schemas", "Partner")
    assert isinstance(schema, dict)
    assert jsonschema_rs.validator_for(schema).is_valid(partner) is is_valid
    assert (put(server, tag, partner)[0] == 200) is is_valid
