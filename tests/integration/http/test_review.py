"""Claim/$submit and Claim/$inquire over HTTP: what is refused, and where they are listed."""

import json

import pytest

from mappers.path import read
from tests.integration.server import Server
from tests.unit.mappers.fhir_x12.reviews import inquiry, therapy


@pytest.mark.parametrize("operation", ["submit", "inquire"])
def test_what_cannot_be_asked_is_refused_with_its_place(server: Server, operation: str) -> None:
    path = f"Claim/${operation}"
    bundle = therapy() if operation == "submit" else inquiry()
    text = json.dumps(bundle).replace('"CHP01"', f'"NOBODY-{operation}"')
    unknown = server.fhir("POST", path, json.loads(text))
    assert unknown.status == 422, unknown.body
    assert read(unknown.json, "issue.details.coding.code") == ["no-partner"]
    assert read(unknown.json, "issue.expression") == ["Bundle.entry[0].resource.insurer"]
    broken = server.fhir("POST", path, bundle | {"type": "batch"})
    assert broken.status == 422, broken.body
    assert "Bundle.type" in read(broken.json, "issue.expression")
    other = server.fhir("POST", path, {"resourceType": "Patient"})
    assert other.status == 400, other.body
    assert server.fhir("GET", path).status == 405


def test_operations_are_listed_with_their_definitions(server: Server) -> None:
    statement = server.fhir("GET", "metadata").json
    (claim,) = [one for one in read(statement, "rest.resource") if read(one, "type") == ["Claim"]]
    listed = {
        (read(one, "name")[0], read(one, "definition")[0]) for one in read(claim, "operation")
    }
    base = "http://hl7.org/fhir/us/davinci-pas/OperationDefinition"
    assert {("submit", f"{base}/Claim-submit"), ("inquire", f"{base}/Claim-inquiry")} <= listed
