"""What ADT tells beside the person and the visit: diagnoses, allergies, procedures, results.

Each is put at an id that is a function of the feed, its owner and what tells it from its like, so
that the same told again is the same resource.
"""

from collections.abc import Sequence
from datetime import timedelta

from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.adt_group import Owned
from mappers.v2_fhir.adt_role import is_ended
from mappers.v2_fhir.bundle import Complete, Entry
from mappers.v2_fhir.identity import Key, chosen_key, code_key, stable_id
from mappers.v2_fhir.observation import map_observation, observation_key
from mappers.v2_fhir.segments.al1 import ADVERSE_REACTION, ALLERGY
from mappers.v2_fhir.segments.dg1 import CONDITION, DIAGNOSIS
from mappers.v2_fhir.segments.pd1 import LIVING_WILL
from mappers.v2_fhir.segments.pr1 import PROCEDURE
from mappers.v2_fhir.segments.rol import PROCEDURE_ROLE
from mappers.v2_fhir.source import SegmentText
from mappers.v2_fhir.timeline import moment
from mappers.v2_fhir.work import Work

ERRONEOUS = "entered-in-error"


def put(work: Work, resource: JsonObject, key: tuple[str, ...]) -> str:
    """Add a resource at the id of its key; return the reference to it."""
    type = str(resource["resourceType"])
    resource["id"] = stable_id(work.feed.name, type, *key)
    url = f"{type}/{resource['id']}"
    work.add(Entry(resource, f"urn:uuid:{resource['id']}", url, "replace", time=work.time))
    return url


def item_key(resource: JsonObject) -> tuple[str, ...]:
    """Return what tells an item from its like: its identifier, else its code."""
    number = chosen_key(resource)
    return number or (code_key(resource),)


def add_allergies(work: Work, segments: Sequence[SegmentText], patient: str, key: Key) -> None:
    """Add the allergies of a person; a snapshot says that there are no others."""
    urls = []
    for segment in segments:
        allergy: JsonObject = {"resourceType": "AllergyIntolerance"}
        table = ALLERGY if segment.id == "AL1" else ADVERSE_REACTION
        work.run(table, work.source(segment), allergy)
        allergy["patient"] = {"reference": patient}
        urls.append(put(work, allergy, (*key, *item_key(allergy))))
    if urls and work.feed.dialect.lists.allergies == "snapshot":
        work.complete.append(Complete("AllergyIntolerance", "patient", patient, key, tuple(urls)))


def add_diagnoses(
    work: Work,
    segments: Sequence[SegmentText],
    patient: str,
    visit: str,
    owner: tuple[str, ...],
) -> None:
    """Add the diagnoses, and name them in the visit where there is one."""
    listed: list[JsonValue] = []
    urls = []
    for segment in segments:
        condition: JsonObject = {"resourceType": "Condition"}
        work.run(CONDITION, work.source(segment), condition)
        told = work.run(DIAGNOSIS, work.source(segment))
        condition["subject"] = {"reference": patient}
        condition |= {"encounter": {"reference": visit}} if visit else {}
        urls.append(put(work, condition, (*owner, *item_key(condition))))
        if ERRONEOUS not in str(condition.get("verificationStatus")):
            listed.append({"condition": {"reference": urls[-1]}, **told})
    if not listed or not visit:
        return
    work.entries[visit].resource["diagnosis"] = listed
    if work.feed.dialect.lists.diagnoses == "snapshot":
        work.complete.append(Complete("Condition", "encounter", visit, owner, tuple(urls)))


def add_procedures(
    work: Work, procedures: Sequence[Owned], patient: str, visit: str, owner: tuple[str, ...]
) -> None:
    """Add the procedures with those who had a part in them."""
    for one in procedures:
        source = work.source(one.segment)
        procedure: JsonObject = {"resourceType": "Procedure"}
        work.run(PROCEDURE, source, procedure)
        _end(procedure, source.value("PR1-7"))
        source.account(("PR1-7",))
        found = procedure.get("performer")
        performers: list[JsonValue] = list(found) if isinstance(found, list) else []
        for role in one.others:
            told = work.run(PROCEDURE_ROLE, work.source(role)) if role.id == "ROL" else {}
            performers += [told] if "actor" in told and not is_ended(work, role) else []
        procedure |= {"performer": performers} if performers else {}
        procedure["subject"] = {"reference": patient}
        procedure |= {"encounter": {"reference": visit}} if visit else {}
        performed = str(procedure.get("performedDateTime", procedure.get("performedPeriod", "")))
        number = chosen_key(procedure)
        put(work, procedure, (*owner, *(number or (code_key(procedure), performed))))


def _end(procedure: JsonObject, minutes: str) -> None:
    """Write when a procedure ended, where its beginning is known to the minute."""
    period = procedure.get("performedPeriod")
    if not isinstance(period, dict):
        return
    start = str(period.get("start", ""))
    if "T" in start and minutes.isdecimal() and len(minutes) < 6:
        period["end"] = (moment(start) + timedelta(minutes=int(minutes))).isoformat()


def add_results(
    work: Work, results: Sequence[Owned], patient: str, visit: str, owner: tuple[str, ...]
) -> None:
    """Add what was observed at the event."""
    seen: dict[str, int] = {}
    for one in results:
        observation = map_observation(work, one.segment, one.others)
        observation["subject"] = {"reference": patient}
        observation |= {"encounter": {"reference": visit}} if visit else {}
        key = observation_key(one.segment, observation)
        seen[key] = seen.get(key, 0) + 1
        when = str(observation.get("effectiveDateTime", ""))
        put(work, observation, (*owner, key, when, str(seen[key])))


def add_living_will(work: Work, pd1: SegmentText | None, patient: str, key: Key) -> None:
    """Add what PD1-7 says of a living will."""
    if pd1 is None or not work.source(pd1).value("PD1-7").strip('"'):
        return
    observation: JsonObject = {"resourceType": "Observation"}
    work.run(LIVING_WILL, work.source(pd1), observation)
    observation["subject"] = {"reference": patient}
    put(work, observation, (*key, "living will"))
