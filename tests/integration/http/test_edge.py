"""What HTTP itself asks: formats, methods, limits, ids of requests."""

import pytest

from tests.integration.http.sample import at, issue, objects, patient
from tests.integration.server import FHIR_JSON, Server


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/fhir/Nothing", 404, "not-found"),
        ("GET", "/fhir/Nothing/1", 404, "not-found"),
        ("GET", "/fhir/Patient/1/2/3/4/5", 404, "not-found"),
        ("GET", "/fhir/Patient/a_b", 404, "not-found"),
        ("GET", "/fhir/$nothing", 404, "not-found"),
        ("DELETE", "/fhir", 405, "not-supported"),
        ("DELETE", "/fhir/Patient/1/_history", 405, "not-supported"),
        ("POST", "/fhir/Patient/1", 405, "not-supported"),
        ("OPTIONS", "/fhir/Patient/1", 405, "not-supported"),
        ("POST", "/fhir/metadata", 405, "not-supported"),
        ("GET", "/nowhere", 404, "not-found"),
        ("POST", "/healthz", 405, "not-supported"),
        ("GET", "/auth/token", 405, "not-supported"),
        ("GET", "/fhir/Patient?_summary=all", 400, "invalid"),
        ("GET", "/fhir/Patient?_elements=nothing", 400, "invalid"),
        ("GET", "/fhir/Patient?_pretty=maybe", 400, "invalid"),
        ("GET", "/fhir/Patient?name=%FF", 400, "invalid"),
        ("GET", "/fhir/Patient?_format=ttl", 406, "not-supported"),
    ],
)
def test_what_is_not_served_is_an_outcome(
    server: Server, method: str, path: str, status: int, code: str
) -> None:
    answer = server.request(method, path)
    assert answer.status == status, answer.body
    assert answer.headers["content-type"].startswith(FHIR_JSON)
    assert issue(answer.json)["code"] == code
    if status == 405:
        assert answer.headers["allow"]


def test_methods_allowed_are_told(server: Server) -> None:
    answer = server.fhir("OPTIONS", "Patient/1")
    assert set(answer.headers["allow"].split(", ")) >= {"DELETE", "GET", "PATCH", "PUT"}


def test_accept_and_content_type_are_negotiated(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    path = f"Patient/{stored['id']}"
    plain = server.fhir("GET", path, headers={"Accept": "application/json"})
    assert plain.headers["content-type"].startswith("application/json")
    none = server.fhir("GET", path, headers={"Accept": "text/turtle"})
    assert none.status == 406
    assert issue(none.json)["code"] == "not-supported"
    form = server.fhir("POST", "Patient", b"a=b", {"Content-Type": "text/turtle"})
    assert form.status == 415
    assert server.fhir("GET", f"{path}?_format=json").status == 200


def test_pretty_is_the_same_resource_with_lines(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    answer = server.fhir("GET", f"Patient/{stored['id']}?_pretty=true")
    assert answer.json == stored
    assert answer.body.count(b"\n") > 10


def test_request_id_is_echoed_or_given(server: Server) -> None:
    echoed = server.fhir("GET", "metadata", headers={"X-Request-Id": "trace-1"})
    assert echoed.headers["x-request-id"] == "trace-1"
    given = server.fhir("GET", "Nothing", headers={"X-Request-Id": "no good"})
    assert given.headers["x-request-id"] != "no good"
    assert len(given.headers["x-request-id"]) == 16


def test_metadata_is_open_and_true(server: Server) -> None:
    answer = server.request("GET", "/fhir/metadata", token=None)
    assert answer.status == 200
    statement = answer.json
    assert statement["fhirVersion"] == "4.0.1"
    rest = at(statement, "rest", 0)
    resources = {one["type"]: one for one in objects(rest, "resource")}
    assert len(resources) > 140
    told = {one["code"] for one in objects(resources["Patient"], "interaction")}
    assert told == {
        "create",
        "read",
        "vread",
        "update",
        "patch",
        "delete",
        "history-instance",
        "history-type",
        "search-type",
    }
    assert {one["code"] for one in objects(rest, "interaction")} == {
        "batch",
        "transaction",
        "search-system",
        "history-system",
    }
    for parameter in objects(resources["Patient"], "searchParam"):
        if parameter["type"] in {"token", "string", "reference"}:
            found = server.fhir("GET", f"Patient?{parameter['name']}=x&_count=1")
            assert found.status == 200, (parameter, found.body)
    assert server.request("GET", "/fhir/metadata?mode=terminology", token=None).status == 400


def test_metadata_is_a_valid_resource(server: Server) -> None:
    from fhir_server.validation.structure import Validator
    from profiles.loader import load

    statement = server.request("GET", "/fhir/metadata", token=None).json
    assert Validator(load()).check(statement) == ()


def test_health_is_told_to_everybody(server: Server) -> None:
    for path in ("/healthz", "/readyz"):
        answer = server.request("GET", path, token=None)
        assert answer.status == 200, answer.body
    assert server.request("GET", "/readyz", token=None).json["status"] == "ready"


def test_home_page_tells_addresses_parts_and_counts(server: Server, tag: str) -> None:
    server.create(patient(tag))
    answer = server.request("GET", "/", token=None)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/html")
    page = answer.body.decode()
    assert f"{server.base}/metadata" in page
    assert "Patient" in page
    assert "database" in page
    assert tag not in page
    assert "Rivera" not in page
