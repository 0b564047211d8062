"""Orders in and their answers, documents, vaccinations and medication."""

import base64
from dataclasses import replace

import pytest

from mappers.path import read
from mappers.v2_fhir.bundle import MapError, Mapped
from mappers.v2_fhir.dialect import Condition, Dialect
from mappers.v2_fhir.feed import Feed
from tests.unit.mappers.v2_fhir.result import (
    LAB,
    PID,
    entries,
    mapped,
    resources,
    segment,
    sole,
)

CODE = "24349-3^Drug screen^LN"


def sent(kind: str, *segments: str, feed: Feed = LAB) -> Mapped:
    header = f"MSH|^~\\&|L|F|C|W|20260102030405+0100||{kind}|M1|P|2.5.1"
    return mapped(header, PID, *segments, feed=feed)


def order(control: str, placer: str = "P1", filler: str = "") -> tuple[str, str]:
    return (
        segment("ORC", f1=control, f2=placer, f3=filler, f4="R1", f9="20260101", f12="7^Roe^Al"),
        segment("OBR", f2=placer, f3=filler, f4=CODE, f5="S"),
    )


@pytest.mark.parametrize(
    ("control", "status"),
    [("NW", "active"), ("CA", "revoked"), ("DC", "revoked"), ("OC", "revoked"),
     ("CR", "revoked"), ("HD", "on-hold"), ("RL", "active"), ("RP", "revoked"),
     ("RO", "active"), ("SN", "active"), ("OK", "active"), ("XO", "unknown"),
     ("SC", "unknown"), ("NA", "unknown")],
)  # fmt: skip
def test_order_control_says_what_becomes_of_the_order(control: str, status: str) -> None:
    (entry,) = entries(sent("OML^O21", *order(control)), "ServiceRequest")
    assert entry.resource["status"] == status
    assert ("status" in entry.defaults) == (status == "unknown")
    assert entry.mode == "merge"


def test_late_new_order_takes_no_cancellation_back() -> None:
    (new,) = entries(sent("OML^O21", *order("NW")), "ServiceRequest")
    assert {"revoked", "completed", "on-hold"} <= set(new.stays)
    (release,) = entries(sent("OML^O21", *order("RL")), "ServiceRequest")
    assert "on-hold" not in release.stays


def test_order_is_found_by_its_other_numbers_too() -> None:
    (entry,) = entries(sent("OML^O21", *order("SC", filler="F1")), "ServiceRequest")
    by_filler, by_requisition = entry.others
    assert "filler%7CF1" in by_filler
    assert by_requisition.startswith("requisition=")
    assert "code=http" in by_requisition


def test_order_carries_why_what_was_asked_and_of_what() -> None:
    found = sent(
        "OML^O21", *order("NW"), "DG1|1||F11.20^Opioid use^I10C",
        "OBX|1|ST|FAST^Fasting^L||Y||||||F", "SPM|1|S1||UR",
    )  # fmt: skip
    request = sole(found, "ServiceRequest")
    condition, answer = sole(found, "Condition"), sole(found, "Observation")
    assert request["reasonReference"] == [{"reference": f"Condition/{condition['id']}"}]
    assert request["supportingInfo"] == [{"reference": f"Observation/{answer['id']}"}]
    assert read(answer, "category.coding.code") == ["AOE"]
    assert len(read(request, "specimen.reference")) == 1
    assert request["priority"] == "stat"
    assert read(request, "requisition.value") == ["R1"]
    assert resources(found, "DiagnosticReport") == []


def test_replacement_names_what_it_replaces() -> None:
    found = sent("OML^O21", *order("RP"), *order("RO", "P2"))
    old, new = entries(found, "ServiceRequest")
    assert old.resource["status"] == "revoked"
    assert new.resource["replaces"] == [{"reference": old.full_url}]


def test_refused_order_is_a_task() -> None:
    task = sole(sent("ORL^O22", *order("UA")), "Task")
    assert read(task, "code.coding.code") == ["refused-order"]


def test_order_held_for_a_service_centre_is_active_without_a_specimen() -> None:
    held = replace(LAB, dialect=Dialect(psc_hold=(Condition("OBR-11", ("P",)),)))
    orc, _ = order("NW")
    obr = segment("OBR", f2="P1", f4=CODE, f11="P")
    request = sole(sent("OML^O21", orc, obr, feed=held), "ServiceRequest")
    assert read(request, "locationCode.coding.code") == ["service-centre"]
    assert request["status"] == "active"
    assert "specimen" not in request
    assert "locationCode" not in sole(sent("OML^O21", orc, obr), "ServiceRequest")


def test_message_without_an_order_names_the_place() -> None:
    with pytest.raises(MapError) as caught:
        sent("OML^O21")
    assert caught.value.path == "ORC"


