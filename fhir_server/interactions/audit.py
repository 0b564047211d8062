"""AuditEvents of what an administrator did: stored in the commit of the deed.

Source: https://hl7.org/fhir/R4/auditevent.html. It tells who, when, what and how many; of a
patient nothing but the id.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from fhir_server.interactions.write import save
from fhir_server.model.resource import JsonObject, JsonValue, Version
from fhir_server.runtime import Runtime
from fhir_server.store.content import instant
from fhir_server.store.unit_of_work import UnitOfWork

OPERATION = "https://parity.example/fhir/CodeSystem/administration"
CLIENT = "https://parity.example/fhir/client"


@dataclass(frozen=True, slots=True)
class Deed:
    """What was done: the operation's name, what it was called on, and counts by name.

    `target` is a reference (`Patient/1`), a type or `system`; `details` are further texts.
    """

    operation: str
    target: str
    counts: Mapping[str, int]
    details: Mapping[str, str]


def record_deed(deed: Deed, work: UnitOfWork, runtime: Runtime) -> Version:
    """Store the AuditEvent of a deed in its unit of work."""
    return save(audit_event(deed, work.context.client, work.now), work, runtime)


def audit_event(deed: Deed, client: str, moment: int) -> JsonObject:
    """Return the AuditEvent of a deed of a client; `moment` is in microseconds since 1970."""
    texts = {**deed.details, **{name: str(count) for name, count in deed.counts.items()}}
    details: list[JsonValue] = [{"type": name, "valueString": text} for name, text in texts.items()]
    entity: JsonObject = {"name": deed.target}
    if "/" in deed.target:
        entity = {"what": {"reference": deed.target}}
    if details:
        entity["detail"] = details
    return {
        "resourceType": "AuditEvent",
        "type": {
            "system": "http://terminology.hl7.org/CodeSystem/audit-event-type",
            "code": "rest",
        },
        "subtype": [
            {"system": "http://hl7.org/fhir/restful-interaction", "code": "operation"},
            {"system": OPERATION, "code": deed.operation},
        ],
        "action": "D",
        "recorded": instant(moment),
        "outcome": "0",
        "agent": [{"who": {"identifier": {"system": CLIENT, "value": client}}, "requestor": True}],
        "source": {"observer": {"display": "Parity"}},
        "entity": [entity],
    }
