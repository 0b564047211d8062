"""ADT: what happened to a visit or a person, and all that is told of them beside.

A snapshot: what the message values replaces what is stored, an empty field changes nothing, a
field of two double quotes deletes, a segment that is not there changes nothing. What the event
makes of the status stands in `mappers.v2_fhir.event`; a visit without a number is known by patient
and admission time. Person events speak of a person only: what they carry of a visit is listed as
unmapped.
"""

from dataclasses import replace

from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.account import add_account
from mappers.v2_fhir.adt_clinical import (
    add_allergies,
    add_diagnoses,
    add_living_will,
    add_procedures,
    add_results,
)
from mappers.v2_fhir.adt_group import Person, people
from mappers.v2_fhir.adt_role import add_care_team, practitioners, visit_participants
from mappers.v2_fhir.bundle import MapError, Mapped
from mappers.v2_fhir.event import BY_TRIGGER, Event
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.identity import Key
from mappers.v2_fhir.patient import add_encounter, add_patient, cleared_elements
from mappers.v2_fhir.provenance import add_provenance
from mappers.v2_fhir.segments.pd1 import DEMOGRAPHICS, IMPORTANCE
from mappers.v2_fhir.work import MessageText, Work, open_message


def map_adt(message: MessageText, feed: Feed) -> Mapped:
    """Map what happened to a visit or a person; raises MapError where it names no patient."""
    work, identifier, time = open_message(message, feed)
    event = BY_TRIGGER[work.source(message.segments[0]).value("MSH-9.2")]
    person = people(message.segments)[0]
    key = _map_person(work, person, event)
    if feed.dialect.provenance:
        add_provenance(work)
    return work.finish(identifier, time, key)


def _map_person(work: Work, person: Person, event: Event) -> Key:
    key, patient = add_patient(work, person.pid, person.contacts, "merge")
    _add_demographics(work, person, patient)
    visit = ""
    if event.subject == "visit" and person.pv1 is not None:
        visit = _add_visit(work, person, patient, key, event)
    owner = (*key, visit)
    _add_account(work, person, key, patient, visit)
    add_living_will(work, person.pd1, patient, key)
    add_care_team(work, person.roles, patient, key)
    add_allergies(work, person.allergies, patient, key)
    add_diagnoses(work, person.diagnoses, patient, visit, owner)
    add_procedures(work, person.procedures, patient, visit, owner)
    add_results(work, person.results, patient, visit, owner)
    return key


def _add_demographics(work: Work, person: Person, url: str) -> None:
    """Write what PD1, PV1 and the roles tell of the person into the Patient."""
    entry = work.entries[url]
    if person.pd1 is not None:
        source = work.source(person.pd1)
        work.run(DEMOGRAPHICS, source, entry.resource)
        cleared = cleared_elements(DEMOGRAPHICS, source, entry.resource)
        work.entries[url] = replace(entry, cleared=(*entry.cleared, *cleared))
    if person.pv1 is not None:
        work.run(IMPORTANCE, work.source(person.pv1), entry.resource)
    practitioners(work, person.roles, entry.resource)


def _add_visit(work: Work, person: Person, patient: str, key: Key, event: Event) -> str:
    if person.pv1 is None:
        raise MapError("PV1", "the message names no visit")
    admitted = work.source(person.pv1).value("PV1-44") or work.time
    segments = (person.pv1, person.pv2)
    fallback = (*key, admitted)
    visit = add_encounter(work, segments, patient, "merge", event, fallback)
    visit_participants(work, person.visit_roles, work.entries[visit].resource)
    return visit


def _add_account(work: Work, person: Person, key: Key, patient: str, visit: str) -> None:
    """Add the account of PID-18 with the insurance that follows it."""
    account = add_account(work, person.segments, key, patient)
    if account and visit:
        reference: JsonObject = {"reference": account}
        listed: list[JsonValue] = [reference]
        work.entries[visit].resource["account"] = listed
