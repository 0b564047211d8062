"""`_explain`: the plan of a search, and why a resource is in it or not."""

import pytest

from tests.integration.http.sample import SYSTEM, at, issue, objects, observation, patient
from tests.integration.server import Server


def named(parameters: object, name: str) -> list[dict[str, object]]:
    assert isinstance(parameters, list)
    return [one for one in parameters if one["name"] == name]


def test_search_is_explained(server: Server, tag: str) -> None:
    server.create(patient(tag))
    path = f"Patient?identifier={SYSTEM}%7C{tag}&gender=female&_sort=birthdate&_explain=true"
    answer = server.fhir("GET", path)
    assert answer.status == 200
    told = objects(answer.json, "parameter")
    assert named(told, "query")[0]["valueString"] == (
        f"Patients whose identifier is {SYSTEM}|{tag} and whose gender is female, by birthdate"
    )
    assert "SELECT" in str(named(told, "statement")[0]["valueString"])
    assert named(told, "step")
    assert "ix_eq" in "".join(str(one["valueString"]) for one in named(told, "index"))
    found = [
        at(one, "part", 2, "valueInteger")
        for one in objects(answer.json, "parameter")
        if one["name"] == "criterion"
    ]
    assert found[0] == 1
    assert tag not in str(named(told, "statement")[0])


def test_resource_is_told_why_it_does_not_match(server: Server, tag: str) -> None:
    id = server.create(patient(tag))["id"]
    for value, meets in (("female", True), ("male", False)):
        answer = server.fhir("GET", f"Patient?gender={value}&_explain=Patient/{id}")
        (criterion,) = named(objects(answer.json, "parameter"), "criterion")
        part = criterion["part"]
        assert named(part, "meets")[0]["valueBoolean"] is meets
        assert named(part, "held")[0]["valueString"] == '"female"'
        (resource,) = named(objects(answer.json, "parameter"), "resource")
        assert named(resource["part"], "matches")[0]["valueBoolean"] is meets


def test_hidden_deleted_and_unknown_are_told_alike(server: Server, tag: str) -> None:
    id = str(server.create(patient(tag))["id"])
    server.fhir("DELETE", f"Patient/{id}")
    for one in (id, "never-was"):
        answer = server.fhir("GET", f"Patient?gender=female&_explain={one}")
        (resource,) = named(objects(answer.json, "parameter"), "resource")
        assert [part["name"] for part in resource["part"]] == ["id", "visible"]  # type: ignore[attr-defined]
        (criterion,) = named(objects(answer.json, "parameter"), "criterion")
        assert not named(criterion["part"], "meets")


def test_whole_search_decides_what_matches(server: Server, tag: str) -> None:
    patient_id = server.create(patient(tag))["id"]
    id = server.create(observation("Patient/other"))["id"]
    for path in (f"Patient/{patient_id}/Observation", f"Patient/{patient_id}/*"):
        answer = server.fhir("GET", f"{path}?_explain={id}")
        assert answer.status == 200, answer.body
        told = objects(answer.json, "parameter")
        assert f"in the compartment of Patient/{patient_id}" in str(named(told, "query"))
        (resource,) = named(told, "resource")
        assert named(resource["part"], "matches")[0]["valueBoolean"] is False


def test_types_and_rendering_are_no_criteria(server: Server, tag: str) -> None:
    id = server.create(patient(tag, gender="other"))["id"]
    path = f"?_type=Patient,Person&gender=other&_pretty=true&_contained=false&_explain={id}"
    answer = server.fhir("GET", path)
    assert answer.status == 200, answer.body
    told = objects(answer.json, "parameter")
    (criterion,) = named(told, "criterion")
    assert named(criterion["part"], "meets")[0]["valueBoolean"] is True
    (resource,) = named(told, "resource")
    assert named(resource["part"], "matches")[0]["valueBoolean"] is True


@pytest.mark.parametrize("value", ["", "Claim/1"])
def test_odd_explain_is_refused(server: Server, value: str) -> None:
    refused = server.fhir("GET", f"Patient?_explain={value}")
    assert refused.status == 400
    assert issue(refused.json)["code"] == "invalid"
