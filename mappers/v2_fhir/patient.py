"""PID to the Patient entry, and the visit in PV1 to the Encounter entry: shared by all messages."""

from collections.abc import Sequence

from mappers.path import JsonObject, JsonValue, read
from mappers.rule import Table
from mappers.v2_fhir.bundle import Entry, MapError, Mode
from mappers.v2_fhir.codes import TERMINOLOGY
from mappers.v2_fhir.identity import Key, chosen_key, identifier_query, stable_id
from mappers.v2_fhir.segments.pid import CONTACT, PATIENT
from mappers.v2_fhir.segments.pv1 import ENCOUNTER, PARTICIPANT_TABLES, PARTICIPANTS
from mappers.v2_fhir.source import SegmentSource, SegmentText
from mappers.v2_fhir.work import Work

CANCELLED = "cancelled"
VISIT_TYPES = ("VN", "AN", "")
UNKNOWN_CLASS: JsonObject = {"system": f"{TERMINOLOGY}/v3-NullFlavor", "code": "UNK"}


def add_patient(
    work: Work, pid: SegmentText | None, contacts: Sequence[SegmentText], mode: Mode
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
    work.add(Entry(patient, url, "Patient", mode, identifier_query(key), cleared))
    return key, url


def add_encounter(
    work: Work,
    segments: Sequence[SegmentText | None],
    subject: str,
    mode: Mode,
    status: str,
    fallback: tuple[str, ...] = (),
    undone: tuple[str, ...] = (),
    stays: tuple[str, ...] = (),
) -> str:
    """Add the Encounter of PV1; return the reference to it, empty where nothing identifies it.

    `fallback` is the key of a visit without a number. `status` is what the event says, empty
    where it says nothing: a stored status then stays, as one of `stays` does. `undone` are the
    paths the event takes back where the message does not write them.
    """
    source = work.source(*segments)
    visit: JsonObject = {"resourceType": "Encounter"}
    key = chosen_key(work.run(ENCOUNTER, source, visit), VISIT_TYPES)
    if key is None and not fallback:
        return ""
    if key is None:
        key = (work.feed.local_system("visit"), stable_id(work.feed.name, "visit", *fallback))
        visit["identifier"] = [{"system": key[0], "value": key[1]}]
    ended = _has_ended(visit) and status != CANCELLED
    defaults = _fill(visit, "finished" if ended else status)
    visit["subject"] = {"reference": subject}
    people = _participants(work, source)
    if people:
        visit["participant"] = people
    url = f"urn:uuid:{stable_id(work.feed.name, 'Encounter', *key)}"
    cleared = (
        *cleared_elements(ENCOUNTER, source, visit),
        *(path for path in undone if not read(visit, path)),
    )
    work.add(Entry(visit, url, "Encounter", mode, identifier_query(key), cleared, defaults, stays))
    return url


def cleared_elements(table: Table, source: SegmentSource, resource: JsonObject) -> tuple[str, ...]:
    """Return the paths the sender deleted with two double quotes and no other field wrote."""
    targets = [rule.target for rule in table.rules if rule.source in source.cleared]
    paths = (target.split("[")[0] for target in targets)
    return tuple(dict.fromkeys(path for path in paths if not read(resource, path)))


def _fill(visit: JsonObject, status: str) -> tuple[str, ...]:
    """Fill what R4 requires; return the members that must not overwrite stored ones."""
    defaults = []
    if "class" not in visit:
        visit["class"] = dict(UNKNOWN_CLASS)
        defaults.append("class")
    if not status:
        defaults.append("status")
    visit["status"] = status or "unknown"
    return tuple(defaults)


def _has_ended(visit: JsonObject) -> bool:
    period = visit.get("period")
    return isinstance(period, dict) and "end" in period


def _participants(work: Work, source: SegmentSource) -> list[JsonValue]:
    people: list[JsonValue] = []
    for table, (_, code) in zip(PARTICIPANT_TABLES, PARTICIPANTS, strict=True):
        found = work.run(table, source).get("individual")
        role: JsonObject = {"system": f"{TERMINOLOGY}/v3-ParticipationType", "code": code}
        people += [
            {"type": [{"coding": [role]}], "individual": person}
            for person in (found if isinstance(found, list) else ())
        ]
    return people
