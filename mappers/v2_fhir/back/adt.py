"""ADT of a visit or a person: what happened, and the snapshot of both."""

from collections.abc import Mapping, Sequence

from mappers.path import JsonObject
from mappers.v2_fhir.back.datatypes import objects, text_at
from mappers.v2_fhir.back.letter import Letter
from mappers.v2_fhir.back.moments import from_datetime
from mappers.v2_fhir.segments.al1 import ALLERGY
from mappers.v2_fhir.segments.dg1 import CONDITION, DIAGNOSIS
from mappers.v2_fhir.visit import SINCE

STRUCTURES = {
    "A01": "ADT_A01",
    "A03": "ADT_A03",
    "A04": "ADT_A01",
    "A05": "ADT_A05",
    "A08": "ADT_A01",
    "A11": "ADT_A09",
    "A13": "ADT_A01",
    "A28": "ADT_A05",
    "A31": "ADT_A05",
}
"""Message structures (table 0354) of the events that are sent."""
PERSONAL = ("A28", "A31")
STATUS_EVENTS = {
    "planned": "A05",
    "arrived": "A04",
    "triaged": "A04",
    "in-progress": "A01",
    "finished": "A03",
    "cancelled": "A11",
}
AMBULATORY = ("AMB", "VR", "HH")
UPDATE = "A08"
LATER_EVN = "2.7"
"""EVN-1 was withdrawn with this version."""


def event_of(encounter: JsonObject, former: JsonObject | None) -> str:
    """Return the event that made an Encounter what it is, from what it was before.

    A visit without a stay is registered (A04) where a stay is an admission (A01); an open visit
    that was finished has its end taken back (A13).
    """
    status, before = encounter.get("status"), former.get("status") if former else None
    if status == before:
        return UPDATE
    if before == "finished" and status in {"arrived", "in-progress"}:
        return "A13"
    event = STATUS_EVENTS.get(str(status), UPDATE)
    is_walk_in = text_at(encounter, "class.code") in AMBULATORY
    if event == "A01" and before in {"arrived", "triaged"}:
        return UPDATE
    return "A04" if event == "A01" and is_walk_in else event


def write_adt(
    letter: Letter,
    event: str,
    patient: JsonObject,
    encounter: JsonObject | None = None,
    beside: Sequence[JsonObject] = (),
) -> None:
    """Write the message. A28 and A31 tell of no visit.

    `beside` are allergies, and the conditions a diagnosis refers to where they are not resolved.
    """
    letter.open("ADT", event, STRUCTURES[event])
    page = letter.page()
    if letter.header.version < LATER_EVN:
        page.text("EVN-1", event)
    page.text(
        "EVN-2", from_datetime(letter.header.time.isoformat(timespec="seconds"), letter.header.zone)
    )
    happened = text_at(encounter, f"_status.extension[url={SINCE}].valueDateTime")
    page.text("EVN-6", from_datetime(happened, letter.header.zone))
    letter.add(page, "EVN")
    letter.patient(patient)
    if event in PERSONAL:
        return
    letter.visit(encounter)
    known = {id: one for one in beside if (id := _name(one))}
    allergies = [one for one in beside if one.get("resourceType") == "AllergyIntolerance"]
    for number, allergy in enumerate(allergies, 1):
        page = letter.written(allergy, ALLERGY)
        page.text("AL1-1", str(number))
        letter.add(page, "AL1")
    write_diagnoses(letter, encounter, known)


def write_diagnoses(
    letter: Letter, encounter: JsonObject | None, known: Mapping[str, JsonObject]
) -> None:
    """Write a DG1 for each diagnosis of a visit; `known` are conditions that are not resolved."""
    for number, diagnosis in enumerate(objects(encounter, "diagnosis"), 1):
        name = text_at(diagnosis, "condition.reference")
        condition = known.get(name) or letter.resolve(name)
        page = letter.written(diagnosis, DIAGNOSIS)
        if condition is not None:
            page = letter.written(condition, CONDITION, page=page)
        page.text("DG1-1", str(number))
        letter.add(page, "DG1")


def _name(resource: JsonObject) -> str:
    return f"{resource['resourceType']}/{resource['id']}" if "id" in resource else ""
