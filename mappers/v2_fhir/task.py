"""What a person has to look at in a message: Tasks, each kind one row.

A Task is known by an identifier of the feed that follows from what it is about, and is made only
where there is none: a message sent again, or a Task done since, makes no second one.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.bundle import Entry
from mappers.v2_fhir.feed import CANONICAL, Feed
from mappers.v2_fhir.identity import identifier_query, stable_id

WORK_CODES = f"{CANONICAL}/CodeSystem/work"


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of work: its code, how urgent it is, what is to be done, who usually does it."""

    code: str
    priority: str
    description: str
    performer: str


KINDS: Mapping[str, Kind] = {
    one.code: one
    for one in (
        Kind(
            "critical-result",
            "stat",
            "A critical value came: tell the orderer and write down who was told and when.",
            "clinician",
        ),
        Kind(
            "withdrawn-result",
            "stat",
            "The laboratory takes a result back as that of another patient or specimen: tell "
            "whoever has acted on it.",
            "clinician",
        ),
        Kind(
            "match-result",
            "routine",
            "A result names no order known here: say which order it answers, or that none does.",
            "laboratory",
        ),
        Kind(
            "refused-order",
            "urgent",
            "The laboratory did not do what was asked of an order: call it or order anew.",
            "laboratory",
        ),
        Kind(
            "repeat-specimen",
            "urgent",
            "The laboratory rejected the specimen: collect another one.",
            "laboratory",
        ),
    )
}


def task_entry(
    feed: Feed,
    code: str,
    focus: str,
    patient: str,
    part: str = "",
    inputs: tuple[tuple[str, JsonObject], ...] = (),
) -> Entry:
    """Return the entry of a Task about a resource, made only where there is none.

    `focus` and `patient` are references; `part` tells several Tasks about one focus apart.
    """
    kind = KINDS[code]
    value = stable_id(feed.name, "Task", code, focus, part)
    key = (feed.local_system("work"), value)
    told: list[JsonValue] = [{"type": {"text": name}, **value} for name, value in inputs]
    task: JsonObject = {
        "resourceType": "Task",
        "identifier": [{"system": key[0], "value": key[1]}],
        "status": "requested",
        "intent": "order",
        "priority": kind.priority,
        "code": {"coding": [{"system": WORK_CODES, "code": code}]},
        "description": kind.description,
        "focus": {"reference": focus},
        "for": {"reference": patient},
        "performerType": [{"coding": [{"system": WORK_CODES, "code": kind.performer}]}],
    }
    if told:
        task["input"] = told
    url = f"urn:uuid:{value}"
    return Entry(task, url, "Task", "create", identifier_query(key))
