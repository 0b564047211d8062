"""The segments of a result message grouped: patients, their orders, and what follows each.

Flat and forgiving: ORC or OBR opens an order, OBX, NTE and SPM belong to the order before them
wherever they stand in it, and a segment that belongs to nothing stays for the ledger.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from mappers.v2_fhir.source import SegmentText


@dataclass(slots=True)
class Noted:
    """A segment with the NTE segments that follow it."""

    segment: SegmentText
    notes: list[SegmentText] = field(default_factory=list)


@dataclass(slots=True)
class Order:
    """ORC and OBR with their results and specimens. `notes` follow OBR, `order_notes` ORC."""

    orc: SegmentText | None = None
    obr: SegmentText | None = None
    results: list[Noted] = field(default_factory=list)
    specimens: list[Noted] = field(default_factory=list)
    notes: list[SegmentText] = field(default_factory=list)
    order_notes: list[SegmentText] = field(default_factory=list)


@dataclass(slots=True)
class PatientGroup:
    """PID with the visit, the related people and the orders that follow it."""

    pid: SegmentText | None = None
    pv1: SegmentText | None = None
    pv2: SegmentText | None = None
    contacts: list[SegmentText] = field(default_factory=list)
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
        case "OBX" | "SPM" if group.orders:
            noted = Noted(segment)
            order = group.orders[-1]
            (order.results if segment.id == "OBX" else order.specimens).append(noted)
            return noted.notes
    return []


def _open_order(group: PatientGroup, segment: SegmentText) -> list[SegmentText]:
    if segment.id == "ORC":
        group.orders.append(Order(orc=segment))
        return group.orders[-1].order_notes
    if not group.orders or group.orders[-1].obr is not None:
        group.orders.append(Order())
    group.orders[-1].obr = segment
    return group.orders[-1].notes
