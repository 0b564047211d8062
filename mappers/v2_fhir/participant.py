"""Who and what takes part in an appointment: patients, people, places, equipment, contacts."""

from collections.abc import Iterator

from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.datatypes import filled
from mappers.v2_fhir.feed import CANONICAL
from mappers.v2_fhir.schedule import Schedule
from mappers.v2_fhir.schedule_code import PARTICIPATION
from mappers.v2_fhir.schedule_time import span_of
from mappers.v2_fhir.schedule_type import resource_type
from mappers.v2_fhir.segments.aig import EQUIPMENT
from mappers.v2_fhir.segments.ail import LOCATION
from mappers.v2_fhir.segments.aip import PERSONNEL
from mappers.v2_fhir.segments.sch import CONTACTS
from mappers.v2_fhir.source import SegmentText
from mappers.v2_fhir.work import Work

TABLES = {"AIP": PERSONNEL, "AIL": LOCATION, "AIG": EQUIPMENT}
ROLE_SYSTEM = f"{CANONICAL}/CodeSystem/appointment-contact"
ROLES = ("placer-contact", "filler-contact", "enterer")
DELETED = "D"


def participants(
    work: Work, schedule: Schedule, patients: list[str], status: str, start: str
) -> list[JsonValue]:
    """Return every participant; whose status is not told follows the appointment's."""
    default = PARTICIPATION.get(status, "accepted")
    found: list[JsonObject] = [
        {"actor": {"reference": one}, "required": "required", "status": default} for one in patients
    ]
    found += [
        one
        for id in TABLES
        for segment in schedule.of(id)
        if (one := resource_participant(work, segment, default, start))
    ]
    found += _contacts(work, schedule)
    return [one for at, one in enumerate(found) if one not in found[:at]]


def resource_participant(
    work: Work, segment: SegmentText, status: str, start: str
) -> JsonObject | None:
    """Return the participant of an AIP, AIL or AIG, None where it names nothing."""
    source = work.source(segment)
    found = work.run(TABLES[segment.id], source)
    actor = found.get("actor")
    if not isinstance(actor, dict):
        return None
    if segment.id == "AIG":
        actor["type"] = resource_type(source.value("AIG-4"))
    span = span_of(work, source, segment.id, start)
    if span.start:
        found["period"] = filled(start=span.start, end=span.end)
    is_deleted = source.value(f"{segment.id}-2") == DELETED
    return {"status": status, **found} | ({"status": "declined"} if is_deleted else {})


def _contacts(work: Work, schedule: Schedule) -> Iterator[JsonObject]:
    """Yield those who asked for, keep or entered the appointment: for information only."""
    for table, role in zip(CONTACTS, ROLES, strict=True):
        people = work.run(table, work.source(schedule.sch)).get("actor")
        coding: JsonObject = {"system": ROLE_SYSTEM, "code": role}
        for person in people if isinstance(people, list) else ():
            yield {
                "type": [{"coding": [coding]}],
                "actor": person,
                "required": "information-only",
                "status": "accepted",
            }
