"""Histories of resources, types and the system over HTTP."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

import pytest

from fhir_server.model.resource import JsonObject
from tests.integration.http.sample import (
    at,
    bundle,
    entries,
    entry,
    links,
    observation,
    patient,
    response,
)
from tests.integration.inside import inside
from tests.integration.server import Server


@pytest.fixture
def lone(migrated_url: str, tmp_path: Path) -> Iterator[Server]:
    """Return a server whose database holds nothing but what the test stores."""
    with inside(migrated_url, tmp_path) as started:
        yield started


def moment() -> str:
    """Return now as an instant, apart from what was written before and will be after."""
    time.sleep(0.005)
    told = datetime.now(UTC).isoformat().replace("+00:00", "Z")
    time.sleep(0.005)
    return quote(told)


def told(one: JsonObject) -> tuple[object, ...]:
    """Return method, url, status and etag of an entry."""
    request = one["request"]
    assert isinstance(request, dict)
    answer = response(one)
    return request["method"], request["url"], answer["status"], answer["etag"]


def names(answer: JsonObject) -> list[str]:
    """Return `id/version` of each entry."""
    shown = []
    for one in entries(answer):
        id = str(one["fullUrl"]).rpartition("/")[2]
        shown.append(f"{id}/{str(response(one)['etag'])[3:-1]}")
    return shown


def test_history_of_a_type_tells_how_each_version_came_about(lone: Server) -> None:
    lone.fhir("PUT", "Patient/a", patient("a", id="a"))
    b = lone.create(patient("b"))["id"]
    lone.fhir("PUT", "Patient/a", patient("a", id="a", active=True))
    lone.create(observation("Patient/a"))
    lone.fhir("DELETE", "Patient/a")
    answer = lone.fhir("GET", "Patient/_history")
    assert answer.status == 200
    assert answer.json["type"] == "history"
    assert answer.json["total"] == 4
    shown = entries(answer.json)
    assert [told(one) for one in shown] == [
        ("DELETE", "Patient/a", "204 No Content", 'W/"3"'),
        ("PUT", "Patient/a", "200 OK", 'W/"2"'),
        ("POST", "Patient", "201 Created", 'W/"1"'),
        ("POST", "Patient", "201 Created", 'W/"1"'),
    ]
    assert "resource" not in shown[0]
    assert [one["fullUrl"] for one in shown] == [
        f"{lone.base}/Patient/{id}" for id in ("a", "a", b, "a")
    ]
    assert at(shown[1], "resource", "active") is True
    assert all("lastModified" in response(one) for one in shown)
    system = lone.fhir("GET", "_history").json
    assert system["total"] == 5
    assert [told(one)[1] for one in entries(system)][1] == "Observation"
    assert lone.fhir("HEAD", "_history").body == b""


def test_deleted_version_is_gone_and_older_ones_are_kept(server: Server, tag: str) -> None:
    path = f"Patient/{server.create(patient(tag))['id']}"
    server.fhir("DELETE", path)
    assert server.fhir("GET", path).status == 410
    assert server.fhir("GET", f"{path}/_history/2").status == 410
    assert server.fhir("GET", f"{path}/_history/1").status == 200
    assert server.fhir("GET", f"{path}/_history/3").status == 404
    assert len(entries(server.fhir("GET", f"{path}/_history").json)) == 2
    assert server.fhir("GET", f"Patient/{tag}/_history").status == 404
    assert server.fhir("GET", "Nothing/_history").status == 404


@pytest.mark.parametrize("path", ["Patient/_history", "_history"])
def test_pages_neither_repeat_nor_miss_a_version_of_one_moment(lone: Server, path: str) -> None:
    ids = [f"p{number:02}" for number in range(23)]
    put = [entry("PUT", f"Patient/{id}", patient(id, id=id)) for id in ids]
    assert lone.fhir("POST", "", bundle("transaction", *put)).status == 200
    again = [entry("PUT", f"Patient/{id}", patient(id, id=id, active=True)) for id in ids[:12]]
    assert lone.fhir("POST", "", bundle("transaction", *again)).status == 200
    expected = names(lone.fhir("GET", path).json)
    assert sorted(expected) == sorted([f"{id}/1" for id in ids] + [f"{id}/2" for id in ids[:12]])
    seen: list[str] = []
    url = f"/fhir/{path}?_count=4"
    pages = 0
    while url:
        page = lone.request("GET", url).json
        seen += names(page)
        assert ("total" in page) is False
        url = links(page).get("next", "").removeprefix(lone.base[:-5])
        lone.fhir("PUT", f"Patient/{ids[pages]}", patient(ids[pages], id=ids[pages], gender="male"))
        pages += 1
    assert seen == expected
    assert pages == 9


def test_since_and_at_choose_by_time(lone: Server) -> None:
    before = moment()
    lone.fhir("PUT", "Patient/a", patient("a", id="a"))
    lone.fhir("PUT", "Patient/b", patient("b", id="b"))
    first = moment()
    lone.fhir("PUT", "Patient/a", patient("a", id="a", active=True))
    second = moment()
    lone.fhir("DELETE", "Patient/b")
    lone.fhir("PUT", "Patient/c", patient("c", id="c"))
    after = moment()
    for path in ("Patient/_history", "_history"):

        def shown(query: str, path: str = path) -> list[str]:
            return names(lone.fhir("GET", f"{path}?{query}").json)

        assert shown(f"_since={first}") == ["c/1", "b/2", "a/2"]
        assert shown(f"_since={after}") == []
        assert shown(f"_at={before}") == []
        assert shown(f"_at={first}") == ["b/1", "a/1"]
        assert shown(f"_at={second}") == ["a/2", "b/1"]
        assert shown(f"_at={after}") == ["c/1", "b/2", "a/2"]
        assert shown(f"_at={datetime.now(UTC).date()}") == ["c/1", "b/2", "a/2", "b/1", "a/1"]
        assert shown("_at=2001") == []
    own = [names(lone.fhir("GET", f"Patient/a/_history?_at={at}").json) for at in (before, first)]
    assert own == [[], ["a/1"]]
    assert names(lone.fhir("GET", f"Patient/a/_history?_at={after}").json) == ["a/2"]


def test_no_more_is_shown_than_the_token_covers(lone: Server) -> None:
    lone.create(patient("a"))
    lone.create(observation("Patient/a"))
    narrow = lone.with_scopes("system/Observation.rs")
    assert narrow.fhir("GET", "Patient/_history").status == 403
    found = entries(narrow.fhir("GET", "_history").json)
    assert [at(one, "resource", "resourceType") for one in found] == ["Observation"]
    assert lone.with_scopes("system/Patient.c").fhir("GET", "_history").status == 403


@pytest.mark.parametrize(
    "query",
    [
        "_count=x",
        "_since=yesterday",
        "_at=x",
        "_cursor=1",
        "_cursor=1.2.x",
        "_cursor=100000000000000000000.1.1",
        "name=x",
    ],
)
def test_wrong_parameter_is_refused(server: Server, query: str) -> None:
    for path in ("_history", "Patient/_history", "Patient/x/_history"):
        assert server.fhir("GET", f"{path}?{query}").status == 400


@pytest.mark.parametrize("kind", ["batch", "transaction"])
def test_history_inside_a_bundle(server: Server, tag: str, kind: str) -> None:
    path = f"Patient/{server.create(patient(tag))['id']}"
    gets = [entry("GET", f"{one}/_history?_count=1") for one in (path, "Patient")]
    answer = server.fhir("POST", "", bundle(kind, *gets, entry("GET", "_history?_count=1")))
    assert answer.status == 200, answer.body
    for one in entries(answer.json):
        assert response(one)["status"] == "200 OK"
        assert at(one, "resource", "type") == "history"


def test_history_of_the_items_of_a_list(server: Server, tag: str) -> None:
    a, b, c = (str(server.create(patient(f"{tag}{one}"))["id"]) for one in "abc")
    for id in (a, b, c):
        server.fhir("PUT", f"Patient/{id}", patient(tag, id=id, active=True))
    server.fhir("DELETE", f"Patient/{c}")
    items = (f"Patient/{a}", f"{server.base}/Patient/{b}/_history/1", f"Patient/{c}", "Patient/no")
    collected = server.create(
        {
            "resourceType": "List",
            "status": "current",
            "mode": "working",
            "entry": [{"item": {"reference": one}} for one in items],
        }
    )
    where = f"_list={collected['id']}"
    expected = [f"{c}/3", f"{c}/2", f"{a}/2", f"{c}/1", f"{b}/1", f"{a}/1"]
    for path in ("Patient/_history", "_history"):
        assert names(server.fhir("GET", f"{path}?{where}").json) == expected
    first = server.fhir("GET", f"Patient/_history?{where}&_count=4").json
    assert names(first) == expected[:4]
    following = links(first)["next"].removeprefix(server.base[:-5])
    assert names(server.request("GET", following).json) == expected[4:]
    assert names(server.fhir("GET", f"Observation/_history?{where}").json) == []
    assert names(server.fhir("GET", f"Patient/{b}/_history?{where}").json) == [f"{b}/1"]
    assert names(server.fhir("GET", f"Patient/{a}/_history?{where}").json) == [f"{a}/2", f"{a}/1"]
    assert names(server.fhir("GET", f"Patient/_history?_list={tag}").json) == []


@pytest.mark.parametrize("query", ["_list=$current-problems", "_list=a/b", "_count=1&_count=2"])
def test_history_refuses_what_it_cannot_answer(server: Server, query: str) -> None:
    assert server.fhir("GET", f"Patient/_history?{query}").status == 400
