"""Binary as the bytes it holds."""

import os
from base64 import b64decode, b64encode

import pytest

from tests.integration.http.sample import at
from tests.integration.server import FHIR_JSON, Server

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(256))
JSON = {"Accept": FHIR_JSON}


def test_bytes_become_a_binary_and_come_back(server: Server) -> None:
    made = server.fhir("POST", "Binary", PNG, {"Content-Type": "image/png"})
    assert made.status == 201
    assert made.body == b""
    path = made.headers["location"].removeprefix(f"{server.base}/").partition("/_history")[0]
    for accept in ({}, {"Accept": "image/png"}, {"Accept": "*/*"}, {"Accept": "text/html, */*"}):
        got = server.fhir("GET", path, headers=accept)
        assert (got.status, got.body) == (200, PNG)
        assert got.headers["content-type"] == "image/png"
        assert got.headers["x-content-type-options"] == "nosniff"
        assert "sandbox" in got.headers["content-security-policy"]
        assert got.headers["etag"] == 'W/"1"'
        assert "last-modified" in got.headers
    head = server.fhir("HEAD", path)
    assert head.headers["content-length"] == str(len(PNG))
    assert head.headers["content-type"] == "image/png"
    known = server.fhir("GET", path, headers={"If-None-Match": 'W/"1"'})
    assert (known.status, known.body) == (304, b"")


@pytest.mark.parametrize("accept", [FHIR_JSON, "application/json", "application/fhir+json;q=0.1"])
def test_binary_is_fhir_for_who_asks_for_it(server: Server, accept: str) -> None:
    made = server.fhir("POST", "Binary", PNG, {"Content-Type": "image/png"} | JSON)
    path = made.headers["location"].removeprefix(f"{server.base}/").partition("/_history")[0]
    shown = server.fhir("GET", path, headers={"Accept": accept}).json
    assert shown["resourceType"] == "Binary"
    assert shown["contentType"] == "image/png"
    assert b64decode(str(shown["data"])) == PNG
    assert server.fhir("GET", f"{path}?_format=json").json == shown
    xml = server.fhir("GET", path, headers={"Accept": "application/fhir+xml"})
    assert xml.headers["content-type"].startswith("application/fhir+xml")


def test_put_of_bytes_makes_versions(server: Server, tag: str) -> None:
    path = f"Binary/{tag}"
    assert server.fhir("PUT", path, b"one", {"Content-Type": "text/plain"}).status == 201
    headers = {"Content-Type": "text/plain; charset=utf-8", "If-Match": 'W/"1"'}
    assert server.fhir("PUT", path, b"two", headers).status == 200
    assert server.fhir("PUT", path, b"three", headers).status == 412
    assert server.fhir("GET", path).body == b"two"
    assert server.fhir("GET", path).headers["content-type"] == "text/plain; charset=utf-8"
    assert server.fhir("GET", f"{path}/_history/1").body == b"one"
    history = server.fhir("GET", f"{path}/_history").json
    assert at(history, "entry", 0, "resource", "data") == b64encode(b"two").decode()
    server.fhir("DELETE", path)
    assert server.fhir("GET", path).status == 410
    assert server.fhir("GET", f"Binary/{tag}none", headers={"Accept": "image/png"}).status == 404


def test_security_context_is_kept_and_told(server: Server, tag: str) -> None:
    headers = {"Content-Type": "text/plain", "X-Security-Context": f"Patient/{tag}"}
    made = server.fhir("POST", "Binary", b"note", headers | {"Prefer": "return=representation"})
    assert at(made.json, "securityContext", "reference") == f"Patient/{tag}"
    got = server.fhir("GET", f"Binary/{made.json['id']}")
    assert got.headers["x-security-context"] == f"Patient/{tag}"
    bad = {"Content-Type": "text/plain", "X-Security-Context": "not a reference"}
    assert server.fhir("POST", "Binary", b"note", bad).status == 400


def test_fhir_body_is_still_a_resource(server: Server) -> None:
    resource = b'{"resourceType":"Binary","contentType":"text/plain","data":"bm90ZQ=="}'
    made = server.fhir("POST", "Binary", resource, {"Content-Type": FHIR_JSON})
    assert made.json["data"] == "bm90ZQ=="
    assert server.fhir("GET", f"Binary/{made.json['id']}").body == b"note"
    empty = server.fhir("POST", "Binary", b'{"resourceType":"Binary","contentType":"x/y"}')
    got = server.fhir("GET", f"Binary/{empty.json['id']}")
    assert (got.status, got.body) == (200, b"")
    refused = server.fhir("POST", "Patient", PNG, {"Content-Type": "image/png"})
    assert refused.status == 415


def test_large_content_is_kept_whole(server: Server) -> None:
    content = os.urandom(20_000_000)
    made = server.fhir("POST", "Binary", content, {"Content-Type": "application/pdf"})
    assert made.status == 201, made.body[:500]
    path = made.headers["location"].removeprefix(f"{server.base}/").partition("/_history")[0]
    assert server.fhir("GET", path).body == content


def test_content_needs_the_scope(server: Server) -> None:
    narrow = server.with_scopes("system/Patient.cruds")
    headers = {"Content-Type": "text/plain"}
    assert narrow.fhir("POST", "Binary", b"x", headers).status == 403
    assert narrow.fhir("GET", "Binary/1").status == 403


def test_operation_on_binary_takes_fhir_alone(server: Server) -> None:
    answer = server.fhir("POST", "Binary/$validate", b"text", {"Content-Type": "text/plain"})
    assert answer.status == 415
