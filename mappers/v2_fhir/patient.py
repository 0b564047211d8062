"""PID to the Patient entry, and the visit in PV1 to the Encounter entry: shared by all messages."""

from collections.abc import Sequence

from mappers.path import JsonObject, JsonValue, read
from mappers.rule import Table
from mappers.v2_fhir.bundle import Entry, MapError, Mode
from mappers.v2_fhir.codes import TERMINOLOGY
from mappers.v2_fhir.event import BY_TRIGGER, Event
from mappers.v2_fhir.identity import Key, chosen_key, identifier_query, stable_id
from mappers.v2_fhir.segments.pid import CONTACT, PATIENT
from mappers.v2_fhir.segments.pv1 import ENCOUNTER, EVENT_STATUS_RULES, STATUS
from mappers.v2_fhir.source import SegmentSource, SegmentText
from mappers.v2_fhir.visit import opened
from mappers.v2_fhir.work import Work

UPDATE = BY_TRIGGER["A08"]
CANCELLED = ("cancelled", "entered-in-error")
VISIT_TYPES = ("VN", "AN", "")
UNKNOWN_CLASS: JsonObject = {"system": f"{TERMINOLOGY}/v3-NullFlavor", "code": "UNK"}


def add_patient(
    work: Work,
    pid: SegmentText | None,
    contacts: Sequence[SegmentText],
    mode: Mode,
) -> tuple[Key, str]:
    """Add the Patient; return the identifier it is matched by and the reference to it.

    Raises MapError where PID is missing or holds no identifier: nothing could be matched.
    """
    if pid is None:
        raise MapError("PID", "the message names no patient")
    source = work.source(pid)
    patient: JsonObject = {"resourceType": "Patient"}
    work.run(PATIENT, source, patient)
    key = chosen_key(patient)
    if key is None:
        raise MapError("PID-3", "the patient has no identifier")
    people: list[JsonValue] = [work.run(CONTACT, work.source(segment)) for segment in contacts]
    if people:
        patient["contact"] = people
    url = f"urn:uuid:{stable_id(work.feed.name, 'Patient', *key)}"
    cleared = cleared_elements(PATIENT, source, patient)
    joined = ("contact",) if work.feed.dialect.lists.contacts == "additive" else ()
    query = identifier_query(key)
    work.add(Entry(patient, url, "Patient", mode, query, cleared, time=work.time, joined=joined))
    return key, url


def add_encounter(
    work: Work,
    segments: Sequence[SegmentText | None],
    subject: str,
    mode: Mode,
    event: Event | None = None,
    fallback: tuple[str, ...] = (),
) -> str:
    """Add the Encounter of PV1; return the reference to it, empty where nothing identifies it.

    `fallback` is the key of a visit without a number. `event` says what happened; one that says
    nothing of the status leaves a stored one alone, and so do messages that are no event of a
    visit.
    """
    if event is None and mode == "merge":
        event = UPDATE
    source = work.source(*segments)
    visit: JsonObject = {"resourceType": "Encounter"}
    key = chosen_key(work.run(ENCOUNTER, source, visit), VISIT_TYPES)
    if key is None and not fallback:
        return ""
    if key is None:
        key = (work.feed.local_system("visit"), stable_id(work.feed.name, "visit", *fallback))
        visit["identifier"] = [{"system": key[0], "value": key[1]}]
    status = event_status(work, event)
    defaults = _fill(work, source, visit, status, event)
    if event is not None:
        _times(visit, event, status, work.time)
    visit["subject"] = {"reference": subject}
    url = f"urn:uuid:{stable_id(work.feed.name, 'Encounter', *key)}"
    cleared = cleared_elements(ENCOUNTER, source, visit)
    query = identifier_query(key)
    entry = Entry(
        visit, url, "Encounter", mode, query, cleared, defaults, time=work.time, event=event
    )
    work.add(entry)
    return url


def event_status(work: Work, event: Event | None) -> str:
    """Return the status the event gives a visit, empty where it gives none."""
    if event is None or not event.status:
        return ""
    told = work.run(EVENT_STATUS_RULES, work.source(work.segments[0]))
    registered = event.trigger == "A04"
    return work.feed.dialect.registration if registered else str(told.get("status", ""))


def _times(visit: JsonObject, event: Event, status: str, time: str) -> None:
    """Write what the time of the event tells: from when on, and where the patient is or will be."""
    places = visit.get("location")
    if event.replans or visit["status"] == "planned" or event.status in CANCELLED:
        for one in places if isinstance(places, list) else ():
            if isinstance(one, dict) and one["status"] == "active" and "extension" not in one:
                one["status"] = "planned"
    opened(visit, time, told=bool(status) or visit["status"] == "finished")
    period = visit.get("period")
    stated: JsonObject = dict(period) if isinstance(period, dict) else {}
    if status == "finished" and time:
        visit["period"] = stated | {"end": stated.get("end", time)}
    elif event.trigger in {"A01", "A04"} and time and "start" not in stated:
        begun: JsonObject = {"start": time}
        visit["period"] = begun | stated


def cleared_elements(table: Table, source: SegmentSource, resource: JsonObject) -> tuple[str, ...]:
    """Return the paths the sender deleted with two double quotes and no other field wrote."""
    targets = [rule.target for rule in table.rules if rule.source in source.cleared]
    paths = (target.split("[")[0] for target in targets)
    return tuple(dict.fromkeys(path for path in paths if not read(resource, path)))


def _fill(
    work: Work, source: SegmentSource, visit: JsonObject, status: str, event: Event | None
) -> tuple[str, ...]:
    """Fill what R4 requires; return the members that must not overwrite stored ones."""
    defaults = []
    if "class" not in visit:
        visit["class"] = dict(UNKNOWN_CLASS)
        defaults.append("class")
    ended = _has_ended(visit) and status not in CANCELLED
    if not status and not ended:
        defaults.append("status")
    likely = "unknown"
    if event is not None:
        likely = str(work.run(STATUS, source).get("status", likely))
    visit["status"] = "finished" if ended else status or likely
    return tuple(defaults)


def _has_ended(visit: JsonObject) -> bool:
    period = visit.get("period")
    return isinstance(period, dict) and "end" in period
