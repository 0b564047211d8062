"""The ADT trigger events: what each says of a person and a visit, one row each.

Source: HL7 v2.8.2 chapter 3; the status of an Encounter follows the guide's event map, which
leaves A03 to A14 but for a few blank. `note` marks where ours goes further.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

DISCHARGE = (
    "period.end",
    "hospitalization.dischargeDisposition",
    "hospitalization.destination",
)
"""What a discharge writes, and what goes when it is taken back."""


@dataclass(frozen=True, slots=True)
class Event:
    """One trigger event.

    `status` is what it makes of the Encounter; empty leaves the status alone. A `firm` event is an
    entry of the history of its own; one that is not says only that the visit goes on, and adds
    nothing where that is known. `undoes` says that it takes an earlier event back. `subject` is
    what the message is about: a visit; a person (what it carries of a visit is listed as
    unmapped); the allergies of a person; two people or visits to be brought together or apart.
    `expects` are the stored statuses it makes sense after: after another one it is taken all the
    same, and flagged. `moves` says that PV1-3 is where the patient is from now on; `replans` that
    it is where the patient will be.
    """

    trigger: str
    means: str
    status: str = ""
    firm: bool = True
    undoes: bool = False
    subject: Literal["visit", "person", "allergies", "merge", "visits"] = "visit"
    expects: tuple[str, ...] = ()
    moves: bool = False
    replans: bool = False
    note: str = ""


UNDER_WAY = ("in-progress", "onleave", "arrived")
NOT_BEGUN = ("planned", "arrived", "unknown")

EVENTS: tuple[Event, ...] = (
    Event("A01", "admitted", "in-progress", moves=True),
    Event("A02", "transferred", "in-progress", firm=False, expects=UNDER_WAY, moves=True),
    Event("A03", "discharged", "finished", expects=UNDER_WAY),
    Event("A04", "registered", "arrived", moves=True, note="the feed may say otherwise"),
    Event("A05", "pre-admitted", "planned", replans=True),
    Event("A06", "outpatient becomes inpatient", "in-progress", expects=UNDER_WAY, moves=True),
    Event("A07", "inpatient becomes outpatient", "in-progress", expects=UNDER_WAY, moves=True),
    Event("A08", "updated", note="an update leaves the status alone"),
    Event("A09", "departing", "in-progress", firm=False, expects=UNDER_WAY, replans=True),
    Event("A10", "arriving", "in-progress", firm=False, moves=True),
    Event(
        "A11",
        "admission cancelled",
        "cancelled",
        undoes=True,
        expects=(*NOT_BEGUN, "in-progress"),
    ),
    Event(
        "A12",
        "transfer cancelled",
        "in-progress",
        firm=False,
        undoes=True,
        expects=UNDER_WAY,
        moves=True,
    ),
    Event("A13", "discharge cancelled", "in-progress", undoes=True, expects=("finished",)),
    Event("A14", "admission pending", "planned", replans=True),
    Event("A15", "transfer pending", replans=True),
    Event("A16", "discharge pending"),
    Event("A21", "on leave", "onleave", expects=UNDER_WAY),
    Event("A22", "back from leave", "in-progress", expects=("onleave",), moves=True),
    Event("A23", "visit deleted", "entered-in-error"),
    Event("A25", "pending discharge cancelled"),
    Event("A26", "pending transfer cancelled"),
    Event("A27", "pending admission cancelled", "cancelled", undoes=True, expects=NOT_BEGUN),
    Event("A32", "arrival cancelled", "in-progress", firm=False),
    Event("A33", "departure cancelled", "in-progress", firm=False, moves=True),
    Event("A38", "pre-admission cancelled", "cancelled", undoes=True, expects=NOT_BEGUN),
    Event("A52", "leave cancelled", "in-progress", undoes=True, expects=("onleave",)),
    Event("A53", "return from leave cancelled", "onleave", undoes=True, expects=UNDER_WAY),
    Event("A28", "person added", subject="person"),
    Event("A31", "person updated", subject="person"),
    Event("A60", "allergies told", subject="allergies"),
)
SCHEDULED = Event("S12", "booked", replans=True)
"""What an appointment tells of its visit: where it will be, and nothing of its status."""
BY_TRIGGER: Mapping[str, Event] = {event.trigger: event for event in EVENTS}
