"""Read, vread and history over HTTP."""

from tests.integration.http.sample import at, entries, issue, links, patient, response
from tests.integration.server import Server


def test_read_shows_version_and_moment(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    answer = server.fhir("GET", f"Patient/{stored['id']}")
    assert answer.status == 200
    assert answer.json == stored
    assert answer.headers["etag"] == 'W/"1"'
    assert answer.headers["content-location"].endswith(f"/Patient/{stored['id']}/_history/1")


def test_head_is_read_without_the_body(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    answer = server.fhir("HEAD", f"Patient/{stored['id']}")
    assert (answer.status, answer.body) == (200, b"")
    assert answer.headers["etag"] == 'W/"1"'
    assert int(answer.headers["content-length"]) > 100


def test_unknown_resource_is_not_found(server: Server, tag: str) -> None:
    answer = server.fhir("GET", f"Patient/{tag}")
    assert answer.status == 404
    assert issue(answer.json)["code"] == "not-found"


def test_client_that_has_the_version_gets_no_body(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    path = f"Patient/{stored['id']}"
    known = server.fhir("GET", path, headers={"If-None-Match": 'W/"1"'})
    assert (known.status, known.body) == (304, b"")
    assert known.headers["etag"] == 'W/"1"'
    assert server.fhir("GET", path, headers={"If-None-Match": 'W/"2"'}).status == 200
    since = server.fhir("GET", path).headers["last-modified"]
    assert server.fhir("GET", path, headers={"If-Modified-Since": since}).status == 304
    early = {"If-Modified-Since": "Mon, 01 Jan 2001 00:00:00 GMT"}
    assert server.fhir("GET", path, headers=early).status == 200
    assert server.fhir("GET", path, headers={"If-Modified-Since": "soon"}).status == 200


def test_vread_shows_what_was(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    path = f"Patient/{stored['id']}"
    server.fhir("PUT", path, stored | {"active": True})
    assert server.fhir("GET", f"{path}/_history/1").json == stored
    assert server.fhir("GET", f"{path}/_history/2").json["active"] is True
    assert server.fhir("GET", f"{path}/_history/3").status == 404
    assert server.fhir("GET", f"{path}/_history/x").status == 404


def test_history_tells_every_version_newest_first(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    path = f"Patient/{stored['id']}"
    server.fhir("PUT", path, stored | {"active": True})
    server.fhir("DELETE", path)
    told = server.fhir("GET", f"{path}/_history").json
    assert (told["type"], told["total"]) == ("history", 3)
    found = entries(told)
    assert [at(one, "request", "method") for one in found] == ["DELETE", "PUT", "POST"]
    assert [response(one)["etag"] for one in found] == ['W/"3"', 'W/"2"', 'W/"1"']
    assert "resource" not in found[0]
    assert found[2]["resource"] == stored


def test_history_comes_in_pages(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    path = f"Patient/{stored['id']}"
    for number in range(4):
        server.fhir("PUT", path, stored | {"birthDate": f"198{number}"})
    seen: list[object] = []
    query: str | None = f"{path}/_history?_count=2"
    while query:
        page = server.fhir("GET", query).json
        seen += [response(one)["etag"] for one in entries(page)]
        following = links(page).get("next")
        query = following.split("/fhir/", 1)[1] if following else None
    assert seen == [f'W/"{number}"' for number in (5, 4, 3, 2, 1)]


def test_history_since_a_moment(server: Server, tag: str) -> None:
    stored = server.create(patient(tag))
    path = f"Patient/{stored['id']}"
    second = server.fhir("PUT", path, stored | {"active": True}).json
    moment = at(second, "meta", "lastUpdated")
    assert len(entries(server.fhir("GET", f"{path}/_history?_since={moment}").json)) == 1
    assert not entries(server.fhir("GET", f"{path}/_history?_since=2100-01-01").json)
    assert server.fhir("GET", f"{path}/_history?_since=yesterday").status == 400
    assert server.fhir("GET", f"{path}/_history?_sinse=2020").status == 400
    assert server.fhir("GET", f"Patient/{tag}/_history").status == 404
