"""Writers of what appointments alone have: reasons, priorities, resources, when they are needed."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.back.datatypes import NONE, Repetitions, cwe, one, text_at
from mappers.v2_fhir.back.engine import BackCall, Page, Writer
from mappers.v2_fhir.back.moments import from_datetime
from mappers.v2_fhir.back.naming import system_name
from mappers.v2_fhir.schedule_time import FIRST
from mappers.v2_fhir.schedule_type import EVENT_REASON, RECURRENCE_ID

MINUTE = 60


def event_reason(value: JsonValue, call: BackCall) -> Repetitions:
    """SCH-6."""
    if not isinstance(value, dict) or value.get("url") != EVENT_REASON:
        return NONE
    return cwe(value.get("valueCodeableConcept"), call)


def occurrence(value: JsonValue, _call: BackCall) -> Repetitions:
    """SCH-3."""
    is_number = isinstance(value, dict) and value.get("url") == RECURRENCE_ID
    return one(text_at(value, "valuePositiveInt")) if is_number else NONE


def known_reason(value: JsonValue, call: BackCall) -> Repetitions:
    """SCH-7: the sender's own code, else the one the map knows."""
    return cwe(value, call) or cwe(value, replace(call, code_map=None))


def priority(value: JsonValue, call: BackCall) -> Repetitions:
    """CWE of table 0485."""
    return one(call.code_of(str(value))) if isinstance(value, int) else NONE


def resource(value: JsonValue, call: BackCall) -> Repetitions:
    """AIG-3 of a logical reference."""
    code, name = text_at(value, "identifier.value"), text_at(value, "display")
    system = system_name(text_at(value, "identifier.system"), call.feed)
    return one(code, "" if name == code else name, "" if system == "resource" else system)


def put_span(id: str, one: JsonObject, whole: JsonObject, page: Page) -> None:
    """Write when a resource is needed: start, duration and its unit, by SCH where it tells none."""
    start = text_at(one, "period.start") or text_at(whole, "start")
    end = text_at(one, "period.end") or text_at(whole, "end")
    at = FIRST[id]
    page.text(f"{id}-{at}", from_datetime(start, page.zone))
    minutes = minutes_between(start, end)
    if minutes:
        page.text(f"{id}-{at + 3}", str(minutes))
        page.put(f"{id}-{at + 4}", [["min"]])


def minutes_between(start: str, end: str) -> int:
    """Return the whole minutes from one instant to another, 0 where either is none."""
    try:
        between = datetime.fromisoformat(end) - datetime.fromisoformat(start)
    except (ValueError, TypeError):
        return 0
    return max(0, int(between.total_seconds()) // MINUTE)


WRITERS: Mapping[str, Writer] = {
    "event-reason": event_reason,
    "occurrence": occurrence,
    "known-reason": known_reason,
    "priority": priority,
    "resource": resource,
}
