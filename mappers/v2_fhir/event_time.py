"""When what a resource tells happened: a message about something earlier does not take it back.

Kept in the resource as an extension, since messages arrive in another order than they were made.
"""

from datetime import datetime

from mappers.path import JsonObject, read
from mappers.v2_fhir.feed import CANONICAL

EVENT_TIME_URL = f"{CANONICAL}/StructureDefinition/event-time"


def mark(resource: JsonObject, time: str) -> None:
    """Write when the event happened; a time without an offset orders nothing and is left out."""
    if _moment(time) is None:
        return
    found = resource.get("extension")
    known = found if isinstance(found, list) else []
    resource["extension"] = [*known, {"url": EVENT_TIME_URL, "valueDateTime": time}]


def is_late(stored: JsonObject, told: JsonObject) -> bool:
    """Say whether what is told happened before what is stored."""
    before, now = _told(stored), _told(told)
    return before is not None and now is not None and now < before


def _told(resource: JsonObject) -> datetime | None:
    for time in read(resource, f"extension[url={EVENT_TIME_URL}].valueDateTime"):
        return _moment(str(time))
    return None


def _moment(time: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(time)
    except ValueError:
        return None
    return found if found.tzinfo is not None else None
