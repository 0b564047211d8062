"""The system export as a client of the network sees it."""

import gzip
from urllib.parse import quote

import pytest

from fhir_server import worker
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from tests.acceptance.site import Answer
from tests.integration.bulk.practice import patient
from tests.integration.server import Server

ASYNC = {"Prefer": "respond-async"}


def path_of(url: str) -> str:
    """Return an absolute URL of the server as a path."""
    assert url.startswith("http://127.0.0.1:"), url
    return "/" + url.split("/", 3)[3]


def start(server: Server, query: str = "") -> str:
    """Start an export; return the path of its status."""
    answer = server.fhir("GET", f"$export{query}", headers=ASYNC)
    assert answer.status == 202, answer.body
    return path_of(answer.headers["content-location"])


def work(server: Server) -> None:
    """Run the jobs that wait."""
    runtime = server.runtime()
    try:
        while worker.run_one(runtime):
            pass
    finally:
        runtime.store.database.close()


def outputs(manifest: JsonObject) -> dict[str, str]:
    """Return the path of each file by its type."""
    rows = manifest["output"]
    assert isinstance(rows, list)
    return {str(one["type"]): path_of(str(one["url"])) for one in rows if isinstance(one, dict)}


def issue_code(answer: Answer) -> str:
    issue = answer.json["issue"]
    assert isinstance(issue, list)
    assert isinstance(issue[0], dict)
    return str(issue[0]["code"])


def test_export_from_kick_off_to_delete(server: Server, tag: str) -> None:
    server.create(patient(tag))
    place = start(server, "?_type=Patient&_outputFormat=application/fhir%2Bndjson")
    waiting = server.request("GET", place)
    assert (waiting.status, waiting.body) == (202, b"")
    assert waiting.headers["x-progress"]
    assert waiting.headers["retry-after"]

    work(server)
    done = server.request("GET", place, headers={"Accept": "application/json"})
    assert done.status == 200
    assert done.headers["content-type"].startswith("application/json")
    assert str(done.json["request"]).endswith(
        "/fhir/$export?_type=Patient&_outputFormat=application%2Ffhir%2Bndjson"
    )
    assert (done.json["requiresAccessToken"], done.json["error"]) == (True, [])
    file = outputs(done.json)["Patient"]
    plain = server.request("GET", file, headers={"Accept": "application/fhir+ndjson"})
    assert plain.status == 200
    assert plain.headers["content-type"] == "application/fhir+ndjson"
    assert plain.headers["content-length"] == str(len(plain.body))
    packed = server.request("GET", file, headers={"Accept-Encoding": "deflate, gzip"})
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    for got in (plain, packed):
        assert got.headers["vary"] == "Accept-Encoding"
        assert got.headers["cache-control"] == "no-store"
    mine = [one for one in map(decode, plain.body.splitlines()) if tag in str(one.get("name"))]
    assert len(mine) == 1
    served = server.fhir("GET", f"Patient/{mine[0]['id']}")
    assert served.body in plain.body.splitlines()

    removed = server.request("DELETE", place)
    assert removed.status == 202
    for gone in (place, file):
        answer = server.request("GET", gone)
        assert (answer.status, issue_code(answer)) == (404, "not-found")
    assert server.request("DELETE", place).status == 404


def test_kick_off_by_post_with_parameters(server: Server, tag: str) -> None:
    server.create(patient(tag))
    body: JsonObject = {
        "resourceType": "Parameters",
        "parameter": [{"name": "_type", "valueString": "Patient"}],
    }
    answer = server.fhir("POST", "$export", body, headers=ASYNC)
    assert answer.status == 202, answer.body
    work(server)
    done = server.request("GET", path_of(answer.headers["content-location"]))
    assert set(outputs(done.json)) == {"Patient"}


def test_since_is_a_moment_of_the_past(server: Server, tag: str) -> None:
    before = server.create(patient(f"before {tag}"))
    after = server.create(patient(f"after {tag}"))
    since = quote(str(after["meta"]["lastUpdated"]))  # type: ignore[call-overload, index]
    place = start(server, f"?_type=Patient&_since={since}")
    work(server)
    body = server.request("GET", outputs(server.request("GET", place).json)["Patient"]).body
    assert str(after["id"]).encode() in body
    assert str(before["id"]).encode() not in body


@pytest.mark.parametrize(
    ("query", "status", "code"),
    [
        ("?_type=Unicorn", 400, "invalid"),
        ("?_since=yesterday", 400, "invalid"),
        ("?_outputFormat=csv", 400, "invalid"),
        ("?_typeFilter=Patient", 400, "not-supported"),
    ],
)
def test_wrong_parameter_is_refused(server: Server, query: str, status: int, code: str) -> None:
    answer = server.fhir("GET", f"$export{query}", headers=ASYNC)
    assert (answer.status, issue_code(answer)) == (status, code)


def test_without_prefer_or_token_nothing_starts(server: Server) -> None:
    assert server.fhir("GET", "$export").status == 400
    assert server.request("GET", "/fhir/$export", headers=ASYNC, token=None).status == 401


def test_file_and_status_need_the_scopes_of_the_export(server: Server, tag: str) -> None:
    server.create(patient(tag))
    place = start(server, "?_type=Patient")
    work(server)
    file = outputs(server.request("GET", place).json)["Patient"]
    stranger = server.with_scopes("system/Patient.rs")
    for path in (place, file):
        assert stranger.request("GET", path).status == 404
        assert server.request("GET", path, token=None).status == 401
    assert stranger.request("DELETE", place).status == 404
    assert server.request("GET", place).status == 200


def test_narrow_client_exports_what_it_may(server: Server, tag: str) -> None:
    server.create(patient(tag))
    narrow = server.with_scopes("system/Patient.rs")
    assert narrow.fhir("GET", "$export?_type=Observation", headers=ASYNC).status == 403
    place = start(narrow)
    work(server)
    assert set(outputs(narrow.request("GET", place).json)) == {"Patient"}
