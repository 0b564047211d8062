"""HL7 v2 times as FHIR dates, times and instants: the precision given, never more."""

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

_MOMENT = re.compile(
    r"(?P<year>\d{4})(?:(?P<month>\d\d)(?:(?P<day>\d\d)"
    r"(?:(?P<hour>\d\d)(?:(?P<minute>\d\d)(?:(?P<second>\d\d)(?P<fraction>\.\d{1,6})?)?)?)?)?)?"
    r"(?P<zone>[+-]\d{4})?"
)
_TIME = re.compile(r"(\d\d)(\d\d)?(\d\d)?(\.\d{1,6})?(?:[+-]\d{4})?")


@lru_cache(maxsize=1024)
def to_datetime(text: str, zone: tzinfo) -> str | None:
    """Return a FHIR dateTime of the same precision, None where the text is no moment.

    A time needs an offset in FHIR: where none is sent, it is that of `zone` on the day.
    """
    match = _MOMENT.fullmatch(text)
    if match is None or not _is_real(match):
        return None
    if match["hour"] is None:
        return "-".join(part for part in (match["year"], match["month"], match["day"]) if part)
    clock = f"{match['hour']}:{match['minute'] or '00'}:{match['second'] or '00'}"
    offset = _offset(match["zone"]) or _local_offset(match, zone)
    return (
        f"{match['year']}-{match['month']}-{match['day']}T{clock}{match['fraction'] or ''}{offset}"
    )


def to_date(text: str) -> str | None:
    """Return a FHIR date: the day, month or year of the moment."""
    match = _MOMENT.fullmatch(text)
    if match is None or not _is_real(match):
        return None
    return "-".join(part for part in (match["year"], match["month"], match["day"]) if part)


def to_instant(text: str, zone: tzinfo) -> str | None:
    """Return a FHIR instant, None where the text is less precise than a minute."""
    match = _MOMENT.fullmatch(text)
    return to_datetime(text, zone) if match is not None and match["minute"] else None


def to_time(text: str) -> str | None:
    """Return a FHIR time; hours and minutes are filled to seconds as FHIR requires."""
    match = _TIME.fullmatch(text)
    if match is None or int(match[1]) > 23 or int(match[2] or 0) > 59 or int(match[3] or 0) > 59:
        return None
    return f"{match[1]}:{match[2] or '00'}:{match[3] or '00'}{match[4] or ''}"


def zone_of(text: str) -> tzinfo | None:
    """Return the offset a moment carries: that of MSH-7 holds for its whole message."""
    match = _MOMENT.fullmatch(text)
    if match is None or match["zone"] is None:
        return None
    sign = -1 if match["zone"][0] == "-" else 1
    shift = timedelta(hours=int(match["zone"][1:3]), minutes=int(match["zone"][3:]))
    return timezone(sign * shift) if shift < timedelta(hours=24) else None


def _is_real(match: re.Match[str]) -> bool:
    month, day = int(match["month"] or 1), int(match["day"] or 1)
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    try:
        datetime(int(match["year"]), month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return False
    return True


def _offset(zone: str | None) -> str:
    return f"{zone[:3]}:{zone[3:]}" if zone else ""


def _local_offset(match: re.Match[str], zone: tzinfo) -> str:
    year, month, day, hour, minute = (
        int(match[name] or 0) for name in ("year", "month", "day", "hour", "minute")
    )
    moment = datetime(year, month, day, hour, minute, tzinfo=zone)
    return moment.isoformat()[19:] if moment.utcoffset() is not None else "Z"
