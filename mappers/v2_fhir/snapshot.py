"""A snapshot laid over, or under, what is stored: the later of two messages tells what holds.

`lay` is the whole of it: a message later than all before replaces what it values; one that comes
late fills in what is not there, and adds to the history of a visit.
"""

from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.bundle import ALWAYS_JOINED, COMPOSED, Entry, merge
from mappers.v2_fhir.event import DISCHARGE
from mappers.v2_fhir.feed import CANONICAL
from mappers.v2_fhir.timeline import is_before
from mappers.v2_fhir.visit import OPEN, follow, status_at

AS_OF = f"{CANONICAL}/StructureDefinition/as-of"
"""Extension of `meta`: the time of the latest event the resource was told by."""
CHOICES = ("deceased", "multipleBirth", "onset", "performed")
"""Elements of several types, of which a resource has one."""


def dated(entry: Entry) -> JsonObject:
    """Return the resource of an entry with the time of its event."""
    if not entry.time:
        return entry.resource
    return entry.resource | {"meta": _meta({}, entry.resource, entry.time)}


def lay(current: JsonObject, entry: Entry) -> JsonObject:
    """Return the stored resource with the entry applied, whichever is the later."""
    late = is_late(current, entry)
    merged = _under(current, entry) if late else _over(current, entry)
    if entry.event is not None:
        follow(current, entry.resource, merged, entry.event)
        _reopen(current, merged)
    time = as_of(current) if late or not entry.time else entry.time
    meta = _meta(current, entry.resource, time)
    if meta:
        merged["meta"] = meta
    return merged


def is_late(current: JsonObject, entry: Entry) -> bool:
    """Say whether the entry tells of a time before what is stored."""
    return bool(entry.time) and is_before(entry.time, as_of(current))


def as_of(resource: JsonObject) -> str:
    """Return the time of the latest event a resource was told by, empty where none is known."""
    meta = resource.get("meta")
    extensions = meta.get("extension") if isinstance(meta, dict) else None
    for one in extensions if isinstance(extensions, list) else ():
        if isinstance(one, dict) and one.get("url") == AS_OF:
            return str(one.get("valueDateTime", ""))
    return ""


def flags(current: JsonObject | None, entry: Entry) -> tuple[str, ...]:
    """Return what is odd about an event: it comes late, or after another than it should."""
    event = entry.event
    if event is None:
        return ()
    status = status_at(current, entry.time) if current else ""
    found = []
    if current is not None and is_late(current, entry):
        found.append("late")
    if event.expects and status not in event.expects and (status or event.undoes):
        found.append(f"{event.trigger}-after-{status or 'nothing'}")
    return tuple(found)


def _over(current: JsonObject, entry: Entry) -> JsonObject:
    merged = merge(current, entry)
    told = [choice for choice in CHOICES if _has_choice(entry.resource, choice)]
    other = [
        name
        for name in merged
        if name not in entry.resource and any(name.startswith(choice) for choice in told)
    ]
    return {name: value for name, value in merged.items() if name not in other}


def _has_choice(resource: JsonObject, choice: str) -> bool:
    return any(name.startswith(choice) for name in resource)


def _under(current: JsonObject, entry: Entry) -> JsonObject:
    """Fill in what the stored resource does not say."""
    merged = dict(current)
    for name, value in entry.resource.items():
        old = current.get(name)
        choices = [choice for choice in CHOICES if name.startswith(choice)]
        if name == "meta" or any(_has_choice(current, choice) for choice in choices):
            continue
        if old is None:
            merged[name] = value
        elif name in COMPOSED and isinstance(old, dict) and isinstance(value, dict):
            merged[name] = value | old
        elif name in (*ALWAYS_JOINED, *entry.joined) and isinstance(value, list):
            merged[name] = _both(old, value)
    return merged


def _both(old: JsonValue, new: JsonValue) -> list[JsonValue]:
    stored = old if isinstance(old, list) else []
    told = new if isinstance(new, list) else []
    return [*stored, *(one for one in told if one not in stored)]


def _reopen(current: JsonObject, merged: JsonObject) -> None:
    """Take the discharge out of a visit that goes on."""
    if merged.get("status") not in OPEN:
        return
    was = current.get("status")
    for path in DISCHARGE:
        name, _, member = path.partition(".")
        element = merged.get(name)
        if not isinstance(element, dict) or member not in element:
            continue
        stored = current.get(name)
        if was not in OPEN or not isinstance(stored, dict) or member not in stored:
            merged[name] = {one: value for one, value in element.items() if one != member}
            if not merged[name]:
                del merged[name]


def _meta(current: JsonObject, update: JsonObject, time: str) -> JsonObject:
    stored, told = current.get("meta"), update.get("meta")
    meta: JsonObject = dict(stored) if isinstance(stored, dict) else {}
    for name, value in told.items() if isinstance(told, dict) else ():
        meta[name] = _both(meta.get(name), value) if isinstance(value, list) else value
    extensions = meta.get("extension")
    others = [
        one
        for one in (extensions if isinstance(extensions, list) else ())
        if not (isinstance(one, dict) and one.get("url") == AS_OF)
    ]
    if time:
        meta["extension"] = [*others, {"url": AS_OF, "valueDateTime": time}]
    return meta
