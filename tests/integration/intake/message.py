"""Synthetic HL7 v2 messages of one feed, and what they became."""

from collections.abc import Sequence

from fhir_server.intake.v2 import receive
from fhir_server.interactions.criteria import Criteria
from fhir_server.interactions.match import matches
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.store import exchanges
from fhir_server.store.exchanges import Exchange
from hl7.acknowledgment import Receipt, read_receipt

HERE = Context()
PATIENT = "PID|1||M1^^^TESTLAB^MR||Quill^Nora^J||19900412|F|||9 Pine St^^Port Alder^WA^98368"
VISIT = "PV1|1|I|W^1^2||||1999000114^Okafor^Adaeze||||||||||||V1^^^TESTLAB^VN"


def message(kind: str, control: str, *segments: str, header: str = "") -> bytes:
    """Return a message; `header` is what follows the version in MSH."""
    msh = f"MSH|^~\\&|LIS|TESTLAB|PARITY|CLINIC|20261120101500-0800||{kind}|{control}|P|2.5.1"
    return "\r".join((msh + header, *segments, "")).encode()


def result(
    control: str, status: str, value: str = "4.20", *, patient: str = PATIENT, order: str = "F1"
) -> bytes:
    """Return a result of one observation, preliminary (P), final (F) or corrected (C)."""
    return message(
        "ORU^R01^ORU_R01",
        control,
        patient,
        f"ORC|RE|P{order}^CLINIC|{order}^TESTLAB",
        f"OBR|1|P{order}^CLINIC|{order}^TESTLAB|24323-8^Panel^LN|||20261120080000-0800"
        f"|||||||||||||||20261120100000-0800|||{status}",
        f"OBX|1|NM|2345-7^Glucose^LN||{value}|mmol/L|3.5-5.1|N|||{status}|||20261120080000-0800",
    )


def admit(event: str, control: str, patient: str = PATIENT, visit: str = VISIT) -> bytes:
    """Return an ADT message."""
    return message(f"ADT^{event}^ADT_A01", control, f"EVN|{event}|20261120101500", patient, visit)


def take(data: bytes, runtime: Runtime, fault: str = "") -> Receipt:
    """Take in a message and return what its acknowledgment says."""
    reply = receive(data, runtime, HERE, peer="test", fault=fault).reply
    assert reply
    return read_receipt(reply)


def found(runtime: Runtime, type: str, **criteria: str) -> list[JsonObject]:
    """Return the stored resources of a type that meet the criteria."""
    asked = tuple(criteria.items()) or (("_lastUpdated", "gt2000"),)
    with runtime.store.read(HERE) as reader:
        rows = matches(Criteria.of(type, asked, runtime), reader, limit=500)
    return [decode(row.body) for row in rows]


def sole(rows: Sequence[JsonObject]) -> JsonObject:
    """Return the one row there is."""
    assert len(rows) == 1, rows
    return rows[0]


def kept(runtime: Runtime) -> list[Exchange]:
    """Return every exchange in the order they were kept."""
    with runtime.store.read(HERE) as reader:
        return exchanges.after(reader, 0, 1000)


def versions(runtime: Runtime) -> dict[tuple[str, str], int]:
    """Return the version number of every resource there is."""
    with runtime.store.read(HERE) as reader:
        return {(one.type, one.id): one.number for one in reader.stream(None)}
