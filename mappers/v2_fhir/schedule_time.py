"""When an appointment and each of its resources begins and ends."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from mappers.v2_fhir.moment import to_instant
from mappers.v2_fhir.schedule_type import seconds_of
from mappers.v2_fhir.source import SegmentSource
from mappers.v2_fhir.work import Work

FIRST: dict[str, int] = {"AIS": 4, "AIG": 8, "AIL": 6, "AIP": 6}
"""The field of the start; offset, its unit, duration and its unit follow it."""


@dataclass(frozen=True, slots=True)
class Span:
    """A start and a duration in seconds, each empty or None where it is not told."""

    start: str = ""
    seconds: int | None = None

    @property
    def end(self) -> str:
        """The end, empty where the start or the duration is missing."""
        return later(self.start, self.seconds) if self.start and self.seconds else ""


def later(moment: str, seconds: int) -> str:
    """Return an instant so many seconds after another, at the same offset; empty out of range."""
    try:
        return (datetime.fromisoformat(moment) + timedelta(seconds=seconds)).isoformat()
    except (ValueError, OverflowError):
        return ""


def span_of(work: Work, source: SegmentSource, segment: str, start: str = "") -> Span:
    """Return when a resource is needed; an offset counts from `start` of the appointment."""
    at = FIRST[segment]
    begins = to_instant(source.value(f"{segment}-{at}"), work.context.zone) or ""
    offset = seconds_of(source.value(f"{segment}-{at + 1}"), source.value(f"{segment}-{at + 2}"))
    if not begins and start:
        begins = later(start, offset) if offset else start
        source.account([f"{segment}-{at + 1}", f"{segment}-{at + 2}"] if offset else [])
    seconds = seconds_of(source.value(f"{segment}-{at + 3}"), source.value(f"{segment}-{at + 4}"))
    if seconds:
        source.account([f"{segment}-{at + 3}", f"{segment}-{at + 4}"])
    return Span(begins, seconds)


def told_duration(source: SegmentSource) -> int | None:
    """Return the duration of SCH-9 and SCH-10, else of TQ1-6, in seconds."""
    found = seconds_of(source.value("SCH-9"), source.value("SCH-10"))
    if found:
        source.account(("SCH-9", "SCH-10"))
        return found
    found = seconds_of(source.value("TQ1-6"), source.value("TQ1-6.2"))
    if found:
        source.account(("TQ1-6",))
    return found


def seconds_between(start: str, end: str) -> int:
    """Return the seconds from one instant to another, 0 where either is none."""
    try:
        return int((datetime.fromisoformat(end) - datetime.fromisoformat(start)).total_seconds())
    except (ValueError, TypeError):
        return 0
