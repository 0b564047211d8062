"""SIU: an appointment, its patients, services and resources."""

from collections.abc import Mapping

from mappers.path import JsonObject
from mappers.rule import Table
from mappers.v2_fhir.back.adt import write_diagnoses
from mappers.v2_fhir.back.datatypes import objects, text_at
from mappers.v2_fhir.back.engine import Page
from mappers.v2_fhir.back.letter import Letter
from mappers.v2_fhir.back.oru import write_result
from mappers.v2_fhir.back.schedules import put_span
from mappers.v2_fhir.participant import ROLE_SYSTEM, ROLES
from mappers.v2_fhir.segments.aig import EQUIPMENT
from mappers.v2_fhir.segments.ail import LOCATION
from mappers.v2_fhir.segments.aip import PERSONNEL
from mappers.v2_fhir.segments.ais import SERVICE
from mappers.v2_fhir.segments.sch import APPOINTMENT, CONTACTS, ORDER_FILLER, ORDER_PLACER

ACTIONS = {"S12": "A", "S13": "U", "S14": "U", "S26": "U"}
"""Segment action codes (table 0206) by event; what ends an appointment deletes its resources."""
FILLER_STATUS = {
    "S12": "Booked",
    "S13": "Booked",
    "S15": "Cancelled",
    "S17": "Deleted",
    "S26": "Noshow",
}
STATUS_EVENTS = {"cancelled": "S15", "noshow": "S26", "entered-in-error": "S17"}
EVENTS = ("S12", "S13", "S14", "S15", "S17", "S26")
BOOKED, RESCHEDULED, MODIFIED = "S12", "S13", "S14"
RESOURCES: Mapping[str, tuple[str, Table]] = {
    "Practitioner": ("AIP", PERSONNEL),
    "PractitionerRole": ("AIP", PERSONNEL),
    "Location": ("AIL", LOCATION),
    "Device": ("AIG", EQUIPMENT),
}


def event_of(appointment: JsonObject, former: JsonObject | None) -> str:
    """Return the event that made an Appointment what it is, from what it was before."""
    status = appointment.get("status")
    if former is None or (former.get("status") != status and status in STATUS_EVENTS):
        return STATUS_EVENTS.get(str(status), BOOKED)
    moved = any(former.get(end) != appointment.get(end) for end in ("start", "end"))
    return RESCHEDULED if moved else MODIFIED


def write_siu(
    letter: Letter, event: str, appointment: JsonObject, visit: JsonObject | None = None
) -> None:
    """Write the message of an Appointment; `visit` is the Encounter it is kept in, if there is."""
    letter.open("SIU", event, "SIU_S12")
    _schedule(letter, event, appointment)
    people = objects(appointment, "participant")
    for one in people:
        patient = letter.first(one, "actor")
        if patient is not None and patient.get("resourceType") == "Patient":
            letter.patient(patient, with_kin=False)
    letter.visit(visit)
    for number, result in enumerate(letter.of(appointment, "supportingInformation"), 1):
        if result.get("resourceType") == "Observation":
            write_result(letter, result, number)
    write_diagnoses(letter, visit, {})
    page = letter.page()
    page.text("RGS-1", "1")
    page.text("RGS-2", _action(event))
    letter.add(page, "RGS")
    _services(letter, event, appointment)
    numbers = dict.fromkeys(("AIG", "AIL", "AIP"), 0)
    for id, wanted in (("AIG", "Device"), ("AIL", "Location"), ("AIP", "Practitioner")):
        for one in people:
            if _kind(letter, one) != wanted or _role(one):
                continue
            numbers[id] += 1
            table = RESOURCES[wanted][1]
            page = letter.page()
            page.put("MSH-9", [["SIU"], [event]])
            page = letter.written(one, table, page=page)
            page.text(f"{id}-1", str(numbers[id]))
            page.text(f"{id}-2", _action(event))
            put_span(id, one, appointment, page)
            letter.add(page, id)


def _action(event: str) -> str:
    return ACTIONS.get(event, "D")


def _schedule(letter: Letter, event: str, appointment: JsonObject) -> None:
    page = letter.page()
    page.put("MSH-9", [["SIU"], [event]])
    page = letter.written(appointment, APPOINTMENT, page=page)
    minutes = text_at(appointment, "minutesDuration")
    page.text("SCH-9", minutes)
    if minutes:
        page.put("SCH-10", [["min"]])
    for order in letter.of(appointment, "basedOn"):
        page = letter.written(order, ORDER_PLACER, ORDER_FILLER, page=page)
    for one in objects(appointment, "participant"):
        role = _role(one)
        if role:
            table = CONTACTS[ROLES.index(role)]
            _append(letter, table, one, page)
    page.text("TQ1-1", "1" if page.segments.get("TQ1") else "")
    letter.add(page, "SCH", "TQ1")
    letter.notes([{"text": text_at(appointment, "comment")}])


def _append(letter: Letter, table: Table, one: JsonObject, page: Page) -> None:
    found = letter.written({"actor": [one["actor"]]}, table).segments
    for name, fields in found.items():
        for number, repetitions in fields.items():
            page.segments.setdefault(name, {}).setdefault(number, []).extend(repetitions)


def _services(letter: Letter, event: str, appointment: JsonObject) -> None:
    """Write an AIS for each service."""
    for number, service in enumerate(objects(appointment, "serviceType"), 1):
        page = letter.written({"serviceType": [service]}, SERVICE)
        page.text("AIS-1", str(number))
        page.text("AIS-2", _action(event))
        put_span("AIS", {}, appointment, page)
        page.text("AIS-10", FILLER_STATUS.get(event, ""))
        letter.add(page, "AIS")


def _role(one: JsonObject) -> str:
    """Return the contact a participant is, empty where it is none."""
    codings = objects(one, "type.coding")
    return next((text_at(x, "code") for x in codings if x.get("system") == ROLE_SYSTEM), "")


def _kind(letter: Letter, one: JsonObject) -> str:
    actor = one.get("actor")
    found = letter.resolve(text_at(actor, "reference")) if isinstance(actor, dict) else None
    kind = text_at(found, "resourceType") if found else text_at(actor, "type")
    return "Practitioner" if kind == "PractitionerRole" else kind
