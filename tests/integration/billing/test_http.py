"""Claims and X12 files over real sockets: $x12, $submit, $scrub, POST /x12 and its exchange."""

import json
from base64 import b64decode

import pytest

from fhir_server.model.resource import JsonObject
from mappers.path import read
from mappers.x12.check import check
from tests.acceptance.claims import intake, professional_claim
from tests.acceptance.site import Answer
from tests.integration.server import Server
from tests.unit.mappers.fhir_x12.remit import PAID, remit

EDI = {"Content-Type": "application/edi-x12"}
PARTNER = {
    "name": "Cascade Health Plan",
    "own": {"id": "PARITY"},
    "other": {"id": "CHP01"},
    "transport": {"inbox": "cascade/inbox", "outbox": "cascade/outbox"},
    "payer_ids": ["CHP01"],
}


@pytest.fixture
def claim(server: Server, tag: str) -> JsonObject:
    """Return a draft claim of this test, its patient, plan and partner stored."""
    stored = server.fhir("POST", "", intake())
    assert stored.status == 200, stored.body
    body = json.dumps(PARTNER).encode()
    sent = {"Content-Type": "application/json"}
    assert server.request("PUT", "/api/partners/cascade", body, sent).status == 200
    return server.create(professional_claim(tag[:12].upper()))


def expressions(answer: Answer) -> set[object]:
    return set(read(answer.json, "issue.expression"))


def test_claim_is_shown_as_a_binary_and_as_text(server: Server, claim: JsonObject) -> None:
    path = f"Claim/{claim['id']}/$x12"
    binary = server.fhir("GET", path)
    assert binary.status == 200, binary.body
    assert (binary.json["resourceType"], binary.json["contentType"]) == (
        "Binary",
        EDI["Content-Type"],
    )
    text = server.fhir("GET", path, headers={"Accept": EDI["Content-Type"]})
    assert text.headers["content-type"].startswith(EDI["Content-Type"])
    for data in (b64decode(str(binary.json["data"])), text.body):
        assert check(data, "").verdict == "accepted"
    assert server.fhir("GET", f"Claim/{claim['id']}").json == claim


def test_claim_is_submitted_once(server: Server, claim: JsonObject) -> None:
    path = f"Claim/{claim['id']}/$submit"
    first = server.fhir("POST", path)
    assert first.status == 200, first.body
    assert read(first.json, "extension.valueCode") == ["ready"]
    assert first.headers["etag"] == 'W/"2"'
    second = server.fhir("POST", path)
    assert second.status == 409
    assert "ready" in str(read(second.json, "issue.diagnostics")[0])
    found = server.search("Claim", _id=str(claim["id"]), state="ready")
    assert [one["id"] for one in found] == [claim["id"]]


def test_missing_data_is_an_outcome_that_names_the_paths(server: Server, claim: JsonObject) -> None:
    id = str(claim["id"])
    changed = {name: value for name, value in claim.items() if name != "diagnosis"}
    assert server.fhir("PUT", f"Claim/{id}", changed | {"provider": {"display": "?"}}).status == 200
    for method, operation, status in (
        ("GET", "x12", 422),
        ("POST", "submit", 422),
        ("GET", "scrub", 200),
    ):
        answer = server.fhir(method, f"Claim/{id}/${operation}")
        assert answer.status == status, answer.body
        assert {"Claim.diagnosis", "Claim.provider"} <= expressions(answer)
    assert "extension" not in server.fhir("GET", f"Claim/{id}").json


def test_sound_claim_has_nothing_to_scrub(server: Server, claim: JsonObject) -> None:
    answer = server.fhir("GET", f"Claim/{claim['id']}/$scrub")
    assert read(answer.json, "issue.severity") == ["information"]


def test_client_cannot_write_the_state(server: Server, claim: JsonObject) -> None:
    id = str(claim["id"])
    url = "https://parity.example/fhir/StructureDefinition/claim-state"
    paid = claim | {"extension": [{"url": url, "valueCode": "paid"}]}
    answer = server.fhir("PUT", f"Claim/{id}", paid)
    assert answer.status == 200, answer.body
    assert "extension" not in answer.json
    assert server.fhir("POST", f"Claim/{id}/$submit").status == 200
    now = server.fhir("GET", f"Claim/{id}").json
    assert read(now, "extension.valueCode") == ["ready"]
    left_out = {name: value for name, value in now.items() if name != "extension"}
    kept = server.fhir("PUT", f"Claim/{id}", left_out | {"created": "2026-11-04"})
    assert read(kept.json, "extension.valueCode") == ["ready"]


