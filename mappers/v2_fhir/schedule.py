"""The segments of a scheduling message grouped: appointment, patients, resources, notes."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from mappers.v2_fhir.source import SegmentText

RESOURCES = ("AIS", "AIG", "AIL", "AIP")


@dataclass(slots=True)
class Schedule:
    """SCH with TQ1, the segments of each patient, the resources, and all notes in order."""

    header: SegmentText
    sch: SegmentText | None = None
    tq1: SegmentText | None = None
    patients: list[list[SegmentText]] = field(default_factory=list)
    resources: list[SegmentText] = field(default_factory=list)
    groups: list[SegmentText] = field(default_factory=list)
    notes: list[SegmentText] = field(default_factory=list)

    def of(self, id: str) -> list[SegmentText]:
        """Return the resources of one kind."""
        return [one for one in self.resources if one.id == id]


def group_schedule(segments: Sequence[SegmentText]) -> Schedule:
    """Return the groups of SIU_S12; what belongs to nothing stays for the ledger."""
    found = Schedule(segments[0])
    for segment in segments[1:]:
        if segment.id in RESOURCES:
            found.resources.append(segment)
        elif segment.id == "PID":
            found.patients.append([segment])
        elif segment.id == "NTE":
            found.notes.append(segment)
        elif segment.id == "RGS":
            found.groups.append(segment)
        elif segment.id == "SCH":
            found.sch = found.sch or segment
        elif segment.id == "TQ1":
            found.tq1 = found.tq1 or segment
        elif found.patients and not found.groups:
            found.patients[-1].append(segment)
    return found
