"""Days and hours between FHIR and X12: D8, RD8, DT, TM."""

import re

from mappers.fhir_x12.amount import day
from mappers.path import JsonValue

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_MOMENT = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})")
_CLOCK = re.compile(r"([0-2][0-9])([0-5][0-9])")
_DAY_LENGTH = len("2026-03-01")


def date(value: JsonValue, _: int) -> str | None:
    """Return the day of a FHIR date or dateTime as CCYYMMDD; a month or year alone is no day."""
    found = _DATE.match(value) if isinstance(value, str) else None
    return "".join(found.groups()) if found else None


def read_date(value: str) -> JsonValue:
    """Return the day of CCYYMMDD."""
    return (day(value) or None) if len(value) == 8 else None


def span(value: JsonValue, limit: int) -> str | None:
    """Return a Period of days as CCYYMMDD-CCYYMMDD; hours within one day are that day."""
    if not isinstance(value, dict):
        return None
    start, end = value.get("start"), value.get("end")
    first, last = date(start, limit), date(end, limit)
    if not first or not last:
        return None
    is_visit = first == last and isinstance(start, str) and len(start) > _DAY_LENGTH
    return None if is_visit else f"{first}-{last}"


def read_span(value: str) -> JsonValue:
    """Return the Period of CCYYMMDD-CCYYMMDD."""
    first, _, last = value.partition("-")
    start, end = read_date(first), read_date(last)
    return {"start": start, "end": end} if start and end else None


def statement(value: JsonValue, limit: int) -> str | None:
    """Return a Period of days as CCYYMMDD-CCYYMMDD, one day from itself to itself."""
    if not isinstance(value, dict):
        return None
    first = date(value.get("start"), limit)
    return f"{first}-{date(value.get('end'), limit) or first}" if first else None


def start(value: JsonValue, limit: int) -> str | None:
    """Return the day a Period begins: it has no end, or ends the same day."""
    return date(value.get("start"), limit) if isinstance(value, dict) else None


def read_start(value: str) -> JsonValue:
    """Return a Period that begins on a day."""
    start = read_date(value)
    return {"start": start} if start else None


def moment(value: JsonValue, _: int) -> str | None:
    """Return a day and an hour without a zone (`2026-03-01T08:00`) as CCYYMMDDHHMM."""
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    return "".join(found.groups()) if found else None


def read_moment(value: str) -> JsonValue:
    """Return the day and hour of CCYYMMDDHHMM, without a zone."""
    date, hour = read_date(value[:8]), read_hour(value[8:])
    return f"{date}T{str(hour)[:5]}" if date and hour else None


def hour(value: JsonValue, _: int) -> str | None:
    """Return a FHIR time as HHMM."""
    return value[:5].replace(":", "") or None if isinstance(value, str) else None


def read_hour(value: str) -> JsonValue:
    """Return the FHIR time of HHMM."""
    found = _CLOCK.fullmatch(value)
    return f"{found[1]}:{found[2]}:00" if found else None
