"""HL7 v2 messages taken in on both databases: kept, applied once, acknowledged."""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Barrier

import pytest

from fhir_server.intake.v2 import receive
from fhir_server.model.resource import JsonObject
from fhir_server.runtime import Runtime
from fhir_server.store import exchanges
from fhir_server.store.unit_of_work import UnitOfWork
from tests.integration.intake.message import (
    HERE,
    PATIENT,
    VISIT,
    admit,
    found,
    kept,
    message,
    result,
    sole,
    take,
    versions,
)

TAKEN = ("applied", "warning", "code_unmapped")
SILENT = ("ADT-A40-02.hl7",)
"""Samples that want no acknowledgment: MSH-15 and MSH-16 are NE."""


def report(runtime: Runtime) -> JsonObject:
    """Return the report of the last exchange."""
    last = kept(runtime)[-1].report
    assert last is not None
    return last


def test_result_becomes_resources_found_by_search(runtime: Runtime) -> None:
    assert take(result("C1", "F"), runtime).code == "AA"
    patient = sole(found(runtime, "Patient", family="Quill"))
    observation = sole(found(runtime, "Observation", code="http://loinc.org|2345-7"))
    assert observation["subject"] == {"reference": f"Patient/{patient['id']}"}
    assert str(observation["valueQuantity"]["value"]) == "4.20"  # type: ignore[index, call-overload]
    told = sole(found(runtime, "DiagnosticReport", patient=str(patient["id"])))
    assert told["result"] == [{"reference": f"Observation/{observation['id']}"}]
    assert sole(found(runtime, "ServiceRequest"))["subject"] == observation["subject"]


def test_exchange_names_the_resources_it_made(runtime: Runtime) -> None:
    take(result("C1", "F"), runtime)
    with runtime.store.read(HERE) as reader:
        links = exchanges.links_of(reader, kept(runtime)[0].id)
    assert {(one.type, one.id) for one in links} == set(versions(runtime))


def test_message_that_cannot_be_mapped_is_kept_with_its_reason(runtime: Runtime) -> None:
    data = message("ORU^R01^ORU_R01", "C1", PATIENT)
    receipt = take(data, runtime)
    assert receipt.code == "AE"
    exchange = sole_exchange(runtime)
    assert (exchange.body, exchange.state) == (data, "map_error")
    assert report(runtime)["reason"] == "OBR: the message holds no report"


def sole_exchange(runtime: Runtime) -> exchanges.Exchange:
    rows = kept(runtime)
    assert len(rows) == 1
    return rows[0]


def test_same_message_is_answered_with_the_same_bytes(runtime: Runtime) -> None:
    first = receive(result("C1", "F"), runtime, HERE)
    before = versions(runtime)
    again = receive(result("C1", "F"), runtime, HERE)
    assert again == first
    assert sole_exchange(runtime).reply == first.reply
    assert versions(runtime) == before


def test_same_message_at_once_is_applied_once_and_answered_alike(runtime: Runtime) -> None:
    start = Barrier(8)

    def send(_: int) -> bytes | None:
        start.wait(20)
        return receive(result("C1", "F"), runtime, HERE).reply

    with ThreadPoolExecutor(8) as pool:
        replies = set(pool.map(send, range(8)))
    assert replies == {sole_exchange(runtime).reply}
    assert set(versions(runtime).values()) == {1}


def test_control_id_used_again_for_other_content_is_taken_and_flagged(runtime: Runtime) -> None:
    take(result("C1", "F", order="F1"), runtime)
    assert "control-id-also-of" not in report(runtime)
    assert take(result("C1", "F", order="F2"), runtime).code == "AA"
    assert report(runtime)["control-id-also-of"] == str(kept(runtime)[0].id)
    assert len(found(runtime, "DiagnosticReport")) == 2


def test_refused_message_is_taken_up_again(runtime: Runtime) -> None:
    data = message("QBP^Q22^QBP_Q21", "C1", PATIENT)
    first, second = take(data, runtime), take(data, runtime)
    assert (first.code, second.code) == ("AR", "AR")
    assert sole_exchange(runtime).state == "rejected"


