"""Headers of every interaction, and the conditions a request may make."""

from dataclasses import dataclass

import pytest

from fhir_server.model.resource import JsonObject
from tests.acceptance.site import Answer
from tests.integration.http.sample import (
    SYSTEM,
    at,
    bundle,
    entries,
    entry,
    issue,
    patient,
    response,
)
from tests.integration.server import Server

JSON_PATCH = {"Content-Type": "application/json-patch+json"}
VERSIONED = ("etag", "last-modified", "content-location")


@dataclass(frozen=True)
class Row:
    """One interaction: how it is asked for, and which headers its answer has.

    `{id}` and `{tag}` in the path stand for the resource stored before and a text of the test.
    """

    method: str
    path: str
    status: int
    headers: tuple[str, ...]
    body: bool = True


ROWS = (
    Row("POST", "Patient", 201, (*VERSIONED, "location")),
    Row("GET", "Patient/{id}", 200, VERSIONED),
    Row("HEAD", "Patient/{id}", 200, VERSIONED, body=False),
    Row("GET", "Patient/{id}/_history/1", 200, VERSIONED),
    Row("HEAD", "Patient/{id}/_history/1", 200, VERSIONED, body=False),
    Row("PUT", "Patient/{id}", 200, VERSIONED),
    Row("PUT", "Patient/{tag}", 201, (*VERSIONED, "location")),
    Row("PUT", "Patient?identifier={tag}", 200, VERSIONED),
    Row("PUT", "Patient?identifier={tag}none", 201, (*VERSIONED, "location")),
    Row("PATCH", "Patient/{id}", 200, VERSIONED),
    Row("PATCH", "Patient?identifier={tag}", 200, VERSIONED),
    Row("DELETE", "Patient/{id}", 204, ("etag",), body=False),
    Row("DELETE", "Patient?identifier={tag}", 204, ("etag",), body=False),
    Row("GET", "Patient/{id}/_history", 200, ()),
    Row("HEAD", "Patient/{id}/_history", 200, (), body=False),
    Row("GET", "Patient/_history?_count=1", 200, ()),
    Row("HEAD", "Patient/_history?_count=1", 200, (), body=False),
    Row("GET", "_history?_count=1", 200, ()),
    Row("HEAD", "_history?_count=1", 200, (), body=False),
    Row("GET", "Patient?identifier={tag}", 200, ()),
    Row("HEAD", "Patient?identifier={tag}", 200, (), body=False),
    Row("GET", "metadata", 200, ()),
    Row("HEAD", "metadata", 200, (), body=False),
)


def ask(server: Server, row: Row, id: str, tag: str) -> Answer:
    path = row.path.format(id=id, tag=tag)
    if row.method == "PATCH":
        body = b'[{"op":"add","path":"/active","value":true}]'
        return server.fhir("PATCH", path, body, JSON_PATCH)
    resource: JsonObject = patient(tag, active=True)
    if row.method == "PUT" and "?" not in path:
        resource["id"] = path.rpartition("/")[2]
    return server.fhir(row.method, path, resource if row.method in ("POST", "PUT") else None)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.method} {row.path}")
def test_headers_tell_the_version_and_where_it_is(server: Server, tag: str, row: Row) -> None:
    id = str(server.create(patient(tag))["id"])
    answer = ask(server, row, id, tag)
    assert answer.status == row.status, answer.body
    assert bool(answer.body) is row.body
    told = {name for name in ("location", *VERSIONED) if name in answer.headers}
    assert told == set(row.headers)
    if row.body:
        assert answer.headers["content-type"] == "application/fhir+json; charset=utf-8"
    assert "x-request-id" in answer.headers
    if "content-location" in told:
        number = answer.headers["etag"][3:-1]
        place = answer.headers["content-location"]
        assert place.startswith(f"{server.base}/Patient/")
        assert place.endswith(f"/_history/{number}")
        assert answer.headers.get("location", place) == place
        assert answer.headers["last-modified"].endswith(" GMT")
    if row.method == "HEAD":
        get = server.fhir("GET", row.path.format(id=id, tag=tag))
        assert answer.headers["content-length"] == str(len(get.body))
        if "content-location" in told:
            assert [answer.headers[name] for name in VERSIONED] == [
                get.headers[name] for name in VERSIONED
            ]


@pytest.mark.parametrize(
    ("method", "path", "allow"),
    [
        ("PUT", "", "POST"),
        ("PATCH", "", "POST"),
        ("POST", "Patient/1", "DELETE, GET, HEAD, PATCH, PUT"),
        ("POST", "Patient/_history", "GET, HEAD"),
        ("DELETE", "_history", "GET, HEAD"),
        ("POST", "Patient/1/_history", "GET, HEAD"),
        ("PUT", "Patient/1/_history/1", "GET, HEAD"),
        ("PUT", "Patient/_search", "POST"),
        ("OPTIONS", "Patient", "DELETE, GET, HEAD, PATCH, POST, PUT"),
        ("POST", "metadata", "GET, HEAD"),
        ("PUT", "Patient/$validate", "GET, HEAD, POST"),
    ],
)
def test_method_not_served_tells_those_that_are(
    server: Server, method: str, path: str, allow: str
) -> None:
    answer = server.fhir(method, path, {} if method != "OPTIONS" else None)
    assert answer.status == 405
    assert set(allow.split(", ")) <= set(answer.headers["allow"].split(", "))
    assert issue(answer.json)["severity"] == "error"


