"""FHIR dates and times as spans of microseconds, as wide as the precision written.

Source: https://hl7.org/fhir/R4/datatypes.html#dateTime and
https://hl7.org/fhir/R4/search.html#date. `2020-03` is all of March; a text without an offset is in
the zone given. A text that is no date raises ValueError; no date is ever invented.
"""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache

from fhir_server.model.resource import JsonObject, JsonValue

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
SECOND, MINUTE, DAY = 1_000_000, 60_000_000, 86_400_000_000
FRACTION_DIGITS = 6
MAX_OFFSET = timedelta(hours=14)
_DATE_TIME = re.compile(
    r"(?P<year>[0-9]{4})(?:-(?P<month>[0-9]{2})(?:-(?P<day>[0-9]{2})"
    r"(?:T(?P<time>[0-9:.]+)(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?)?)?)?"
)
_TIME = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]|60)(?:\.([0-9]+))?)?")


@dataclass(frozen=True, slots=True)
class Span:
    """From the first to the last microsecond that a text may mean, both included.

    Moments count from 1970-01-01T00:00:00Z, times of day from midnight.
    """

    low: int
    high: int

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("a span cannot end before it starts")


def microseconds(moment: datetime) -> int:
    """Return an aware moment in microseconds since the epoch."""
    return (moment - EPOCH) // MICROSECOND


LOWEST = microseconds(datetime(1, 1, 1, tzinfo=UTC))
HIGHEST = microseconds(datetime(9999, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC))


@lru_cache(maxsize=8192)
def date_span(text: str, zone: tzinfo = UTC) -> Span:
    """Return the span of a date, dateTime or instant.

    Seconds and offset may be missing, as in search values. Raises ValueError. Spans are
    remembered: what is written together bears the same few days.
    """
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        raise ValueError("not a FHIR date or dateTime")
    year, month, day, time, offset = match.group("year", "month", "day", "time", "zone")
    start = datetime(int(year), int(month or 1), int(day or 1), tzinfo=_zone(offset, zone))
    if time is not None:
        return _moment(start, time)
    if day is not None:
        return Span(microseconds(start), _day_end(start))
    if month is not None:
        return Span(microseconds(start), _month_end(start, start.month))
    return Span(microseconds(start), _month_end(start, 12))


def time_span(text: str) -> Span:
    """Return the span of a time of day, in microseconds since midnight. Raises ValueError."""
    match = _TIME.fullmatch(text)
    if match is None:
        raise ValueError("not a FHIR time")
    hour, minute, second, fraction = match.groups()
    low = (int(hour) * 60 + int(minute)) * MINUTE
    if second is None:
        return Span(low, low + MINUTE - 1)
    low += int(second) * SECOND
    if fraction is None:
        return Span(low, low + SECOND - 1)
    digits = fraction[:FRACTION_DIGITS]
    width = 10 ** (FRACTION_DIGITS - len(digits))
    low += int(digits) * width
    return Span(low, low + width - 1)


def period_span(period: JsonObject, zone: tzinfo = UTC) -> Span:
    """Return the span of a Period; a missing boundary is open. Raises ValueError."""
    start, end = period.get("start"), period.get("end")
    low = LOWEST if start is None else date_span(_text(start), zone).low
    high = HIGHEST if end is None else date_span(_text(end), zone).high
    return Span(low, high)


def timing_span(timing: JsonObject, zone: tzinfo = UTC) -> Span | None:
    """Return the span from the first to the last moment a Timing names; None if it names none.

    Events and the bounds period count; a frequency without bounds names no moment. Raises
    ValueError.
    """
    events, repeat = timing.get("event", []), timing.get("repeat", {})
    spans = [date_span(_text(event), zone) for event in events] if isinstance(events, list) else []
    bounds = repeat.get("boundsPeriod") if isinstance(repeat, dict) else None
    if isinstance(bounds, dict):
        spans.append(period_span(bounds, zone))
    if not spans:
        return None
    return Span(min(span.low for span in spans), max(span.high for span in spans))


def _moment(day: datetime, time: str) -> Span:
    """Return the span of a time on a day, by the clock of the day's zone."""
    clock = time_span(time)
    whole, leap = (clock.low, 0) if clock.low < DAY else (clock.low - SECOND, SECOND)
    # a leap second at the day's end has no datetime of its own: count on from the second before
    low = microseconds(day + timedelta(microseconds=whole)) + leap
    return Span(low, low + clock.high - clock.low)


def _day_end(start: datetime) -> int:
    try:
        return microseconds(start + timedelta(days=1)) - 1
    except OverflowError:
        return HIGHEST


def _month_end(start: datetime, month: int) -> int:
    """Return the last microsecond of a month of the start's year."""
    if start.year == 9999 and month == 12:
        return HIGHEST
    following = start.replace(year=start.year + month // 12, month=month % 12 + 1)
    return microseconds(following) - 1


def _zone(offset: str | None, default: tzinfo) -> tzinfo:
    if offset is None:
        return default
    if offset == "Z":
        return UTC
    hours, minutes = int(offset[1:3]), int(offset[4:6])
    shift = timedelta(hours=hours, minutes=minutes)
    if minutes > 59 or shift > MAX_OFFSET:
        raise ValueError("not an offset from UTC")
    return timezone(-shift if offset[0] == "-" else shift)


def _text(value: JsonValue) -> str:
    if not isinstance(value, str):
        raise ValueError("a date must be a JSON string")  # noqa: TRY004 - bad dates are ValueError
    return value
