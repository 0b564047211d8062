"""Stored resources written as HL7 v2 messages on both databases: kept, numbered, guarded."""

from dataclasses import replace

import pytest

from fhir_server.intake.v2_writing import NOTICE, Request, write_message
from fhir_server.model.feed import FeedRecord, Party
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import Invalid, NotFound
from fhir_server.runtime import Runtime
from fhir_server.store import exchanges
from fhir_server.store.exchanges import Exchange
from hl7.check import check
from hl7.message import Message, parse
from hl7.path import value_at
from tests.integration.intake.message import HERE, found, result, sole, take

RECORD = FeedRecord("default", receivers=(Party("PARITY", "MAIN"),), processing=("P",))


def write(asked: Request, runtime: Runtime) -> tuple[Exchange, Message]:
    """Return the exchange of a message that is written, and the message."""
    kept = runtime.store.transact(HERE, lambda work: write_message(asked, RECORD, runtime, work))
    return kept, parse(kept.body)


def stored(type: str, runtime: Runtime) -> JsonObject:
    """Return the only resource of a type."""
    return sole(found(runtime, type))


def test_report_is_written_with_patient_order_and_results(runtime: Runtime) -> None:
    take(result("C1", "F"), runtime)
    report = stored("DiagnosticReport", runtime)
    asked = Request("DiagnosticReport", str(report["id"]), receiver=("EHR", "CLINIC"))
    kept, message = write(asked, runtime)
    assert check(kept.body).verdict != "rejected"
    assert (kept.state, kept.facts.kind, kept.facts.control) == ("ready", "ORU^R01", "P1")
    sent = parse(result("C1", "F"))
    for path in ("PID-5.1", "PID-3.1", "OBR-4.1", "OBX-3.1", "OBX-5", "OBX-11"):
        assert value_at(message, path) == value_at(sent, path), path
    assert value_at(message, "MSH-5") == "EHR"
    with runtime.store.read(HERE) as reader:
        links = {(one.type, one.id) for one in exchanges.links_of(reader, kept.id)}
    assert ("DiagnosticReport", str(report["id"])) in links
    assert {type for type, _ in links} >= {"Patient", "Observation"}
    assert write(asked, runtime)[0].facts.control == "P2"


def test_person_is_written_as_an_update(runtime: Runtime) -> None:
    take(result("C1", "F"), runtime)
    patient = stored("Patient", runtime)
    _, message = write(Request("Patient", str(patient["id"])), runtime)
    assert message.type[:2] == ("ADT", "A31")
    assert "PV1" not in [segment.id for segment in message.segments]


def test_what_cannot_be_written_is_told(runtime: Runtime) -> None:
    take(result("C1", "F"), runtime)
    patient = stored("Patient", runtime)
    order = stored("ServiceRequest", runtime)
    with pytest.raises(NotFound):
        write(Request("Patient", "nobody"), runtime)
    with pytest.raises(Invalid, match="no message tells of a ServiceRequest"):
        write(Request("ServiceRequest", str(order["id"])), runtime)
    with pytest.raises(Invalid, match="no event A99"):
        write(Request("Patient", str(patient["id"]), "A99"), runtime)


def test_protected_record_leaves_only_where_permitted_and_with_its_notice(
    runtime: Runtime,
) -> None:
    take(result("C1", "F"), runtime)
    patient = stored("Patient", runtime)
    code = "http://terminology.hl7.org/CodeSystem/v3-ActCode"
    label: JsonObject = {"system": code, "code": "42CFRPart2"}
    labelled: JsonObject = {**patient, "meta": {"security": [label]}}
    runtime.store.transact(
        HERE,
        lambda work: work.update(
            work.lock_many([("Patient", str(patient["id"]))]).popitem()[1], labelled
        ),
    )
    asked = Request("Patient", str(patient["id"]))
    with pytest.raises(Invalid, match="labelled 42CFRPart2"):
        write(asked, runtime)
    _, message = write(replace(asked, permitted=frozenset({"42CFRPart2"})), runtime)
    assert value_at(message, "MSH-8") == "R"
    assert value_at(message, "NTE-3") == NOTICE
    assert [segment.id for segment in message.segments][2:4] == ["PID", "NTE"]
