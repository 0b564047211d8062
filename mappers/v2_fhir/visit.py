"""A visit as its messages tell it: status, class and place by the time of the events.

`follow` lays what a message says of these three over the stored Encounter. All else of a message
is laid over by `mappers.v2_fhir.bundle`.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Literal

from mappers.path import JsonObject, JsonValue
from mappers.v2_fhir.event import Event
from mappers.v2_fhir.feed import CANONICAL
from mappers.v2_fhir.timeline import Stay, is_before, placed

SINCE = f"{CANONICAL}/StructureDefinition/since"
"""Extension of the current status or class: the time of the event it came with."""
RANK = {
    "unknown": 0,
    "planned": 1,
    "arrived": 2,
    "triaged": 3,
    "in-progress": 4,
    "onleave": 5,
    "finished": 6,
    "cancelled": 7,
    "entered-in-error": 8,
}
OPEN = ("planned", "arrived", "triaged", "in-progress", "onleave")
ENDED = ("finished", "cancelled", "entered-in-error")
PLACES = ("active", "completed")
"""The states of a location that a patient is or was at; others are only meant."""


def since(time: str) -> list[JsonValue]:
    """Return the extension that says from when on an element holds."""
    return [{"url": SINCE, "valueDateTime": time}] if time else []


def opened(visit: JsonObject, time: str, *, told: bool) -> None:
    """Write the time of the event into an Encounter: from when on what it says holds.

    `told` says that the event tells the status, which else is only likely.
    """
    if not time:
        return
    if told:
        visit["_status"] = {"extension": since(time)}
    kind = visit.get("class")
    if isinstance(kind, dict):
        visit["class"] = {"extension": since(time), **kind}
    for place in _items(visit, "location"):
        if not _is_place(place):
            continue
        here = place["status"] == "active"
        place["period"] = {"start" if here else "end": time}
        if here and visit.get("status") in ENDED:
            place["status"] = "completed"


def follow(current: JsonObject, update: JsonObject, merged: JsonObject, event: Event) -> None:
    """Write status, class and places into the merged Encounter, by the times of the events."""
    _statuses(current, update, merged, event)
    _classes(current, update, merged, firm=event.trigger in {"A06", "A07"})
    _places(current, update, merged, event)


def status_at(visit: JsonObject, time: str) -> str:
    """Return the status the Encounter had before a time, empty where none is known."""
    earlier = placed(statuses(visit), Stay(time, None, rank=99))
    at = next(number for number, one in enumerate(earlier) if one.value is None)
    return str(earlier[at - 1].value) if at else ""


def statuses(visit: JsonObject) -> list[Stay]:
    """Return the statuses of an Encounter from the first to the current one."""
    stays = [
        Stay(_start(item), item["status"], _rank(item["status"]))
        for item in _items(visit, "statusHistory")
    ]
    status = visit.get("status")
    if status in {None, "unknown"}:
        return stays
    beside = visit.get("_status")
    start = _since(beside if isinstance(beside, dict) else {})
    assumed = start or _assumed(visit, stays)
    return [*stays, Stay(assumed, status, _rank(status), known=bool(start))]


def _assumed(visit: JsonObject, stays: Sequence[Stay]) -> str:
    """Return the start of a status that was written without one."""
    history = _items(visit, "statusHistory")
    if stays and history:
        return _member(history[-1], "end")
    return _member(visit, "end" if visit.get("status") == "finished" else "start")


def _statuses(current: JsonObject, update: JsonObject, merged: JsonObject, event: Event) -> None:
    before = statuses(current)
    beside = update.get("_status")
    start = _since(beside if isinstance(beside, dict) else {})
    status = update.get("status")
    if not event.status and status != "finished" and before:
        after = before
    else:
        new = Stay(start, status, _rank(status))
        firm = event.firm or status != event.status
        after = placed(before, new, firm=firm, undoes=event.undoes)
    if after == before or not after:
        _keep(current, merged, ("status", "_status", "statusHistory"))
        return
    merged["status"] = after[-1].value
    _write(merged, "_status", {"extension": since(after[-1].start)} if after[-1].start else None)
    _write(merged, "statusHistory", _history(after, "status"))


def _classes(current: JsonObject, update: JsonObject, merged: JsonObject, *, firm: bool) -> None:
    before = [Stay(_start(item), _plain(item["class"])) for item in _items(current, "classHistory")]
    kind = current.get("class")
    if isinstance(kind, dict):
        start = _since(kind)
        before.append(Stay(start, _plain(kind), known=bool(start)))
    new = update.get("class")
    if not isinstance(new, dict) or _is_unknown(new):
        after = before
    elif all(_is_unknown(one.value) for one in before):
        after = [Stay(_since(new), _plain(new))]
    else:
        after = placed(before, Stay(_since(new), _plain(new)), firm=firm)
    if after == before:
        _keep(current, merged, ("class", "classHistory"))
        return
    last = after[-1].value
    shown: JsonObject = {"extension": since(after[-1].start)} if after[-1].start else {}
    merged["class"] = shown | last if isinstance(last, dict) else last
    _write(merged, "classHistory", _history(after, "class"))


def _places(current: JsonObject, update: JsonObject, merged: JsonObject, event: Event) -> None:
    told = _items(update, "location")
    stored = _items(current, "location")
    here = [one for one in told if _start(one) and _is_place(one)]
    meant = [one for one in told if not _is_place(one)] or [
        one for one in stored if not _is_place(one)
    ]
    before = [Stay(_start(one), one["location"]) for one in stored if _is_place(one)]
    if not before:
        left = [one for one in told if not _start(one) and _is_place(one)]
        before = [Stay("", one["location"]) for one in left]
    after = list(before)
    for one in here:
        new = Stay(_start(one), one["location"])
        back = _undone(after, new) if event.trigger == "A12" else after
        firm = event.trigger == "A02" or (event.trigger == "A12" and back == after)
        after = placed(back, new, firm=firm)
    been = [one.value for one in after]
    meant = [one for one in meant if "extension" in one or one.get("location") not in been]
    _write(merged, "location", [*_told(after, merged), *meant])


def _is_place(one: JsonObject) -> bool:
    """Say whether the patient is or was there: one that is temporary does not end the other."""
    return one.get("status") in PLACES and "extension" not in one


def _undone(stays: list[Stay], back: Stay) -> list[Stay]:
    """Take out the transfer that is cancelled: the last one before, if it led elsewhere."""
    earlier = [one for one in stays if one.start and not is_before(back.start, one.start)]
    if len(earlier) > 1 and earlier[-1].value != back.value:
        return [one for one in stays if one is not earlier[-1]]
    return stays


def _told(stays: Sequence[Stay], visit: JsonObject) -> list[JsonValue]:
    """Return the places as R4 has them: each ends when the next one begins."""
    found: list[JsonValue] = []
    for at, one in enumerate(stays):
        last = at == len(stays) - 1
        goes_on = last and visit.get("status") not in ENDED
        end = _member(visit, "end") if last else stays[at + 1].start
        period: JsonObject = {"start": one.start} if one.start else {}
        period |= {"end": end} if end and not goes_on else {}
        shown: JsonObject = {"location": one.value, "status": "active" if goes_on else "completed"}
        found.append(shown | ({"period": period} if period else {}))
    return found


def _history(stays: Sequence[Stay], name: Literal["status", "class"]) -> list[JsonValue]:
    items: list[JsonValue] = []
    for one, following in pairwise(stays):
        period: JsonObject = {"start": one.start} if one.start else {}
        period |= {"end": following.start} if following.start else {}
        items.append({name: one.value, "period": period})
    return items


def _write(visit: JsonObject, name: str, value: JsonValue) -> None:
    if value:
        visit[name] = value
    else:
        visit.pop(name, None)


def _keep(current: JsonObject, merged: JsonObject, names: Sequence[str]) -> None:
    for name in names:
        _write(merged, name, current.get(name))


def _rank(status: JsonValue) -> int:
    return RANK.get(str(status), 0)


def _items(visit: JsonObject, name: str) -> list[JsonObject]:
    found = visit.get(name)
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _start(item: JsonObject) -> str:
    return _member(item, "start")


def _member(item: JsonObject, end: str) -> str:
    period = item.get("period")
    return str(period.get(end, "")) if isinstance(period, dict) else ""


def _since(element: JsonObject) -> str:
    for one in _items(element, "extension"):
        if one.get("url") == SINCE:
            return str(one.get("valueDateTime", ""))
    return ""


def _plain(element: JsonValue) -> JsonValue:
    if not isinstance(element, dict):
        return element
    return {name: value for name, value in element.items() if name != "extension"}


def _is_unknown(kind: JsonValue) -> bool:
    return isinstance(kind, dict) and kind.get("code") == "UNK"