@pytest.mark.parametrize("accept", ["application/fhir+json", "application/fhir+xml"])
def test_answers_are_stored_by_no_cache_and_tell_what_they_depend_on(
    server: Server, tag: str, accept: str
) -> None:
    path = f"Patient/{server.create(patient(tag))['id']}"
    headers = {"Accept": accept}
    asked = [
        ("GET", path, headers),
        ("HEAD", path, headers),
        ("GET", path, {"If-None-Match": '"1"', **headers}),
        ("GET", f"{path}/_history", headers),
        ("GET", f"Patient?identifier={tag}", headers),
        ("GET", f"{path}/$everything", headers),
        ("GET", "Patient?nonsense=1", headers),
        ("GET", "Patient/none", headers),
        ("DELETE", path, headers),
    ]
    for method, place, sent in asked:
        answer = server.fhir(method, place, headers=sent)
        assert answer.headers["cache-control"] == "no-store", place
        assert answer.headers["vary"] == "Accept, Prefer", place
    exchange = server.request("GET", "/x12/exchanges/1")
    assert exchange.headers["cache-control"] == "no-store"


def test_read_is_not_repeated_to_who_has_the_version(server: Server, tag: str) -> None:
    path = f"Patient/{server.create(patient(tag))['id']}"
    got = server.fhir("GET", path)
    for place in (path, f"{path}/_history/1"):
        for headers in (
            {"If-None-Match": got.headers["etag"]},
            {"If-None-Match": '"1"'},
            {"If-None-Match": 'W/"7", W/"1"'},
            {"If-Modified-Since": got.headers["last-modified"]},
        ):
            again = server.fhir("GET", place, headers=headers)
            assert (again.status, again.body) == (304, b"")
            assert again.headers["etag"] == 'W/"1"'
        for headers in (
            {"If-None-Match": 'W/"2"'},
            {"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"},
            {"If-Modified-Since": "yesterday"},
            {"If-None-Match": 'W/"2"', "If-Modified-Since": got.headers["last-modified"]},
        ):
            assert server.fhir("GET", place, headers=headers).status == 200


def test_request_id_is_echoed_or_given(server: Server) -> None:
    for path in ("metadata", "Patient/none", "Nothing", "Patient?nonsense=1"):
        answer = server.fhir("GET", path, headers={"X-Request-Id": "a-1.b:2_c"})
        assert answer.headers["x-request-id"] == "a-1.b:2_c"
    strange = server.fhir("GET", "metadata", headers={"X-Request-Id": "a b<c>"})
    assert strange.headers["x-request-id"] not in ("", "a b<c>")


def test_unchanged_update_makes_no_version_also_in_meta(server: Server, tag: str) -> None:
    meta: JsonObject = {"tag": [{"system": "urn:t", "code": "a"}]}
    stored = server.create(patient(tag, meta=meta))
    path = f"Patient/{stored['id']}"
    for body in (stored, patient(tag, id=stored["id"], meta=meta)):
        again = server.fhir("PUT", path, body)
        assert (again.status, again.headers["etag"]) == (200, 'W/"1"')
    changed = server.fhir("PUT", path, stored | {"meta": {"tag": [{"code": "b"}]}})
    assert changed.headers["etag"] == 'W/"2"'
    assert len(entries(server.fhir("GET", f"{path}/_history").json)) == 2


@pytest.mark.parametrize("kind", ["batch", "transaction"])
@pytest.mark.parametrize("wish", ["minimal", "representation", "OperationOutcome", ""])
def test_entries_are_answered_as_preferred(server: Server, tag: str, kind: str, wish: str) -> None:
    stored = server.create(patient(tag))
    body = bundle(
        kind,
        entry("POST", "Patient", patient(f"{tag}a")),
        entry("PUT", f"Patient/{stored['id']}", stored | {"active": True}),
        entry("DELETE", f"Patient/{tag}none"),
    )
    headers = {"Prefer": f"return={wish}"} if wish else {}
    told = entries(server.fhir("POST", "", body, headers).json)
    assert ["resource" in one for one in told] == [wish == "representation"] * 2 + [False]
    outcomes = ["outcome" in response(one) for one in told]
    assert outcomes == [wish == "OperationOutcome"] * 3
    assert [str(response(one)["status"])[:3] for one in told] == ["201", "200", "204"]


