"""HL7 v2 over HTTP, on both databases."""

import pytest

from hl7.acknowledgment import read_receipt
from tests.integration.intake.message import message, result
from tests.integration.server import Server

HL7_V2 = "application/hl7-v2+er7"


def patient_of(tag: str) -> str:
    return f"PID|1||{tag}^^^TESTLAB^MR||Quill^Nora"


@pytest.mark.parametrize("media_type", [HL7_V2, "x-application/hl7-v2+er7"])
def test_message_is_taken_and_acknowledged(server: Server, tag: str, media_type: str) -> None:
    data = result(f"C{tag}", "F", patient=patient_of(tag), order=tag)
    answer = server.request("POST", "/v2", data, {"Content-Type": media_type})
    assert (answer.status, answer.headers["content-type"]) == (200, media_type)
    assert read_receipt(answer.body).code == "AA"
    assert answer.headers["x-exchange-state"] == "applied"
    system = "https://parity.example/fhir/sid/default/TESTLAB"
    assert len(server.search("Patient", identifier=f"{system}|{tag}")) == 1
    again = server.request("POST", "/v2", data, {"Content-Type": media_type})
    assert again.body == answer.body
    assert again.headers["location"] == answer.headers["location"]


def test_refusal_is_answered_with_its_acknowledgment(server: Server, tag: str) -> None:
    for data, code, state in (
        (message("ORU^R01", tag, patient_of(tag)), "AE", "map_error"),
        (message("SIU^S99", tag), "AR", "rejected"),
        (b"garbage", "AR", "parse_error"),
    ):
        answer = server.request("POST", "/v2", data, {"Content-Type": HL7_V2})
        assert answer.status == 200
        assert read_receipt(answer.body).code == code
        assert answer.headers["x-exchange-state"] == state


def test_exchange_can_be_read_again(server: Server, tag: str) -> None:
    data = result(f"C{tag}", "F", patient=patient_of(tag), order=tag) + b"ZDS|1\r"
    posted = server.request("POST", "/v2", data, {"Content-Type": HL7_V2})
    path = posted.headers["location"].partition("/v2/")[2]
    shown = server.request("GET", f"/v2/{path}")
    assert (shown.status, shown.headers["content-type"], shown.body) == (200, HL7_V2, data)
    told = server.request("GET", f"/v2/{path}", headers={"Accept": "application/json"}).json
    assert (told["state"], told["kind"], told["control"]) == ("applied", "ORU^R01", f"C{tag}")
    assert {"path": "ZDS", "reason": "no-rule"} in as_list(told["unmapped"])
    resources = as_list(told["resources"])
    assert any(str(one).startswith("DiagnosticReport/") for one in resources)
    assert server.request("GET", f"/x12/{path}").status == 404


def as_list(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


@pytest.mark.parametrize("id", ["0", "x", "9" * 19, "9" * 4000, "-1"])
def test_unknown_exchange_is_not_found(server: Server, id: str) -> None:
    assert server.request("GET", f"/v2/exchanges/{id}").status == 404


def test_other_media_types_and_narrow_tokens_are_refused(server: Server, tag: str) -> None:
    data = result(f"C{tag}", "F", patient=patient_of(tag), order=tag)
    assert server.request("POST", "/v2", data, {"Content-Type": "text/html"}).status == 415
    assert server.request("POST", "/v2", data, token=None).status == 401
    narrow = server.with_scopes("system/Patient.cruds", "system/Observation.cruds")
    answer = narrow.request("POST", "/v2", data, {"Content-Type": HL7_V2})
    assert answer.status == 403
    location = server.request("POST", "/v2", data, {"Content-Type": HL7_V2}).headers["location"]
    path = f"/v2/{location.partition('/v2/')[2]}"
    assert narrow.request("GET", path).status == 403
