"""The segments of an ADT message by person: what follows PID, and whom or what each belongs to."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from mappers.v2_fhir.source import SegmentText

ROLES = ("ROL", "PRT")


@dataclass(slots=True)
class Owned:
    """A segment with those that belong to it: the roles of a procedure, the notes of a result."""

    segment: SegmentText
    others: list[SegmentText] = field(default_factory=list)


@dataclass(slots=True)
class Person:
    """One PID with all that follows it. `roles` are the patient's, `visit_roles` the visit's."""

    pid: SegmentText | None = None
    pd1: SegmentText | None = None
    pv1: SegmentText | None = None
    pv2: SegmentText | None = None
    contacts: list[SegmentText] = field(default_factory=list)
    roles: list[SegmentText] = field(default_factory=list)
    visit_roles: list[SegmentText] = field(default_factory=list)
    diagnoses: list[SegmentText] = field(default_factory=list)
    allergies: list[SegmentText] = field(default_factory=list)
    procedures: list[Owned] = field(default_factory=list)
    results: list[Owned] = field(default_factory=list)
    priors: list[SegmentText] = field(default_factory=list)
    segments: list[SegmentText] = field(default_factory=list)


def people(segments: Sequence[SegmentText]) -> list[Person]:
    """Return the people of a message, the first even where no PID names anybody."""
    found = [Person()]
    for segment in segments:
        if segment.id == "PID" and found[-1].pid is not None:
            found.append(Person())
        found[-1].segments.append(segment)
        if segment.id in ROLES:
            _role(found[-1], segment)
        else:
            _place(found[-1], segment)
    return found


def _place(person: Person, segment: SegmentText) -> None:
    match segment.id:
        case "PID":
            person.pid = segment
        case "PD1":
            person.pd1 = person.pd1 or segment
        case "PV1":
            person.pv1 = person.pv1 or segment
        case "PV2":
            person.pv2 = person.pv2 or segment
        case "NK1":
            person.contacts.append(segment)
        case "DG1":
            person.diagnoses.append(segment)
        case "AL1" | "IAM":
            person.allergies.append(segment)
        case "MRG":
            person.priors.append(segment)
        case "PR1":
            person.procedures.append(Owned(segment))
        case "OBX":
            person.results.append(Owned(segment))
        case "NTE" if person.results and person.segments[-2].id in {"OBX", "NTE"}:
            person.results[-1].others.append(segment)


def _role(person: Person, segment: SegmentText) -> None:
    if person.procedures:
        person.procedures[-1].others.append(segment)
    elif person.pv1 is not None:
        person.visit_roles.append(segment)
    else:
        person.roles.append(segment)
