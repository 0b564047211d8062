"""fhirpy, a client for Python, against a running server."""

import pytest
from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import (
    AuthorizationError,
    MultipleResourcesFound,
    OperationOutcome,
    ResourceNotFound,
)

from tests.integration.server import Server


def client_of(server: Server, body_type: str = "application/fhir+json") -> SyncFHIRClient:
    headers = {"Content-Type": body_type}
    return SyncFHIRClient(server.base, f"Bearer {server.token}", extra_headers=headers)


@pytest.fixture
def client(server: Server) -> SyncFHIRClient:
    return client_of(server)


def test_capability_names_the_version(client: SyncFHIRClient) -> None:
    statement = client.execute("metadata", method="get")
    assert (statement["resourceType"], statement["fhirVersion"]) == ("CapabilityStatement", "4.0.1")


def test_resource_is_made_read_changed_patched_and_deleted(
    client: SyncFHIRClient, server: Server, tag: str
) -> None:
    patient = client.resource("Patient", name=[{"family": f"Py{tag}"}], active=True)
    patient.save()
    assert patient["meta"]["versionId"] == "1"
    patient["birthDate"] = "1980-01-01"
    patient.save()
    assert patient["meta"]["versionId"] == "2"
    reference = client.reference("Patient", patient.id)
    assert reference.to_resource()["birthDate"] == "1980-01-01"
    patching = client_of(server, "application/json-patch+json")
    operations = [{"op": "replace", "path": "/active", "value": False}]
    patching.execute(f"Patient/{patient.id}", method="patch", data=operations)  # type: ignore[arg-type]
    assert client.get("Patient", patient.id)["active"] is False
    history = client.execute(f"Patient/{patient.id}/_history", method="get")
    assert [entry["resource"]["meta"]["versionId"] for entry in history["entry"]] == ["3", "2", "1"]
    patient.delete()  # type: ignore[no-untyped-call]
    with pytest.raises(ResourceNotFound):
        client.get("Patient", patient.id)


def test_search_pages_counts_and_includes(client: SyncFHIRClient, tag: str) -> None:
    patients = [
        client.resource("Patient", name=[{"family": f"Page{tag}"}]).create()  # type: ignore[no-untyped-call]
        for _ in range(5)
    ]
    subject = patients[0].to_reference()
    client.resource("Observation", status="final", code={"text": "x"}, subject=subject).create()  # type: ignore[no-untyped-call]
    found = client.resources("Patient").search(family=f"Page{tag}").limit(2)
    assert {one.id for one in found.fetch_all()} == {one.id for one in patients}
    assert len(found.fetch()) == 2
    counted = client.resources("Patient").search(family=f"Page{tag}", _total="accurate")
    assert counted.fetch_raw().total == 5
    observations = client.resources("Observation").search(patient=patients[0].id)
    bundle = observations.include("Observation", "patient").fetch_raw()
    assert [entry["resource"]["resourceType"] for entry in bundle.entry] == [
        "Observation",
        "Patient",
    ]
    with pytest.raises(MultipleResourcesFound):
        client.resources("Patient").search(family=f"Page{tag}").get()


def test_conditional_update_and_transaction(client: SyncFHIRClient, tag: str) -> None:
    identifier = {"system": "urn:py", "value": tag}
    searched = client.resources("Patient").search(identifier=f"urn:py|{tag}")
    body = client.resource("Patient", identifier=[identifier])
    first, is_new = searched.update(body)
    again, is_new_again = searched.update(body)
    assert (is_new, is_new_again, first.id) == (True, False, again.id)
    answer = client.execute(
        "",
        method="post",
        data={
            "resourceType": "Bundle",
            "type": "transaction",
            "entry": [
                {
                    "resource": {"resourceType": "Organization", "name": tag},
                    "request": {"method": "POST", "url": "Organization"},
                },
                {"request": {"method": "DELETE", "url": f"Patient/{first.id}"}},
            ],
        },
    )
    statuses = [entry["response"]["status"][:3] for entry in answer["entry"]]
    assert statuses == ["201", "204"]


def test_errors_are_told_as_operation_outcomes(
    client: SyncFHIRClient, server: Server, tag: str
) -> None:
    with pytest.raises(OperationOutcome) as invalid:
        client.resource("Patient", birthDate="not a date").create()  # type: ignore[no-untyped-call]
    assert "birthDate" in str(invalid.value)
    with pytest.raises(OperationOutcome):
        client.resources("Patient").search(nonsense=tag).fetch()
    with pytest.raises(AuthorizationError):
        SyncFHIRClient(server.base, authorization="Bearer wrong").get("Patient", "1")
