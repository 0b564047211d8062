"""The page of HL7 v2 messages, on both databases."""

from tests.integration.intake.message import message, result
from tests.integration.server import Server

HL7_V2 = {"Content-Type": "application/hl7-v2+er7"}


def test_page_tells_states_and_codes_and_nothing_of_a_patient(server: Server, tag: str) -> None:
    patient = f"PID|1||{tag}^^^TESTLAB^MR||Secretive^Nora|||Q{tag[:6]}"
    data = result(f"C{tag}", "F", patient=patient, order=tag)
    server.request("POST", "/v2", data, HL7_V2)
    server.request("POST", "/v2", message("ORU^R01^ORU_R01", f"B{tag}", patient), HL7_V2)
    answer = server.request("GET", "/console/messages", token=None)
    assert answer.status == 200
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    page = answer.body.decode()
    for words in ("map_error", "code_unmapped", "v2-0001", f"Q{tag[:6]}", "None waits"):
        assert words in page, words
    assert tag not in page
    assert "Secretive" not in page