def test_delete_is_answered_as_preferred(server: Server, tag: str) -> None:
    path = f"Patient/{server.create(patient(tag))['id']}"
    answer = server.fhir("DELETE", path, headers={"Prefer": "return=OperationOutcome"})
    assert answer.status == 200
    assert issue(answer.json)["code"] == "informational"


def test_unknown_parameter_is_refused_or_let_pass_as_preferred(server: Server, tag: str) -> None:
    server.create(patient(tag))
    where = f"Patient?identifier={SYSTEM}|{tag}&nonsense=1"
    assert server.fhir("GET", where).status == 400
    assert server.fhir("GET", where, headers={"Prefer": "handling=strict"}).status == 400
    lenient = server.fhir("GET", where, headers={"Prefer": "handling=lenient"})
    assert lenient.status == 200
    assert "nonsense" in str(lenient.json)


@pytest.mark.parametrize("kind", ["batch", "transaction"])
def test_if_match_holds_inside_bundles(server: Server, tag: str, kind: str) -> None:
    stored = server.create(patient(tag))
    path = f"Patient/{stored['id']}"
    for method, resource in (("PUT", stored | {"active": True}), ("DELETE", None)):
        body = bundle(kind, entry(method, path, resource, ifMatch='W/"9"'))
        answer = server.fhir("POST", "", body)
        status = answer.status
        if kind == "batch":
            status = int(str(response(entries(answer.json)[0])["status"])[:3])
        assert status == 412
    assert server.fhir("GET", path).headers["etag"] == 'W/"1"'


def test_bundle_posted_again_changes_nothing(server: Server, tag: str) -> None:
    body = bundle(
        "transaction",
        entry("POST", "Patient", patient(tag), ifNoneExist=f"identifier={SYSTEM}|{tag}"),
        entry("PUT", f"Patient/{tag}", patient(f"{tag}b", id=tag)),
    )
    statuses = []
    for _ in range(2):
        answer = server.fhir("POST", "", body)
        statuses.append([str(response(one)["status"])[:3] for one in entries(answer.json)])
    assert statuses == [["201", "201"], ["200", "200"]]


def test_capabilities_tell_what_is_served(server: Server) -> None:
    statement = server.fhir("GET", "metadata").json
    rest = statement["rest"]
    assert isinstance(rest, list)
    assert isinstance(rest[0], dict)
    system = {str(one["code"]) for one in rest[0]["interaction"]}  # type: ignore[union-attr, call-overload, index]
    assert {"transaction", "batch", "history-system"} <= system
    told = rest[0]["resource"]
    assert isinstance(told, list)
    for one in told:
        assert isinstance(one, dict)
        codes = {str(row["code"]) for row in one["interaction"]}  # type: ignore[union-attr, call-overload, index]
        assert codes == {
            "read",
            "vread",
            "update",
            "patch",
            "delete",
            "create",
            "search-type",
            "history-instance",
            "history-type",
        }
        assert one["conditionalDelete"] == "single"
    assert "application/json-patch+json" in statement["patchFormat"]  # type: ignore[operator]


WRITES_BY_ID = ("PUT", "PATCH", "DELETE")


@pytest.mark.parametrize("method", WRITES_BY_ID)
def test_criteria_of_a_write_by_id_are_refused(server: Server, tag: str, method: str) -> None:
    stored = server.create(patient(tag))
    path = f"Patient/{stored['id']}"
    change: JsonObject = {"resourceType": "Parameters"}
    body = {"PUT": {**stored, "active": True}, "PATCH": change}.get(method)
    refused = server.fhir(method, f"{path}?identifier=none", body)
    assert refused.status == 400
    assert at(issue(refused.json), "details", "coding", 0, "code") == "unknown-parameter"
    assert "none" not in str(issue(refused.json)["diagnostics"])
    assert server.fhir("GET", path).headers["etag"] == 'W/"1"'
    lenient = {"Prefer": "handling=lenient"}
    assert server.fhir(method, f"{path}?identifier=none", body, lenient).status < 300
    if method != "DELETE":
        taken = f"{path}?_summary=true&_format=json&_pretty=true"
        assert server.fhir(method, taken, body).status == 200


@pytest.mark.parametrize("kind", ["batch", "transaction"])
def test_criteria_of_an_entry_by_id_are_refused(server: Server, tag: str, kind: str) -> None:
    stored = server.create(patient(tag))
    path = f"Patient/{stored['id']}"
    body = bundle(kind, entry("DELETE", f"{path}?identifier=none"))
    answer = server.fhir("POST", "", body)
    status = answer.status if kind == "transaction" else response(entries(answer.json)[0])["status"]
    assert str(status).startswith("400")
    assert server.fhir("GET", path).status == 200
    server.fhir("POST", "", body, {"Prefer": "handling=lenient"})
    assert server.fhir("GET", path).status == 410
