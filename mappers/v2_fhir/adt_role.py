"""ROL and PRT of ADT: general practitioners, participants of the visit, the care team."""

from collections.abc import Sequence

from mappers.path import JsonObject, JsonValue
from mappers.rule import Table
from mappers.v2_fhir.bundle import Entry
from mappers.v2_fhir.identity import Key, stable_id
from mappers.v2_fhir.segments.rol import (
    CARE_TEAM_ROLE,
    PARTICIPATION,
    PRACTITIONER_PARTICIPATION,
    PRACTITIONER_ROLE,
    VISIT_PARTICIPATION,
    VISIT_ROLE,
)
from mappers.v2_fhir.source import SegmentText
from mappers.v2_fhir.work import Work

PRIMARY = "PP"
ENDED = ("DE", "D")
"""Actions of ROL-2 and PRT-2 (tables 0287 and 0206) that take a part away."""


def practitioners(work: Work, roles: Sequence[SegmentText], patient: JsonObject) -> None:
    """Write those who are the primary provider of a person."""
    for segment in roles:
        if _is_primary(work, segment) and not is_ended(work, segment):
            table = PRACTITIONER_ROLE if segment.id == "ROL" else PRACTITIONER_PARTICIPATION
            work.run(table, work.source(segment), patient)


def visit_participants(work: Work, roles: Sequence[SegmentText], visit: JsonObject) -> None:
    """Write those who take part in a visit."""
    found = visit.get("participant")
    listed: list[JsonValue] = list(found) if isinstance(found, list) else []
    for segment in roles:
        table = VISIT_ROLE if segment.id == "ROL" else VISIT_PARTICIPATION
        told = work.run(table, work.source(segment))
        if not is_ended(work, segment) and "individual" in told:
            listed.append(told)
    if listed:
        visit["participant"] = listed


def add_care_team(work: Work, roles: Sequence[SegmentText], patient: str, key: Key) -> None:
    """Add the care team of those who have another part for a person than the primary one."""
    members: list[JsonValue] = []
    for segment in roles:
        if _is_primary(work, segment):
            continue
        table: Table = CARE_TEAM_ROLE if segment.id == "ROL" else PARTICIPATION
        told = work.run(table, work.source(segment))
        if not is_ended(work, segment) and "member" in told:
            members.append(told)
    if not members:
        return
    team: JsonObject = {
        "resourceType": "CareTeam",
        "id": stable_id(work.feed.name, "CareTeam", *key),
        "status": "active",
        "subject": {"reference": patient},
        "participant": members,
    }
    url = f"urn:uuid:{team['id']}"
    work.add(Entry(team, url, f"CareTeam/{team['id']}", "replace", time=work.time))


def is_ended(work: Work, segment: SegmentText) -> bool:
    """Say whether the segment takes the part away."""
    return work.source(segment).value(f"{segment.id}-2") in ENDED


def _is_primary(work: Work, segment: SegmentText) -> bool:
    path = "ROL-3" if segment.id == "ROL" else "PRT-4"
    return work.source(segment).value(path) == PRIMARY