TXA = segment("TXA", f1="1", f2="CN", f6="202601010800", f12="D2", f13="D1", f17="AU", f19="AV")
PDF = base64.b64encode(b"%PDF-1.4 x %%EOF").decode()


def test_document_comes_with_its_content() -> None:
    found = sent("MDM^T02", TXA, f"OBX|1|ED|1^Note^L||^AP^PDF^Base64^{PDF}||||||F")
    document, binary = sole(found, "DocumentReference"), sole(found, "Binary")
    assert read(document, "content.attachment.url") == [f"Binary/{binary['id']}"]
    assert (document["status"], document["docStatus"]) == ("current", "final")
    assert read(document, "relatesTo.code") == ["appends"]


def test_replaced_document_is_superseded() -> None:
    new, old = entries(sent("MDM^T10", TXA, "OBX|1|TX|1^Note^L||words||||||F"), "DocumentReference")
    if new.resource["status"] == "superseded":
        new, old = old, new
    assert old.resource["status"] == "superseded"
    assert new.resource["relatesTo"] == [
        {"code": "replaces", "target": {"reference": old.full_url}}
    ]


def test_cancelled_document_is_in_error_and_keeps_its_content() -> None:
    (entry,) = entries(sent("MDM^T11", TXA), "DocumentReference")
    assert entry.resource["status"] == entry.resource["docStatus"] == "entered-in-error"
    assert "content" in entry.defaults


def dose(code: str = "208^Vaccine^CVX", **fields: str) -> str:
    usual = {"f1": "0", "f2": "1", "f3": "20260101", "f5": code, "f6": "0.5", "f7": "mL^^UCUM"}
    return segment("RXA", **(usual | fields))


@pytest.mark.parametrize(
    ("fields", "status"),
    [({"f20": "CP"}, "completed"), ({"f20": "PA"}, "completed"), ({"f20": "RE"}, "not-done"),
     ({"f20": "NA"}, "not-done"), ({"f20": "CP", "f21": "D"}, "entered-in-error"),
     ({}, "completed")],
)  # fmt: skip
def test_vaccination_says_what_became_of_it(fields: dict[str, str], status: str) -> None:
    found = sent("VXU^V04", "ORC|RE||V1", dose(**fields), "RXR|IM|LA")
    immunization = sole(found, "Immunization")
    assert immunization["status"] == status
    assert read(immunization, "doseQuantity.code") == ["mL"]
    assert read(immunization, "site.coding.code") == ["LA"]


def test_eligibility_and_sheet_go_into_the_vaccination() -> None:
    found = sent(
        "VXU^V04", "ORC|RE||V1", dose(f9="00^New^NIP001"),
        "OBX|1|CE|64994-7^Eligibility^LN|1|V02^VFC^HL70064||||||F",
        "OBX|2|CE|69764-9^Document^LN|2|253^Sheet^cdcgs1vis||||||F",
        "OBX|3|DT|29769-7^Presented^LN|2|20260101||||||F",
    )  # fmt: skip
    immunization = sole(found, "Immunization")
    assert read(immunization, "programEligibility.coding.code") == ["V02"]
    assert read(immunization, "education.presentationDate") == ["2026-01-01"]
    assert immunization["primarySource"] is True
    assert resources(found, "Observation") == []


def test_record_without_a_vaccination_is_no_vaccination() -> None:
    found = sent(
        "VXU^V04", "ORC|RE||V1", dose("998^None^CVX"),
        "OBX|1|CE|59784-9^Immunity^LN|1|398102009^Polio^SCT||||||F",
    )  # fmt: skip
    assert resources(found, "Immunization") == []
    assert len(resources(found, "Observation")) == 1


RXE = segment(
    "RXE", f2="1^Sertraline^L", f3="50", f4="100", f5="mg^^UCUM", f9="G", f10="30", f12="0"
)


def test_medication_order_carries_dose_route_timing_and_substitution() -> None:
    found = sent("RDE^O11", "ORC|NW|P1", RXE, "RXR|PO", "TQ1|1||BID||||20260101")
    request = sole(found, "MedicationRequest")
    assert [str(one) for one in read(request, "dosageInstruction.doseAndRate.doseRange.high.value")]
    assert read(request, "dosageInstruction.route.coding.code") == ["PO"]
    assert read(request, "dosageInstruction.timing.code.text") == ["BID"]
    assert read(request, "substitution.allowedCodeableConcept.coding.code") == ["G"]
    assert read(request, "dispenseRequest.numberOfRepeatsAllowed") == [0]
    assert request["status"] == "active"


def test_what_was_given_names_its_order() -> None:
    found = sent("RAS^O17", "ORC|RE|P1", dose("1^Sertraline^L", f6="50", f20="CP"), "RXR|PO")
    given = sole(found, "MedicationAdministration")
    assert given["status"] == "completed"
    assert read(given, "request.identifier.value") == ["P1"]
    assert [str(one) for one in read(given, "dosage.dose.value")] == ["50"]
