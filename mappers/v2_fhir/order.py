"""The segments of a message about orders grouped: patients, their orders, what follows each.

Flat and forgiving: ORC or OBR opens an order, what may follow belongs to the order before it
wherever it stands in it, and a segment that belongs to nothing stays for the ledger. An OBX before
any order is about the patient.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from mappers.v2_fhir.source import SegmentText

DETAILS = ("TQ1", "DG1", "RXO", "RXE", "RXR", "RXC", "RXA", "FT1")
"""Segments that say more of the order before them."""
OPENING = ("RXO", "RXE", "RXA")
"""Segments that open an order where a sender leaves ORC out."""


@dataclass(slots=True)
class Noted:
    """A segment with the NTE that follow it; for OBX, how many SPM stand before it in the order."""

    segment: SegmentText
    notes: list[SegmentText] = field(default_factory=list)
    specimens: int = 0


@dataclass(slots=True)
class Order:
    """ORC and OBR with what follows. `notes` follow OBR, `order_notes` ORC."""

    orc: SegmentText | None = None
    obr: SegmentText | None = None
    results: list[Noted] = field(default_factory=list)
    specimens: list[Noted] = field(default_factory=list)
    details: list[Noted] = field(default_factory=list)
    notes: list[SegmentText] = field(default_factory=list)
    order_notes: list[SegmentText] = field(default_factory=list)

    def named(self, *ids: str) -> list[Noted]:
        """Return the details with one of the ids, in order."""
        return [one for one in self.details if one.segment.id in ids]

    @property
    def timings(self) -> list[SegmentText]:
        """TQ1."""
        return [one.segment for one in self.named("TQ1")]


@dataclass(slots=True)
class PatientGroup:
    """PID with the visit, the related people and the orders that follow it."""

    pid: SegmentText | None = None
    pv1: SegmentText | None = None
    pv2: SegmentText | None = None
    contacts: list[SegmentText] = field(default_factory=list)
    results: list[Noted] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)


def group_results(segments: Sequence[SegmentText]) -> list[PatientGroup]:
    """Return the patients of a message, each with orders in the sequence sent."""
    groups = [PatientGroup()]
    owner: list[SegmentText] = []
    for segment in segments:
        if segment.id == "NTE":
            owner.append(segment)
            continue
        if segment.id == "PID" and groups[-1].pid is not None:
            groups.append(PatientGroup())
        owner = _place(groups[-1], segment)
    return groups


def _place(group: PatientGroup, segment: SegmentText) -> list[SegmentText]:
    """Put the segment where it belongs; return the list its notes go to."""
    match segment.id:
        case "PID":
            group.pid = group.pid or segment
        case "PV1":
            group.pv1 = group.pv1 or segment
        case "PV2":
            group.pv2 = group.pv2 or segment
        case "NK1":
            group.contacts.append(segment)
        case "ORC" | "OBR":
            return _open_order(group, segment)
        case "OBX" | "SPM":
            return _observe(group, segment)
        case id if id in DETAILS:
            return _detail(group, segment)
    return []


def _observe(group: PatientGroup, segment: SegmentText) -> list[SegmentText]:
    """Put OBX and SPM into the order before them; an OBX before any is about the patient."""
    noted = Noted(segment)
    if group.orders:
        order = group.orders[-1]
        noted.specimens = len(order.specimens)
        (order.results if segment.id == "OBX" else order.specimens).append(noted)
    elif segment.id == "OBX":
        group.results.append(noted)
    return noted.notes


def _detail(group: PatientGroup, segment: SegmentText) -> list[SegmentText]:
    """Put a detail into the order before it; what says an order by itself opens one."""
    noted = Noted(segment)
    if not group.orders and segment.id in OPENING:
        group.orders.append(Order())
    if group.orders:
        group.orders[-1].details.append(noted)
    return noted.notes


def _open_order(group: PatientGroup, segment: SegmentText) -> list[SegmentText]:
    if segment.id == "ORC":
        group.orders.append(Order(orc=segment))
        return group.orders[-1].order_notes
    if not group.orders or group.orders[-1].obr is not None:
        group.orders.append(Order())
    group.orders[-1].obr = segment
    return group.orders[-1].notes
