"""Search parameters of a site's own over HTTP: from POST to search, and the state between."""

import json
import time
from typing import cast

import pytest

from fhir_server.model.resource import JsonObject
from fhir_server.worker import run_one
from tests.integration.server import Server

URL = "http://example.org/fhir/StructureDefinition/shoe"


def parameter(tag: str, **members: object) -> JsonObject:
    found = {
        "resourceType": "SearchParameter",
        "url": f"http://example.org/fhir/SearchParameter/{tag}",
        "name": "Shoe",
        "status": "active",
        "description": "The shoe size.",
        "code": f"shoe{tag}",
        "base": ["Practitioner"],
        "type": "string",
        "expression": f"Practitioner.extension.where(url='{URL}').value",
    }
    return cast("JsonObject", found | members)


def practitioner(shoe: str) -> JsonObject:
    return {
        "resourceType": "Practitioner",
        "extension": [{"url": URL, "valueString": shoe}],
    }


def work(server: Server) -> None:
    runtime = server.runtime()
    while run_one(runtime):
        pass
    runtime.store.database.close()


def codes(server: Server, type: str) -> set[object]:
    (rest,) = json.loads(server.fhir("GET", "metadata").body)["rest"]
    (resource,) = [one for one in rest["resource"] if one["type"] == type]
    return {one["name"] for one in resource["searchParam"]}


def test_parameter_is_searched_by_once_it_is_ready(server: Server, tag: str) -> None:
    stored = server.create(practitioner(tag))
    answer = server.fhir("POST", "SearchParameter", parameter(tag))
    assert answer.status == 201
    query = f"Practitioner?shoe{tag}={tag}"
    refused = server.fhir("GET", query)
    assert refused.status == 409
    issue = json.loads(refused.body)["issue"][0]
    place = "$reindex-status?job=" + str(issue["diagnostics"]).partition("?job=")[2]
    assert issue["details"]["coding"][0]["code"] == "parameter-not-ready"
    assert "queued" in issue["diagnostics"]
    assert f"shoe{tag}" not in codes(server, "Practitioner")
    waiting = server.fhir("GET", place)
    assert (waiting.status, waiting.headers["x-progress"]) == (202, "waiting")
    work(server)
    done = server.fhir("GET", place)
    assert done.status == 200
    counts = {one["name"]: one for one in json.loads(done.body)["parameter"]}
    assert counts["total"] == counts["processed"] | {"name": "total"}
    found = server.search("Practitioner", **{f"shoe{tag}": tag})
    assert [one["id"] for one in found] == [stored["id"]]
    time.sleep(1.1)
    assert f"shoe{tag}" in codes(server, "Practitioner")


def test_parameter_that_cannot_work_is_refused_with_its_place(server: Server, tag: str) -> None:
    answer = server.fhir(
        "POST", "SearchParameter", parameter(tag, expression="Practitioner.name.nonsense")
    )
    assert answer.status == 422
    issue = json.loads(answer.body)["issue"][0]
    assert issue["expression"] == ["SearchParameter.expression"]
    assert "character 19" in issue["diagnostics"]


def test_parameter_in_a_transaction_is_ready_like_any_other(server: Server, tag: str) -> None:
    entries = [
        {"resource": resource, "request": {"method": "POST", "url": resource["resourceType"]}}
        for resource in (practitioner(tag), parameter(tag))
    ]
    bundle = {"resourceType": "Bundle", "type": "transaction", "entry": entries}
    assert server.fhir("POST", "", cast("JsonObject", bundle)).status == 200
    later = server.create(practitioner(tag))
    work(server)
    found = server.search("Practitioner", **{f"shoe{tag}": tag})
    assert len(found) == 2
    assert found[0]["id"] == later["id"]


@pytest.mark.parametrize("level", ["", "Practitioner/", "Practitioner/{id}/"])
def test_reindex_answers_with_the_place_of_its_state(server: Server, level: str) -> None:
    id = server.create(practitioner("x"))["id"]
    answer = server.fhir("POST", f"{level.format(id=id)}$reindex")
    assert answer.status == 202
    place = answer.headers["content-location"].removeprefix(server.base + "/")
    assert server.fhir("GET", place).status == 202
    work(server)
    done = server.fhir("GET", place)
    assert done.status == 200
    counts = {one["name"]: one.get("valueInteger") for one in json.loads(done.body)["parameter"]}
    assert counts["processed"] == counts["total"]
    assert counts["changed"] == 0


def test_reindex_is_refused_where_it_may_not_be(server: Server) -> None:
    assert server.fhir("POST", "Practitioner/nobody/$reindex").status == 404
    assert server.fhir("GET", "$reindex").status == 405
    assert server.fhir("GET", "$reindex-status?job=1").status == 404
    reader = server.with_scopes("system/*.rs")
    assert reader.fhir("POST", "$reindex").status == 403
    assert reader.fhir("POST", "Practitioner/$reindex").status == 403
    answer = server.fhir("POST", "$reindex")
    place = answer.headers["content-location"].removeprefix(server.base + "/")
    assert server.fhir("DELETE", place).status == 202
    assert server.fhir("GET", place).status == 404
