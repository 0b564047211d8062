"""Transformations of scheduling segments: times, durations, participants."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from mappers.apply import Transformation
from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.contact import location
from mappers.v2_fhir.datatypes import Context, V2Call, cwe, filled
from mappers.v2_fhir.extension import STRUCTURES
from mappers.v2_fhir.feed import CANONICAL
from mappers.v2_fhir.identifier import ei, identifier_of
from mappers.v2_fhir.moment import to_instant
from mappers.v2_fhir.schedule_code import RESOURCE_TYPE, SECONDS
from mappers.v2_fhir.source import Node

EVENT_REASON = f"{CANONICAL}/StructureDefinition/schedule-event-reason"
OCCURRENCE = f"{STRUCTURES.replace('/StructureDefinition', '')}/5.0/StructureDefinition"
RECURRENCE_ID = f"{OCCURRENCE}/extension-Appointment.recurrenceId"


def seconds_of(amount: str, unit: str) -> int | None:
    """Return a duration in seconds, None where it is no number or its unit is not known."""
    factor = SECONDS.get(unit.strip().upper())
    try:
        value = Decimal(amount.strip())
    except InvalidOperation:
        return None
    if factor is None or not value.is_finite() or not 0 < value < 10**7:
        return None
    return int(value * factor)


def tq_start(node: Node, call: V2Call) -> JsonValue:
    """TQ.4 as an instant."""
    return to_instant(node.text(4), call.context.zone)


def tq_end(node: Node, call: V2Call) -> JsonValue:
    """TQ.5 as an instant."""
    return to_instant(node.text(5), call.context.zone)


def priority(node: Node, call: V2Call) -> JsonValue:
    """CWE of table 0485 as an iCalendar priority, 1 to 9."""
    found = call.translate(node.text(1))
    return int(found.code) if found else None


def tq_priority(node: Node, call: V2Call) -> JsonValue:
    """TQ.6 as an iCalendar priority."""
    found = call.translate(node.text(6))
    return int(found.code) if found else None


def known_reason(node: Node, call: V2Call) -> JsonValue:
    """CWE whose code is translated where it is one of the table: reasons are the sender's own."""
    found = cwe(node, _silent(call))
    code = call.code_map.translate(node.text(1)) if call.code_map else None
    if code is None or not isinstance(found, dict):
        return found
    known: JsonObject = {"system": code.system, "code": code.code}
    codings = found.get("coding")
    return found | {"coding": [known, *(codings if isinstance(codings, list) else [])]}


def _silent(call: V2Call) -> V2Call:
    """Return the call without its code map, so that nothing is traced as untranslated."""
    return V2Call(call.context, call.rule, None, call.trace)


def event_reason(node: Node, call: V2Call) -> JsonValue:
    """SCH-6 as an extension: why the appointment was booked, moved or changed."""
    found = cwe(node, call)
    return {"url": EVENT_REASON, "valueCodeableConcept": found} if found else None


def occurrence(node: Node, _call: V2Call) -> JsonValue:
    """SCH-3 as the extension of Appointment.recurrenceId of R5."""
    found = node.text()
    number = int(found) if found.isdecimal() and len(found) < 9 else 0
    return {"url": RECURRENCE_ID, "valuePositiveInt": number} if number else None


def _ei_of(default: str, type_code: str) -> Transformation[Node, Context]:
    """Return EI of a namespace and a type of table 0203."""
    return lambda node, call: ei(node, call, default, type_code)


def _appointment_of(default: str, type_code: str) -> Transformation[Node, Context]:
    """Return EI as a logical reference to an appointment."""

    def transform(node: Node, call: V2Call) -> JsonValue:
        found = ei(node, call, default, type_code)
        return {"type": "Appointment", "identifier": found} if found else None

    return transform


def place(node: Node, call: V2Call) -> JsonValue:
    """PL as a logical reference to a location."""
    found = location(node, call)
    return found["location"] if isinstance(found, dict) else None


def resource(node: Node, call: V2Call) -> JsonValue:
    """CWE of a general resource (AIG-3) as a logical reference; AIG-4 settles its type after."""
    value, name = node.text(1), node.text(2) or node.text(5)
    if not value and not name:
        return None
    system = call.context.feed.code_system(node.text(3)) or call.context.feed.local_system(
        "resource"
    )
    identifier: JsonObject = {"system": system, "value": value} if value else {}
    if value and len(node.leaves) > 3 and node.text(4):
        identifier = identifier_of(call, value, [], "", "resource") | identifier
    return filled(type="Device", identifier=identifier, display=name or value)


def resource_type(text: str) -> str:
    """Return the FHIR type of a general resource by AIG-4, a Device where nothing else is told."""
    found = RESOURCE_TYPE.translate(text.upper())
    return found.code if found else "Device"


SCHEDULES: Mapping[str, Transformation[Node, Context]] = {
    "tq-start": tq_start,
    "tq-end": tq_end,
    "tq-priority": tq_priority,
    "priority": priority,
    "known-reason": known_reason,
    "event-reason": event_reason,
    "occurrence": occurrence,
    "ei-appointment-placer": _ei_of("appointment", "PLAC"),
    "ei-appointment-filler": _ei_of("appointment-filler", "FILL"),
    "ei-appointment-group": _ei_of("appointment-group", "PGN"),
    "parent-placer": _appointment_of("appointment", "PLAC"),
    "parent-filler": _appointment_of("appointment-filler", "FILL"),
    "place": place,
    "resource": resource,
}
