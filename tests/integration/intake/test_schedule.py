"""SIU taken in on both databases: one appointment, its versions, whatever the order of arrival."""

from fhir_server.intake.v2 import receive
from fhir_server.model.resource import JsonObject
from fhir_server.runtime import Runtime
from hl7.acknowledgment import read_receipt
from mappers.path import read
from tests.integration.intake.message import HERE, PATIENT, found, sole, versions

AIP = "AIP|1||1999000114^Okafor^Adaeze^^^Dr^^^^^^^NPI|ATND^Attending"


def send(runtime: Runtime, event: str, minute: int, day: str, reason: str = "NEW") -> str:
    """Send what happened at a minute to the appointment that is on a day; return the answer."""
    header = f"MSH|^~\\&|DESK|TESTLAB|PARITY|CLINIC|202611201015{minute:02d}-0800||SIU^{event}"
    segments = (
        f"{header}^SIU_S12|{event}-{minute}|P|2.5.1",
        f"SCH|P1^CLINIC|F1^DESK||||{reason}",
        f"TQ1|1||||||{day}090000-0800|{day}095000-0800",
        PATIENT,
        "RGS|1",
        AIP,
    )
    reply = receive("\r".join((*segments, "")).encode(), runtime, HERE).reply
    assert reply
    return read_receipt(reply).code


def appointment(runtime: Runtime) -> JsonObject:
    return sole(found(runtime, "Appointment"))


def test_appointment_is_moved_and_cancelled_and_keeps_its_history(runtime: Runtime) -> None:
    assert send(runtime, "S12", 1, "20261201") == "AA"
    assert send(runtime, "S13", 3, "20261203") == "AA"
    moved = appointment(runtime)
    assert moved["start"] == "2026-12-03T09:00:00-08:00"
    patient = sole(found(runtime, "Patient"))
    assert f"Patient/{patient['id']}" in read(moved, "participant.actor.reference")
    assert send(runtime, "S13", 2, "20261202") == "AA"
    assert appointment(runtime)["start"] == "2026-12-03T09:00:00-08:00"
    assert send(runtime, "S15", 4, "20261203", "PT^Patient asked^L") == "AA"
    ended = appointment(runtime)
    assert ended["status"] == "cancelled"
    assert read(ended, "cancelationReason.text") == ["Patient asked"]
    assert versions(runtime)["Appointment", str(ended["id"])] == 3


def test_slot_is_blocked_and_opened_for_the_same_schedule(runtime: Runtime) -> None:
    assert send(runtime, "S23", 1, "20261201") == "AA"
    blocked = sole(found(runtime, "Slot"))
    assert send(runtime, "S24", 2, "20261201") == "AA"
    opened = sole(found(runtime, "Slot"))
    assert (blocked["status"], opened["status"]) == ("busy-unavailable", "free")
    assert opened["schedule"] == blocked["schedule"]
    assert len(found(runtime, "Schedule")) == 1