def test_message_kept_and_not_applied_is_applied_on_repeat(runtime: Runtime) -> None:
    data = result("C1", "F")
    facts = exchanges.Facts(partner="default", control="C1", sender="LIS|TESTLAB")
    cut_short = runtime.store.transact(
        HERE, lambda work: exchanges.keep_once(work, "v2", "in", data, facts, "received")
    )
    assert take(data, runtime).code == "AA"
    assert sole_exchange(runtime).id == cut_short.exchange.id
    assert sole_exchange(runtime).state == "applied"


def test_replay_of_every_sample_makes_no_version(runtime: Runtime, samples: list[Path]) -> None:
    first = {path: receive(path.read_bytes(), runtime, HERE) for path in samples}
    before = versions(runtime)
    assert len(before) > 20
    for path in samples:
        assert first[path].state in TAKEN, path.name
        wanted = b"" if path.name in SILENT else b"\rMSA|AA|"
        assert wanted in (first[path].reply or b""), path.name
        assert bool(first[path].reply) is bool(wanted), path.name
        assert receive(path.read_bytes(), runtime, HERE) == first[path]
    assert versions(runtime) == before
    assert len(kept(runtime)) == len(samples)


def test_unchanged_content_under_a_new_control_id_makes_no_version(runtime: Runtime) -> None:
    take(result("C1", "F"), runtime)
    before = versions(runtime)
    assert take(result("C2", "F"), runtime).code == "AA"
    assert versions(runtime) == before


@pytest.mark.parametrize(
    ("first", "second", "status", "value"),
    [
        ("P", "F", "final", "9.9"),
        ("F", "P", "final", "4.20"),
        ("F", "C", "corrected", "9.9"),
        ("C", "F", "corrected", "4.20"),
        ("C", "P", "corrected", "4.20"),
        ("C", "C", "corrected", "9.9"),
    ],
)
def test_result_never_goes_back(
    runtime: Runtime, first: str, second: str, status: str, value: str
) -> None:
    take(result("C1", first), runtime)
    assert take(result("C2", second, "9.9"), runtime).code == "AA"
    observation = sole(found(runtime, "Observation"))
    assert observation["status"] == status
    assert str(observation["valueQuantity"]["value"]) == value  # type: ignore[index, call-overload]
    assert sole(found(runtime, "DiagnosticReport"))["status"] == status
    went_back = value == "4.20"
    names = {f"{type}/{id}" for type, id in versions(runtime)}
    assert (report(runtime)["kept"] != []) == went_back
    assert set(map(str, listed(report(runtime)["kept"]))) <= names


def listed(value: object) -> list[object]:
    assert isinstance(value, list)
    return value


def test_late_preliminary_beside_final_at_once_stays_final(runtime: Runtime) -> None:
    for number in range(6):
        order, start = f"F{number}", Barrier(2)

        def send(status: str, order: str = order, start: Barrier = start) -> str:
            start.wait(20)
            return take(result(f"{order}{status}", status, order=order), runtime).code

        with ThreadPoolExecutor(2) as pool:
            assert list(pool.map(send, "FP")) == ["AA", "AA"]
    assert {one["status"] for one in found(runtime, "Observation")} == {"final"}
    assert {one["status"] for one in found(runtime, "DiagnosticReport")} == {"final"}


def test_known_patient_keeps_what_the_message_does_not_carry(runtime: Runtime) -> None:
    take(admit("A01", "C1"), runtime)
    known = sole(found(runtime, "Patient"))
    changed = known | {"maritalStatus": {"text": "married"}, "active": True}
    runtime.store.transact(HERE, lambda work: store_again(work, changed))
    renamed = "PID|1||M1^^^TESTLAB^MR||Harrow^Nora"
    assert take(admit("A08", "C2", renamed), runtime).code == "AA"
    patient = sole(found(runtime, "Patient"))
    assert patient["name"][0]["family"] == "Harrow"  # type: ignore[index, call-overload]
    assert patient["maritalStatus"] == {"text": "married"}
    assert (patient["birthDate"], patient["gender"]) == ("1990-04-12", "female")
    assert patient["address"] == known["address"]
    assert patient["id"] == known["id"]


