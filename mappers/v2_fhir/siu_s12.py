"""SIU S12 to S24 and S26: appointments, and the time slots of resources.

The event gives the status of the Appointment and wins over SCH-25 where they disagree. Later
events are laid over the stored appointment, whose versions are its history; an event that
happened before the stored one changes nothing. Several PID are the patients of one appointment
(a therapy group).
"""

from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.appointment import add_appointment
from mappers.v2_fhir.bundle import Entry, MapError, Mapped
from mappers.v2_fhir.event import SCHEDULED
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.identity import Key, stable_id
from mappers.v2_fhir.observation import map_observation, observation_key
from mappers.v2_fhir.patient import add_encounter, add_patient
from mappers.v2_fhir.schedule import group_schedule
from mappers.v2_fhir.schedule_code import SLOT_STATUS
from mappers.v2_fhir.slot import add_slots
from mappers.v2_fhir.source import SegmentText
from mappers.v2_fhir.work import MessageText, Work, open_message


def map_siu_s12(message: MessageText, feed: Feed) -> Mapped:
    """Map what happens to an appointment or a slot; raises MapError where SCH names none."""
    work, identifier, time = open_message(message, feed)
    event = work.source(message.segments[0]).value("MSH-9.2")
    schedule = group_schedule(message.segments)
    if schedule.sch is None:
        raise MapError("SCH", "the message names no appointment")
    if event in SLOT_STATUS:
        return work.finish(identifier, time, add_slots(work, schedule, event, time))
    people = [
        add_patient(work, one[0], [x for x in one if x.id == "NK1"], "merge")
        for one in schedule.patients
    ]
    key, appointment = add_appointment(work, schedule, event, time, [url for _, url in people])
    observations: list[JsonValue] = []
    for (_, patient), segments in zip(people, schedule.patients, strict=True):
        visit = _add_visit(work, segments, patient, appointment)
        observations += _observations(work, segments, patient, visit, key)
    if observations:
        found = work.entries[appointment].resource
        known = found.get("supportingInformation")
        found["supportingInformation"] = [
            *(known if isinstance(known, list) else []),
            *observations,
        ]
    return work.finish(identifier, time, people[0][0] if people else key)


def _add_visit(work: Work, segments: list[SegmentText], patient: str, appointment: str) -> str:
    """Add the visit that PV1 numbers as one of the appointment; a new one is planned."""
    by_id = {one.id: one for one in reversed(segments)}
    if "PV1" not in by_id:
        return ""
    visit = add_encounter(work, (by_id["PV1"], by_id.get("PV2")), patient, "merge", SCHEDULED)
    if visit:
        entry = work.entries[visit]
        entry.resource["appointment"] = [{"reference": appointment}]
        if "status" in entry.defaults:
            entry.resource["status"] = "planned"
    return visit


def _observations(
    work: Work, segments: list[SegmentText], patient: str, visit: str, key: Key
) -> list[JsonValue]:
    """Add the observations told with an appointment; return the references to them."""
    references: list[JsonValue] = []
    for segment in segments:
        if segment.id != "OBX":
            continue
        found = map_observation(work, segment, [])
        found["subject"] = {"reference": patient}
        if visit:
            found["encounter"] = {"reference": visit}
        own = observation_key(segment, found, work.source(segment))
        id = stable_id(work.feed.name, "Observation", *key, patient, own)
        found["id"] = id
        url = f"urn:uuid:{id}"
        work.add(Entry(found, url, f"Observation/{id}", "replace"))
        reference: JsonObject = {"reference": url}
        references.append(reference)
    return references
