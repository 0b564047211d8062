"""fhirclient, the SMART client for Python, against a running server."""

from typing import cast

import pytest
from fhirclient import client as smart
from fhirclient import server as smart_server
from fhirclient.models.bundle import Bundle
from fhirclient.models.fhirabstractbase import FHIRValidationError
from fhirclient.models.humanname import HumanName
from fhirclient.models.observation import Observation
from fhirclient.models.patient import Patient
from requests.exceptions import HTTPError

from tests.integration.server import Server


@pytest.fixture
def site(server: Server) -> smart_server.FHIRServer:
    made = smart.FHIRClient(settings={"app_id": server.client_id, "api_base": server.base})
    made.prepare()
    made.server.auth.access_token = server.token
    return cast("smart_server.FHIRServer", made.server)


def new_patient(family: str) -> Patient:
    patient = Patient()
    name = HumanName()
    name.family = family
    patient.name = [name]
    return patient


def test_capability_is_read_as_a_model(site: smart_server.FHIRServer) -> None:
    statement = site.capabilityStatement
    assert statement.fhirVersion == "4.0.1"
    assert {"Patient", "Claim"} <= {one.type for one in statement.rest[0].resource}


def test_resource_is_made_read_changed_and_deleted(site: smart_server.FHIRServer, tag: str) -> None:
    patient = new_patient(f"Smart{tag}")
    made = patient.create(site)
    id = made["id"]
    read = Patient.read(id, site)
    assert read.name[0].family == f"Smart{tag}"
    read.active = True
    changed = read.update(site)
    assert changed["meta"]["versionId"] == "2"
    history = Bundle.read_from(f"Patient/{id}/_history", site)
    assert [entry.resource.meta.versionId for entry in history.entry] == ["2", "1"]
    read.delete()
    with pytest.raises(HTTPError) as gone:
        Patient.read(id, site)
    assert "410" in str(gone.value)


def test_search_includes_and_pages(site: smart_server.FHIRServer, tag: str) -> None:
    ids = [new_patient(f"Found{tag}").create(site)["id"] for _ in range(3)]
    observation = Observation(
        {
            "resourceType": "Observation",
            "status": "final",
            "code": {"text": "x"},
            "subject": {"reference": f"Patient/{ids[0]}"},
        }
    )
    observation.create(site)
    search = Patient.where({"family": f"Found{tag}", "_count": "2"})
    assert {one.id for one in search.perform_resources_iter(site)} == set(ids)
    asked = Observation.where({"patient": ids[0], "_include": "Observation:patient"})
    bundle = next(asked.perform_iter(site))
    assert [entry.resource.resource_type for entry in bundle.entry] == ["Observation", "Patient"]


def test_transaction_is_carried_out(site: smart_server.FHIRServer, tag: str) -> None:
    bundle = Bundle(
        {
            "resourceType": "Bundle",
            "type": "transaction",
            "entry": [
                {
                    "resource": new_patient(f"Bundle{tag}").as_json(),
                    "request": {"method": "POST", "url": "Patient"},
                }
            ],
        }
    )
    answer = site.post_json("", bundle.as_json()).json()
    assert [entry["response"]["status"][:3] for entry in answer["entry"]] == ["201"]


def test_refusals_are_told(site: smart_server.FHIRServer, server: Server, tag: str) -> None:
    with pytest.raises(HTTPError) as unknown:
        next(Patient.where({"nonsense": tag}).perform_iter(site))
    assert "400" in str(unknown.value)
    with pytest.raises(FHIRValidationError):
        Patient({"resourceType": "Patient", "active": "yes"})
    site.auth.access_token = "wrong"
    with pytest.raises(smart_server.FHIRUnauthorizedException):
        Patient.read("1", site)
