"""Parties read out of their loops: what kind of resource, what was said of it, what found none."""

from collections.abc import Sequence
from dataclasses import dataclass

from mappers.fhir_x12.registry import Registry
from mappers.fhir_x12.run import LoopRun
from mappers.path import JsonObject
from mappers.x12.lexer import Segment
from mappers.x12.tree import LoopNode


@dataclass(frozen=True, slots=True)
class Reading:
    """What is being read: the resources so far, and the X12 places that found no element."""

    registry: Registry
    unread: list[str]

    def take(self, run: LoopRun, segments: Sequence[Segment], subject: JsonObject) -> None:
        """Take segments into a subject."""
        self.unread.extend(run.read(segments, subject))


def read_party(
    loop: LoopNode, reading: Reading, *runs: LoopRun, person: str = "Practitioner"
) -> JsonObject:
    """Return the party of a loop: a person (NM102 1) or an organization.

    A segment goes to the first of `runs` that knows its id.
    """
    is_person = bool(loop.segments) and loop.segments[0].element(2) == "1"
    party: JsonObject = {"resourceType": person if is_person else "Organization"}
    for one in loop.segments:
        run = next((run for run in runs if run.knows(one.id)), runs[0])
        reading.take(run, [one], party)
    return party


def read_place(loop: LoopNode, reading: Reading, run: LoopRun) -> JsonObject:
    """Return the Location of a loop; it has one address."""
    found: JsonObject = {"resourceType": "Location"}
    reading.take(run, loop.segments, found)
    address = found.get("address")
    if isinstance(address, list):
        found["address"] = address[0]
    return found