def test_remittance_is_answered_and_found_again(
    server: Server, claim: JsonObject, tag: str
) -> None:
    id, number = str(claim["id"]), tag[:12].upper()
    assert server.fhir("POST", f"Claim/{id}/$submit").status == 200
    data = remit(PAID.replace("CASE1", number), "92.5", trace=tag[:20])
    answer = server.request("POST", "/x12", data, EDI)
    assert answer.status == 200, answer.body
    assert b"*A*1*1*1~" in answer.body
    place = answer.headers["location"].split("/", 3)[3]
    assert server.request("GET", f"/{place}").body == data
    told = server.request("GET", f"/{place}", headers={"Accept": "application/json"}).json
    assert (told["state"], told["verdict"]) == ("applied", "accepted")
    assert f"Claim/{id}" in read(told, "resources")
    again = server.request("POST", "/x12", data, EDI)
    assert (again.body, again.headers["location"]) == (answer.body, answer.headers["location"])
    found = server.search("ClaimResponse", request=f"Claim/{id}", outcome="complete")
    assert len(found) == 1
    assert server.search("Claim", _id=id, state="paid")


def test_nonsense_is_kept_and_told(server: Server, tag: str) -> None:
    answer = server.request("POST", "/x12", f"noise {tag}".encode(), EDI)
    assert answer.status == 200
    assert answer.body == b""
    place = answer.headers["location"].split("/", 3)[3]
    told = server.request("GET", f"/{place}", headers={"Accept": "application/json"}).json
    assert (told["state"], told["verdict"]) == ("set-aside", "rejected")
    assert server.request("GET", f"/{place}").body == f"noise {tag}".encode()


@pytest.mark.parametrize("id", ["0", "x", "9" * 30, "-1"])
def test_unknown_exchange_is_not_found(server: Server, id: str) -> None:
    assert server.request("GET", f"/x12/exchanges/{id}").status == 404


def test_x12_needs_a_token_with_the_scopes(server: Server) -> None:
    assert server.request("POST", "/x12", b"ISA", EDI, token=None).status == 401
    reader = server.with_scopes("system/Claim.rs")
    assert reader.request("POST", "/x12", b"ISA", EDI).status == 403
    assert reader.fhir("POST", "Claim/any/$submit").status == 403


def test_other_media_types_are_refused(server: Server) -> None:
    assert server.request("POST", "/x12", b"{}", {"Content-Type": "image/png"}).status == 415


def test_what_stands_of_a_claim_is_explained(server: Server, claim: JsonObject, tag: str) -> None:
    id, number = str(claim["id"]), tag[:12].upper()
    assert server.fhir("GET", f"Claim/{id}/$eob").status == 404
    assert server.fhir("POST", f"Claim/{id}/$submit").status == 200
    data = remit(
        PAID.replace("CASE1", number), "92.5", trace=f"E{tag[:18]}", control=int(tag[:7], 16)
    )
    assert server.request("POST", "/x12", data, EDI).status == 200
    told = server.fhir("GET", f"Claim/{id}/$eob").json
    assert told["resourceType"] == "ExplanationOfBenefit"
    assert read(told, "claim.reference") == [f"Claim/{id}"]


def test_payment_is_linked_over_http(server: Server, claim: JsonObject, tag: str) -> None:
    id, number = str(claim["id"]), f"Z{tag[:11].upper()}"
    assert server.fhir("POST", f"Claim/{id}/$submit").status == 200
    data = remit(
        PAID.replace("CASE1", number).replace("P77", number),
        "92.5",
        trace=f"L{tag[:18]}",
        control=int(tag[:7], 16),
    )
    assert server.request("POST", "/x12", data, EDI).status == 200
    (response,) = server.search("ClaimResponse", identifier=number)
    place = f"ClaimResponse/{response['id']}/$link"
    assert server.fhir("POST", place).status == 400
    assert server.fhir("POST", f"{place}?claim=Claim/{id}").status == 200
    assert server.search("Claim", _id=id, state="paid")
    assert server.fhir("POST", f"{place}?claim=Claim/{id}").status == 409


def test_eligibility_and_status_are_asked_of_a_partner_over_http(
    server: Server, claim: JsonObject
) -> None:
    coverage = read(claim, "insurance.coverage.reference")[0]
    lacking = server.fhir("POST", f"{coverage}/$check-eligibility")
    assert lacking.status == 422
    assert "Patient.managingOrganization" in expressions(lacking)
    provider = read(claim, "provider.reference")[0]
    queued = server.fhir("POST", f"{coverage}/$check-eligibility?provider={provider}")
    assert (queued.status, queued.json["outcome"]) == (200, "queued"), queued.body
    request = read(queued.json, "request.reference")[0]
    assert server.fhir("POST", f"{request}/$submit").json["outcome"] == "queued"
    many = server.fhir(
        "POST", f"Coverage/$check-eligibility?provider={provider}&coverage={coverage}"
    )
    assert read(many.json, "entry.resource.outcome") == ["queued"]
    id = str(claim["id"])
    assert server.fhir("POST", f"Claim/{id}/$status").json["status"] == "requested"
    assert server.fhir("POST", "Claim/$status").status == 400
    asked = server.fhir("POST", f"Claim/$status?claim=Claim/{id}")
    assert read(asked.json, "entry.resource.status") == ["requested"]
