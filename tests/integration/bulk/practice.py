"""A small practice: a few resources with a past, and what was exchanged about them."""

from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.store import exchanges
from fhir_server.store.exchanges import Exchange, Facts, Link
from fhir_server.store.unit_of_work import UnitOfWork

HERE = Context()
INTERCHANGE = b"ISA*00*          *00*          *ZZ*A              *ZZ*B              ~\r\n"
MESSAGE = b"MSH|^~\\&|LIS|LAB|PARITY|CLINIC|20261120||ORU^R01|7|P|2.5.1\rPID|1||N1\xe9\r"
ACKNOWLEDGMENT = b"MSH|^~\\&|PARITY|CLINIC|LIS|LAB|20261120||ACK^R01|8|P|2.5.1\rMSA|AA|7\r"


def patient(family: str) -> JsonObject:
    return {"resourceType": "Patient", "name": [{"family": family}]}


def observation(number: int) -> JsonObject:
    return {"resourceType": "Observation", "status": "final", "code": {"text": f"test {number}"}}


def furnish(runtime: Runtime) -> None:
    """Store a patient of three versions, one deleted, one deleted and restored; and exchanges."""

    def begin(work: UnitOfWork) -> None:
        for name in ("kept", "gone", "back"):
            work.create("Patient", name, patient(f"{name} Müller"))

    def go_on(work: UnitOfWork) -> None:
        for name in ("kept", "gone", "back"):
            current = work.lock("Patient", name)
            assert current is not None
            if name == "kept":
                renamed = work.update(current, patient("second"))
                work.update(renamed, patient("third"))
                continue
            deleted = work.delete(current)
            if name == "back":
                work.update(deleted, patient("back again"))
        work.create("Organization", "payer", {"resourceType": "Organization", "name": "Plan"})

    runtime.store.transact(HERE, begin)
    runtime.store.transact(HERE, go_on)


def correspond(runtime: Runtime) -> tuple[Exchange, Exchange]:
    """Keep an X12 text sent and an HL7 v2 message answered."""

    def action(work: UnitOfWork) -> tuple[Exchange, Exchange]:
        facts = Facts("plan", "837", "000000001", "A", "B", "one.x12")
        sent = exchanges.keep(work, "x12", "out", INTERCHANGE, facts, "sent")
        exchanges.link(work, sent.id, [Link("Patient", "kept", "2000B")])
        came = exchanges.keep(work, "v2", "in", MESSAGE, Facts(kind="ORU^R01"), "received")
        exchanges.set_state(work, came.id, "applied", reply=ACKNOWLEDGMENT, report={"unmapped": []})
        return sent, came

    return runtime.store.transact(HERE, action)
