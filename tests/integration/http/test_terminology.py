"""Terminology in searches over HTTP: what is not loaded has one answer, whoever asks for it."""

import pytest

from fhir_server.model.resource import JsonObject
from tests.integration.http.sample import entries, issue
from tests.integration.server import Server
from tests.unit.fhir_server.terminology.sample import filtering, including, system, value_set

SNOMED = "http://snomed.info/sct"


def observation(tag: str, code: str) -> JsonObject:
    coding: JsonObject = {"coding": [{"system": f"urn:{tag}", "code": code}]}
    return {"resourceType": "Observation", "status": "final", "code": coding}


def found(server: Server, path: str) -> list[str]:
    answer = server.fhir("GET", path)
    assert answer.status == 200, answer.body
    resources = [one["resource"] for one in entries(answer.json)]
    return [str(one["id"]) for one in resources if isinstance(one, dict)]


def test_stored_value_set_is_searched_and_changed(server: Server, tag: str) -> None:
    url = f"http://example.org/{tag}"
    server.create(system({"code": "a"}, {"code": "b"}, url=f"urn:{tag}"))
    stored = server.create(value_set(url, including("a", system=f"urn:{tag}")))
    a, b = (str(server.create(observation(tag, code))["id"]) for code in "ab")
    assert found(server, f"Observation?code:in={url}") == [a]
    assert found(server, f"Observation?code:in=ValueSet/{stored['id']}") == [a]
    assert found(server, f"Observation?code:in={server.base}/ValueSet/{stored['id']}") == [a]
    assert found(server, f"Observation?code:not-in={url}&code=urn:{tag}%7C") == [b]
    changed = {**value_set(url, including(system=f"urn:{tag}")), "id": stored["id"]}
    assert server.fhir("PUT", f"ValueSet/{stored['id']}", changed).status == 200
    assert found(server, f"Observation?code:in={url}") == [b, a]


@pytest.mark.parametrize(
    "path",
    [
        f"Observation?code:below={SNOMED}%7C1",
        f"Observation?code:above={SNOMED}%7C1",
        f"Observation?code:in={SNOMED}?fhir_vs",
        f"Condition?code:in={SNOMED}?fhir_vs=isa/1",
        "Condition?code:in=http://hl7.org/fhir/ValueSet/condition-code",
        "Condition?code:not-in=http://hl7.org/fhir/ValueSet/condition-code",
    ],
)
@pytest.mark.parametrize("handling", ["strict", "lenient"])
def test_system_that_is_not_loaded_has_one_answer(server: Server, path: str, handling: str) -> None:
    answer = server.fhir("GET", path, headers={"Prefer": f"handling={handling}"})
    assert answer.status == 404
    assert issue(answer.json)["code"] == "not-found"
    assert SNOMED in str(issue(answer.json)["diagnostics"])
    assert "terminology-not-loaded" in str(issue(answer.json)["details"])


def test_value_set_that_is_not_known_is_named(server: Server, tag: str) -> None:
    for wanted in (f"http://example.org/{tag}", f"ValueSet/{tag}"):
        answer = server.fhir("GET", f"Observation?code:in={wanted}")
        assert answer.status == 404
        assert issue(answer.json)["code"] == "not-found"


def test_value_set_that_includes_itself_is_refused(server: Server, tag: str) -> None:
    url = f"http://example.org/{tag}"
    server.create(value_set(url, {"valueSet": [url]}))
    answer = server.fhir("GET", f"Observation?code:in={url}")
    assert answer.status == 422
    assert "value-set-not-usable" in str(issue(answer.json)["details"])


def test_filter_that_cannot_be_answered_is_refused(server: Server, tag: str) -> None:
    url = f"http://example.org/{tag}"
    server.create(system({"code": "a"}))
    server.create(value_set(url, filtering(("wings", "=", "2"))))
    assert server.fhir("GET", f"Observation?code:in={url}").status == 422


def test_too_many_codes_have_a_clear_answer(server: Server, tag: str) -> None:
    url = f"http://example.org/{tag}"
    codes = [f"c{number}" for number in range(10_001)]
    server.create(value_set(url, including(*codes)))
    answer = server.fhir("GET", f"Observation?code:in={url}")
    assert answer.status == 422
    assert issue(answer.json)["code"] == "too-costly"
    assert "10000" in str(issue(answer.json)["diagnostics"])


def test_conditional_create_by_a_value_set(server: Server, tag: str) -> None:
    url = f"http://example.org/{tag}"
    server.create(value_set(url, including("a", system=f"urn:{tag}")))
    condition = {"If-None-Exist": f"code:in={url}"}
    assert server.fhir("POST", "Observation", observation(tag, "a"), condition).status == 201
    assert server.fhir("POST", "Observation", observation(tag, "a"), condition).status == 200


def test_search_in_a_bundle_by_a_value_set(server: Server, tag: str) -> None:
    url = f"http://example.org/{tag}"
    server.create(value_set(url, including("a", system=f"urn:{tag}")))
    server.create(observation(tag, "a"))
    for kind in ("batch", "transaction"):
        entry: JsonObject = {"request": {"method": "GET", "url": f"Observation?code:in={url}"}}
        bundle: JsonObject = {"resourceType": "Bundle", "type": kind, "entry": [entry]}
        answer = server.fhir("POST", "", bundle)
        assert answer.status == 200, answer.body
        assert tag in str(entries(answer.json)[0]["resource"])
