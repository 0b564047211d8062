"""SCH with its resources to the Appointment entry."""

from collections.abc import Iterator
from itertools import zip_longest

from mappers.path import JsonObject, JsonValue, read
from mappers.v2_fhir.bundle import Entry, MapError
from mappers.v2_fhir.event_time import mark
from mappers.v2_fhir.identity import Key, chosen_key, identifier_query, stable_id
from mappers.v2_fhir.observation import note_of
from mappers.v2_fhir.participant import DELETED, participants
from mappers.v2_fhir.patient import cleared_elements
from mappers.v2_fhir.schedule import Schedule
from mappers.v2_fhir.schedule_code import SCHEDULE_EVENTS, ScheduleEvent
from mappers.v2_fhir.schedule_time import later, seconds_between, span_of, told_duration
from mappers.v2_fhir.segments.ais import SERVICE
from mappers.v2_fhir.segments.rgs import RESOURCE_GROUP
from mappers.v2_fhir.segments.sch import APPOINTMENT, ORDER_FILLER, ORDER_PLACER
from mappers.v2_fhir.source import SegmentSource
from mappers.v2_fhir.work import Work

APPOINTMENT_TYPES = ("FILL", "PLAC")
NOT_TAKING_PLACE = ("cancelled", "noshow")
DISCONTINUED = "S16"
MINUTE = 60
UNKNOWN: JsonValue = [
    {
        "url": "http://hl7.org/fhir/StructureDefinition/data-absent-reason",
        "valueCode": "unknown",
    }
]


def add_appointment(
    work: Work, schedule: Schedule, event: str, time: str, patients: list[str]
) -> tuple[Key, str]:
    """Add the Appointment; return the identifier it is known by and the reference to it.

    Raises MapError where SCH names none, or a booking has no start.
    """
    source = work.source(schedule.sch, schedule.tq1, schedule.header)
    appointment: JsonObject = {"resourceType": "Appointment"}
    work.run(APPOINTMENT, source, appointment)
    key = _known_by(work, appointment)
    said = SCHEDULE_EVENTS[event]
    told = str(appointment.get("status", ""))
    status = told if told and (not said.status or told in said.refined) else said.status
    appointment["status"] = status or "booked"
    _set_times(work, schedule, appointment, source)
    if event in {"S12", "S13"} and "start" not in appointment:
        raise MapError("TQ1-7", "the booking has no start; send it in TQ1-7, SCH-11.4 or AIS-4")
    _add_services(work, schedule, appointment)
    start = str(appointment.get("start", ""))
    appointment["participant"] = participants(
        work, schedule, patients, str(appointment["status"]), start
    )
    orders = list(_orders(work, schedule, patients))
    if orders:
        appointment["basedOn"] = [{"reference": one} for one in orders]
    note = note_of(work, schedule.notes)
    if note:
        appointment["comment"] = note["text"]
    mark(appointment, time)
    url = f"urn:uuid:{stable_id(work.feed.name, 'Appointment', *key)}"
    work.add(_entry(appointment, url, key, said, status, schedule, source))
    return key, url


def _entry(
    appointment: JsonObject,
    url: str,
    key: Key,
    said: ScheduleEvent,
    status: str,
    schedule: Schedule,
    source: SegmentSource,
) -> Entry:
    """Return the entry with what it takes away of a stored appointment, and what it leaves."""
    cleared = list(cleared_elements(APPOINTMENT, source, appointment))
    if status and status not in NOT_TAKING_PLACE:
        appointment.pop("cancelationReason", None)
        cleared.append("cancelationReason")
    if "end" in appointment:
        cleared.append("_end")
    elif "_end" in appointment:
        cleared.append("end")
    defaults = (
        *(() if status else ("status",)),
        *(() if schedule.resources else ("participant",)),
    )
    return Entry(
        appointment,
        url,
        "Appointment",
        "merge",
        identifier_query(key),
        tuple(cleared),
        defaults,
        said.stays if not read(appointment, "extension.valueDateTime") else (),
        ("participant",) if said.changes_resources else (),
    )


def _known_by(work: Work, appointment: JsonObject) -> Key:
    """Return the filler's else the placer's number, with the occurrence where it repeats."""
    key = chosen_key(appointment, APPOINTMENT_TYPES)
    if key is None:
        raise MapError("SCH-2", "the appointment has no number; send SCH-1 or SCH-2")
    number = read(appointment, "extension.valuePositiveInt")
    if not number:
        return key
    own = (work.feed.local_system("appointment-occurrence"), f"{key[1]}/{number[0]}")
    identifiers = appointment.get("identifier")
    appointment["identifier"] = [
        {"system": own[0], "value": own[1]},
        *(identifiers if isinstance(identifiers, list) else []),
    ]
    return own


def _set_times(
    work: Work, schedule: Schedule, appointment: JsonObject, source: SegmentSource
) -> None:
    """Complete start, end and minutesDuration from each other and from the resources."""
    duration = told_duration(source)
    for segment in schedule.resources:
        begins = str(appointment.get("start", ""))
        span = span_of(work, work.source(segment), segment.id, begins)
        if span.start and not begins:
            appointment["start"] = span.start
        duration = duration or span.seconds
    start = str(appointment.get("start", ""))
    if not start:
        appointment.pop("end", None)
        return
    if "end" not in appointment and duration:
        appointment["end"] = later(start, duration)
    between = seconds_between(start, str(appointment.get("end", "")))
    if between < 0 or not appointment.get("end"):
        appointment.pop("end", None)
        appointment["_end"] = {"extension": UNKNOWN}
    seconds = duration or between
    if seconds >= MINUTE:
        appointment["minutesDuration"] = seconds // MINUTE


def _add_services(work: Work, schedule: Schedule, appointment: JsonObject) -> None:
    """Write the services of AIS; those that are deleted are left out."""
    for segment in schedule.groups:
        work.run(RESOURCE_GROUP, work.source(segment))
    for segment in schedule.of("AIS"):
        source = work.source(segment)
        is_deleted = source.value("AIS-2") == DELETED
        work.run(SERVICE, source, {} if is_deleted else appointment)
        source.account(("AIS-4", "AIS-10"))


def _orders(work: Work, schedule: Schedule, patients: list[str]) -> Iterator[str]:
    """Add the orders an appointment is for; yield the references to them."""
    source = work.source(schedule.sch)
    placers = read(work.run(ORDER_PLACER, source), "identifier")
    fillers = read(work.run(ORDER_FILLER, source), "identifier")
    for pair in zip_longest(placers, fillers):
        identifiers: list[JsonValue] = [one for one in pair if one]
        order: JsonObject = {
            "resourceType": "ServiceRequest",
            "identifier": identifiers,
            "status": "active",
            "intent": "order",
        }
        key = chosen_key(order, ("PLAC", "FILL"))
        if key is None or not patients:
            continue
        order["subject"] = {"reference": patients[0]}
        url = f"urn:uuid:{stable_id(work.feed.name, 'ServiceRequest', *key)}"
        work.add(Entry(order, url, "ServiceRequest", "create", identifier_query(key)))
        yield url