def store_again(work: UnitOfWork, resource: JsonObject) -> None:
    current = work.lock(str(resource["resourceType"]), str(resource["id"]))
    assert current is not None
    work.update(current, resource)


def test_deleted_field_is_taken_away(runtime: Runtime) -> None:
    take(admit("A01", "C1"), runtime)
    take(admit("A08", "C2", 'PID|1||M1^^^TESTLAB^MR||Quill^Nora||""'), runtime)
    assert "birthDate" not in sole(found(runtime, "Patient"))


def test_result_leaves_the_known_patient_as_it_is(runtime: Runtime) -> None:
    take(admit("A01", "C1"), runtime)
    before = sole(found(runtime, "Patient"))
    poor = "PID|1||M1^^^TESTLAB^MR||Q^N"
    assert take(result("C2", "F", patient=poor), runtime).code == "AA"
    assert sole(found(runtime, "Patient")) == before


@pytest.mark.parametrize("kind", ["ADT", "ORU", "both"])
def test_messages_about_a_new_patient_at_once_make_one(runtime: Runtime, kind: str) -> None:
    start = Barrier(16)

    def send(number: int) -> str:
        start.wait(20)
        if kind == "ADT" or (kind == "both" and number % 2):
            return take(admit("A01", f"C{number}"), runtime).code
        return take(result(f"C{number}", "F", order=f"F{number}"), runtime).code

    with ThreadPoolExecutor(16) as pool:
        codes = list(pool.map(send, range(16)))
    assert codes == ["AA"] * 16
    patient = sole(found(runtime, "Patient"))
    made = found(runtime, "Encounter") + found(runtime, "DiagnosticReport")
    assert {str(one["subject"]) for one in made} == {str({"reference": f"Patient/{patient['id']}"})}
    assert len(found(runtime, "DiagnosticReport")) == {"ADT": 0, "ORU": 16, "both": 8}[kind]


def test_update_leaves_the_status_of_the_visit(runtime: Runtime) -> None:
    take(admit("A01", "C1"), runtime)
    assert sole(found(runtime, "Encounter"))["status"] == "in-progress"
    moved = VISIT.replace("W^1^2", "W^9^2")
    take(admit("A08", "C2", visit=moved), runtime)
    encounter = sole(found(runtime, "Encounter"))
    assert encounter["status"] == "in-progress"
    assert "9" in str(encounter["location"])


def test_unmapped_fields_are_listed_by_path(runtime: Runtime) -> None:
    data = result("C1", "F") + b"ZDS|1|Secretive\r"
    assert take(data, runtime).code == "AA"
    unmapped = listed(report(runtime)["unmapped"])
    assert [one["path"] for one in unmapped if isinstance(one, dict)] == ["ZDS"]
    assert "Secretive" not in str(report(runtime))


def test_wrong_date_is_taken_and_named(runtime: Runtime) -> None:
    patient = PATIENT.replace("19900412", "19909912")
    assert take(admit("A01", "C1", patient), runtime).code == "AA"
    assert "birthDate" not in sole(found(runtime, "Patient"))
    assert {"path": "PID-7", "reason": "not-understood"} in listed(report(runtime)["unmapped"])


def test_unknown_code_is_taken_and_named(runtime: Runtime) -> None:
    patient = PATIENT.replace("|F|", "|Q|")
    assert take(admit("A01", "C1", patient), runtime).code == "AA"
    assert "gender" not in sole(found(runtime, "Patient"))
    named = [
        one["path"] for one in listed(report(runtime)["untranslated"]) if isinstance(one, dict)
    ]
    assert "PID-8" in named


