"""Code maps of scheduling: what a trigger event makes of an appointment, filler status, units."""

from collections.abc import Mapping
from dataclasses import dataclass

from mappers.codes import CodeMap, Row, index_maps
from mappers.v2_fhir.codes import OURS

SNOMED = "http://snomed.info/sct"
FURTHER = ("arrived", "checked-in", "fulfilled", "cancelled", "noshow", "entered-in-error")
"""States a booking that comes late, in a message without a time, does not take back."""


@dataclass(frozen=True, slots=True)
class ScheduleEvent:
    """What a trigger event says of an appointment (HL7 v2.8.2 chapter 10).

    `status` is empty where the event says nothing: then SCH-25 holds, or what is stored. `refined`
    are the states SCH-25 may tell instead; any other disagrees with the event, which wins.
    """

    status: str = ""
    refined: tuple[str, ...] = ()
    stays: tuple[str, ...] = ()
    changes_resources: bool = False


_BOOKING = ("pending", "waitlist", "proposed", "booked")
_RESOURCES = ScheduleEvent(changes_resources=True)
SCHEDULE_EVENTS: Mapping[str, ScheduleEvent] = {
    "S12": ScheduleEvent("booked", (*_BOOKING, "arrived", "checked-in", "fulfilled"), FURTHER),
    "S13": ScheduleEvent("booked", _BOOKING, ("fulfilled", "entered-in-error")),
    "S14": ScheduleEvent(),
    "S15": ScheduleEvent("cancelled", ("noshow",)),
    "S16": ScheduleEvent("cancelled"),
    "S17": ScheduleEvent("entered-in-error"),
    **dict.fromkeys(("S18", "S19", "S20", "S21", "S22"), _RESOURCES),
    "S26": ScheduleEvent("noshow"),
}
SLOT_STATUS: Mapping[str, str] = {"S23": "busy-unavailable", "S24": "free"}
"""Slot.status of the events that block and open time slots of resources."""

APPOINTMENT_STATUS = CodeMap(
    "v2-0278",
    "HL7 table 0278",
    "",
    (
        *(
            Row(code, target)
            for code, target in (
                ("Pending", "pending"),
                ("Waitlist", "waitlist"),
                ("Booked", "booked"),
                ("Started", "checked-in"),
                ("Complete", "fulfilled"),
                ("Cancelled", "cancelled"),
                ("Deleted", "entered-in-error"),
                ("Noshow", "noshow"),
            )
        ),
        Row("Discontinued", "cancelled", note=OURS),
        Row("Overbook", "booked", note=OURS),
        Row("Blocked", "", note="a slot, not an appointment"),
    ),
)
PARTICIPANT_STATUS = CodeMap(
    "v2-0278-participant",
    "HL7 table 0278",
    "",
    (
        *(Row(code, "accepted", note=OURS) for code in ("Booked", "Started", "Complete")),
        Row("Overbook", "accepted", note=OURS),
        Row("Pending", "needs-action", note=OURS),
        Row("Waitlist", "tentative", note=OURS),
        *(
            Row(code, "declined", note=OURS)
            for code in ("Cancelled", "Discontinued", "Deleted", "Blocked", "Noshow")
        ),
    ),
)
PARTICIPATION: Mapping[str, str] = {
    "pending": "needs-action",
    "proposed": "needs-action",
    "waitlist": "tentative",
    "cancelled": "declined",
    "entered-in-error": "declined",
    "noshow": "accepted",
}
"""The status of participants of whom nothing is said, by that of the appointment; else accepted."""
APPOINTMENT_REASON = CodeMap(
    "v2-0276",
    "HL7 table 0276",
    SNOMED,
    (
        Row("ROUTINE", "3780001"),
        Row("CHECKUP", "866149003"),
        Row("FOLLOWUP", "185389009"),
        Row("EMERGENCY", "373110003"),
        Row("WALKIN", "", note="kept as sent"),
    ),
)
PRIORITY = CodeMap(
    "v2-0485",
    "HL7 table 0485",
    "",
    (
        *(Row(code, "1", note="iCalendar: 1 is the highest") for code in ("S", "A")),
        Row("T", "3", note=OURS),
        Row("R", "5", note="iCalendar: 5 is the middle"),
        *(Row(code, "7", note=OURS) for code in ("P", "C", "PRN")),
    ),
)
RESOURCE_TYPE = CodeMap(
    "v2-resource-type",
    "AIG-4",
    "",
    (
        *(Row(code, "Location", note=OURS) for code in ("L", "LOC", "LOCATION", "ROOM", "R")),
        *(
            Row(code, "Practitioner", note=OURS)
            for code in ("P", "PROV", "PROVIDER", "PERSON", "DOCTOR", "CLINICIAN")
        ),
    ),
)
SECONDS: Mapping[str, int] = {
    **dict.fromkeys(("S", "SEC", "SECOND", "SECONDS"), 1),
    **dict.fromkeys(("", "M", "MIN", "MINS", "MINUTE", "MINUTES"), 60),
    **dict.fromkeys(("H", "HR", "HRS", "HOUR", "HOURS"), 3600),
    **dict.fromkeys(("D", "DAY", "DAYS"), 86400),
}
"""Seconds of a unit of duration, as UCUM, ISO+ and senders write it; minutes where none is told."""

SCHEDULE_MAPS = (
    APPOINTMENT_STATUS,
    PARTICIPANT_STATUS,
    APPOINTMENT_REASON,
    PRIORITY,
    RESOURCE_TYPE,
)
SCHEDULE_CODES = index_maps(SCHEDULE_MAPS)
