"""S23 and S24: time slots of resources that are blocked and opened again."""

from mappers.path import JsonObject, JsonValue, read
from mappers.v2_fhir.bundle import Entry, MapError
from mappers.v2_fhir.datatypes import filled
from mappers.v2_fhir.event_time import mark
from mappers.v2_fhir.identity import Key, chosen_key, identifier_query, stable_id
from mappers.v2_fhir.observation import note_of
from mappers.v2_fhir.participant import TABLES, resource_participant
from mappers.v2_fhir.schedule import Schedule
from mappers.v2_fhir.schedule_code import SLOT_STATUS
from mappers.v2_fhir.schedule_time import later, told_duration
from mappers.v2_fhir.segments.rgs import RESOURCE_GROUP
from mappers.v2_fhir.segments.sch import APPOINTMENT
from mappers.v2_fhir.source import SegmentText
from mappers.v2_fhir.work import Work

NO_RESOURCE = "the slot names no resource with a start; send AIP, AIL or AIG with its times"


def add_slots(work: Work, schedule: Schedule, event: str, time: str) -> Key:
    """Add a Slot and its Schedule for each resource; return what the slots are known by.

    Raises MapError where nothing identifies the slot or no resource has a start.
    """
    source = work.source(schedule.sch, schedule.tq1, schedule.header)
    told = work.run(APPOINTMENT, source)
    key = chosen_key(told, ("FILL", "PLAC"))
    if key is None:
        raise MapError("SCH-2", "the slot has no number; send SCH-1 or SCH-2")
    for group in schedule.groups:
        work.run(RESOURCE_GROUP, work.source(group))
    note = note_of(work, schedule.notes)
    comment = note["text"] if note else None
    start, duration = str(told.get("start", "")), told_duration(source)
    shared = filled(status=SLOT_STATUS[event], comment=comment)
    added = [
        _add_slot(work, segment, key, shared, (start, str(told.get("end", "")), duration), time)
        for segment in schedule.resources
        if segment.id in TABLES
    ]
    if not any(added):
        raise MapError("AIP-6", NO_RESOURCE)
    return key


def _add_slot(
    work: Work,
    segment: SegmentText,
    key: Key,
    shared: JsonObject,
    span: tuple[str, str, int | None],
    time: str,
) -> bool:
    """Add the slot of one resource; say whether it names one and has a start and an end."""
    begins, ends, duration = span
    found = resource_participant(work, segment, "accepted", begins)
    period = read(found or {}, "period")
    start = str((read(period[0], "start") if period else [begins])[0])
    own = read(period[0], "end") if period else []
    end = str(own[0]) if own else later(start, duration) if duration else ends
    if found is None or not start or not end:
        return False
    actor = found["actor"]
    named = read(actor, "identifier.system") + read(actor, "identifier.value")
    name = [str(one) for one in named or read(actor, "display")]
    schedule = _add_schedule(work, name, actor)
    identity = (work.feed.local_system("slot"), stable_id(work.feed.name, "Slot", *key, *name))
    identifier: JsonValue = {"system": identity[0], "value": identity[1]}
    slot: JsonObject = {
        "resourceType": "Slot",
        "identifier": [identifier],
        "schedule": {"reference": schedule},
        "start": start,
        "end": end,
        **shared,
    }
    mark(slot, time)
    url = f"urn:uuid:{identity[1]}"
    work.add(Entry(slot, url, "Slot", "merge", identifier_query(identity)))
    return True


def _add_schedule(work: Work, name: list[str], actor: JsonValue) -> str:
    """Add the Schedule of a resource where none is known; return the reference to it."""
    identity = (work.feed.local_system("schedule"), stable_id(work.feed.name, "Schedule", *name))
    identifier: JsonValue = {"system": identity[0], "value": identity[1]}
    schedule: JsonObject = {
        "resourceType": "Schedule",
        "identifier": [identifier],
        "actor": [actor],
    }
    url = f"urn:uuid:{identity[1]}"
    work.add(Entry(schedule, url, "Schedule", "create", identifier_query(identity)))
    return url
