"""SIU S12 to S24 and S26: appointments, and the time slots of resources.

The event gives the status of the Appointment and wins over SCH-25 where they disagree. Later
events are laid over the stored appointment, whose versions are its history; an event that
happened before the stored one changes nothing. Several PID are the patients of one appointment
(a therapy group).
"""

from mappers.path import JsonValue
from mappers.v2_fhir.adt_clinical import add_diagnoses, add_results
from mappers.v2_fhir.adt_group import Person, people
from mappers.v2_fhir.adt_role import visit_participants
from mappers.v2_fhir.appointment import add_appointment
from mappers.v2_fhir.bundle import MapError, Mapped
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.patient import add_encounter, add_patient
from mappers.v2_fhir.provenance import add_provenance
from mappers.v2_fhir.schedule import group_schedule
from mappers.v2_fhir.schedule_code import SLOT_STATUS
from mappers.v2_fhir.segments.pd1 import IMPORTANCE
from mappers.v2_fhir.slot import add_slots
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
    groups = [people(one)[0] for one in schedule.patients]
    known = [add_patient(work, one.pid, one.contacts, "merge") for one in groups]
    key, appointment = add_appointment(work, schedule, event, time, [url for _, url in known])
    for (own, patient), person in zip(known, groups, strict=True):
        visit = _add_visit(work, person, patient, appointment)
        before = set(work.entries)
        add_diagnoses(work, person.diagnoses, patient, visit, (*own, visit))
        add_results(work, person.results, patient, visit, (*own, *key))
        _support(work, appointment, [url for url in work.entries if url not in before])
    if feed.dialect.provenance:
        add_provenance(work)
    return work.finish(identifier, time, known[0][0] if known else key)


SUPPORT = {"Condition": "reasonReference", "Observation": "supportingInformation"}
"""Where an appointment names what is told with it."""


def _support(work: Work, appointment: str, added: list[str]) -> None:
    """Name in the appointment the diagnoses and observations told with it."""
    resource = work.entries[appointment].resource
    for url in added:
        name = SUPPORT[str(work.entries[url].resource["resourceType"])]
        listed = resource.get(name)
        reference: JsonValue = {"reference": url}
        resource[name] = [*(listed if isinstance(listed, list) else []), reference]


def _add_visit(work: Work, person: Person, patient: str, appointment: str) -> str:
    """Add the visit that PV1 numbers as one of the appointment; a new one is planned."""
    if person.pv1 is None:
        return ""
    visit = add_encounter(work, (person.pv1, person.pv2), patient, "merge")
    if not visit:
        return ""
    work.run(IMPORTANCE, work.source(person.pv1), work.entries[patient].resource)
    entry = work.entries[visit]
    entry.resource["appointment"] = [{"reference": appointment}]
    visit_participants(work, person.visit_roles, entry.resource)
    if "status" in entry.defaults:
        entry.resource["status"] = "planned"
    return visit