@pytest.mark.parametrize(
    ("data", "code", "place"),
    [
        (message("ORU^R01^ORU_R01", "C1", "OBR|1||F1"), "AE", "PID^1"),
        (message("ORU^R01^ORU_R01", "C1", "PID|1||||Quill", "OBR|1||F1"), "AE", "PID^1^3"),
        (message("SIU^S99^SIU_S12", "C1", "SCH|1"), "AR", "MSH^1^9"),
        (message("ORU", "C1", PATIENT), "AR", "MSH^1^9"),
    ],
)
def test_refusal_names_the_place(runtime: Runtime, data: bytes, code: str, place: str) -> None:
    reply = receive(data, runtime, HERE).reply or b""
    lines = reply.decode().split("\r")
    assert lines[1].startswith(f"MSA|{code}|C1|")
    assert lines[2].split("|")[2] == place
    assert versions(runtime) == {}


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"", ""),
        (b"garbage", ""),
        (b"\x00\x01\xff", ""),
        (b"PID|1||7", ""),
        (result("C1", "F")[:200], "truncated"),
        (result("C1", "F")[:200], "oversize"),
    ],
)
def test_what_cannot_be_read_is_rejected_and_kept(
    runtime: Runtime, data: bytes, fault: str
) -> None:
    assert take(data, runtime, fault).code == "AR"
    exchange = sole_exchange(runtime)
    assert (exchange.body, exchange.state) == (data, "parse_error")
    assert report(runtime)["reason"]


@pytest.mark.parametrize("control", ["", "C\x001", "C" * 5000, "Ç\t\x1f"])
def test_odd_control_ids_are_taken(runtime: Runtime, control: str) -> None:
    assert take(result(control, "F"), runtime).code == "AA"
    assert sole_exchange(runtime).body == result(control, "F")


def test_null_character_in_a_value_is_answered(runtime: Runtime) -> None:
    patient = PATIENT.replace("Quill", "Qu\x00ill")
    assert take(admit("A01", "C1", patient), runtime).code in {"AA", "AE"}
    assert sole_exchange(runtime).body == admit("A01", "C1", patient)


@pytest.mark.parametrize(
    ("header", "refused", "code"),
    [
        ("|||AL|NE", False, "CA"),
        ("|||AL|AL", False, "CA"),
        ("|||NE|AL", False, "AA"),
        ("|||ER|AL", False, "AA"),
        ("|||SU|NE", False, "CA"),
        ("|||NE|NE", False, ""),
        ("|||AL|NE", True, "CR"),
        ("|||SU|ER", True, "AR"),
        ("|||NE|NE", True, "CR"),
    ],
)
def test_enhanced_mode_answers_as_the_sender_asks(
    runtime: Runtime, header: str, refused: bool, code: str
) -> None:
    kind = "ADT^A99^ADT_A01" if refused else "ADT^A01^ADT_A01"
    data = message(kind, "C1", PATIENT, VISIT, header=header)
    taken = receive(data, runtime, HERE)
    assert taken.state == ("rejected" if refused else "applied")
    assert (taken.reply or b"").partition(b"\rMSA|")[2][:2].decode() == code
    if not refused:
        assert receive(data, runtime, HERE) == taken


def test_acknowledgment_is_kept_and_not_answered(runtime: Runtime) -> None:
    taken = receive(message("ACK^R01^ACK", "C1", "MSA|AA|X1"), runtime, HERE)
    assert (taken.reply, taken.state) == (b"", "rejected")
    assert sole_exchange(runtime).facts.kind == "ACK^R01"


def test_more_entries_than_are_taken_is_an_error(runtime: Runtime) -> None:
    narrow = replace(runtime, settings=replace(runtime.settings, bundle_limit=2))
    assert take(result("C1", "F"), narrow).code == "AE"
    assert versions(runtime) == {}


def test_log_tells_ids_and_states_and_no_content(
    runtime: Runtime, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG, "parity"):
        take(result("SECRET1", "F"), runtime)
        take(result("SECRET1", "F"), runtime)
        take(message("ORU^R01^ORU_R01", "SECRET2", PATIENT), runtime)
    first, second = (one.id for one in kept(runtime))
    assert [record.getMessage() for record in caplog.records] == [
        f"v2 exchange={first} kind=ORU^R01 state=applied",
        f"v2 exchange={first} kind=ORU^R01 state=repeated",
        f"v2 exchange={second} kind=ORU^R01 state=map_error",
    ]
