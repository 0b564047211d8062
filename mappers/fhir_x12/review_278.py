"""Prior authorization to 278: the request for a review (X217) and the inquiry for one (X215).

Pure: the claim of a PAS Bundle with what it refers to becomes the tree of a transaction set.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from mappers.fhir_x12 import review_table as table
from mappers.fhir_x12.problem import NotMappable, Problem
from mappers.fhir_x12.review_event import Attachment, attachments, event_subject, informed
from mappers.fhir_x12.review_level import level, leveled
from mappers.fhir_x12.review_party import Member, ReviewParties, review_parties
from mappers.fhir_x12.review_service import Forms, forms_of, service_subject
from mappers.fhir_x12.run import LoopRun
from mappers.fhir_x12.segment import LoopMap, Notes
from mappers.path import JsonObject, read
from mappers.x12.tree import Node, Seg, node, seg

Purpose = Literal["request", "inquiry"]
REQUEST, INQUIRY = "13", "28"
MOST_OF_EVENT, MOST_OF_SERVICE, MOST_DIAGNOSES = 14, 10, 12


@dataclass(frozen=True, slots=True)
class Asking:
    """The facts of BHT: our number of the question, when it is asked, who gives trace numbers.

    `originator` is TRN03 where a trace number names no assigner: ten characters.
    """

    reference: str
    written: datetime
    originator: str


@dataclass(frozen=True, slots=True)
class Review:
    """A question ready to be written, and what of the claim it does not say."""

    root: Node
    doubts: tuple[Problem, ...]


_EVENTS: Mapping[Purpose, tuple[LoopMap, LoopMap]] = {
    "request": (table.EVENT, table.SERVICE),
    "inquiry": (table.INQUIRED_EVENT, table.INQUIRED_SERVICE),
}
RUNS: Mapping[str, LoopRun] = {
    "UMO": LoopRun(table.UMO),
    "REQUESTER": LoopRun(table.REQUESTER),
    "SUBSCRIBER": LoopRun(table.SUBSCRIBER),
    "DEPENDENT": LoopRun(table.DEPENDENT),
    "2010EA": LoopRun(table.EVENT_PROVIDER),
    "2010F": LoopRun(table.SERVICE_PROVIDER),
}


def review_278(
    claim: JsonObject,
    resources: Mapping[str, JsonObject],
    asking: Asking,
    purpose: Purpose = "request",
) -> Review:
    """Return the transaction set of a claim for preauthorization, or of an inquiry by example.

    Raises NotMappable with every problem at once; what merely cannot be said is a doubt.
    """
    builder = _Builder(claim, resources, asking, purpose)
    root = builder.root()
    if builder.problems:
        raise NotMappable(builder.problems)
    return Review(root, tuple(builder.doubts))


@dataclass(slots=True)
class _Builder:
    """One claim on its way to a tree, its levels numbered in order."""

    claim: JsonObject
    resources: Mapping[str, JsonObject]
    asking: Asking
    purpose: Purpose
    problems: list[Problem] = field(default_factory=list)
    doubts: list[Problem] = field(default_factory=list)

    def root(self) -> Node:
        """Return the set: who reviews, who asks, for whom, what."""
        asking = self.asking
        purpose = REQUEST if self.purpose == "request" else INQUIRY
        header = seg(
            "BHT",
            "0007",
            purpose,
            asking.reference,
            f"{asking.written:%Y%m%d}",
            f"{asking.written:%H%M}",
        )
        people = review_parties(self.claim, self.resources)
        self.doubts += people.doubts
        umo = self._loop("2010A", RUNS["UMO"], people.umo)
        reviewer = [level("20")]
        requester = self._requester(people)
        return leveled(node("278", [header], [node("2000A", reviewer, [umo, requester])]))

    def _requester(self, people: ReviewParties) -> Node:
        loop = self._loop("2010B", RUNS["REQUESTER"], people.requester)
        return node("2000B", [level("21")], [loop, self._subscriber(people)])

    def _subscriber(self, people: ReviewParties) -> Node:
        loop = self._loop("2010C", RUNS["SUBSCRIBER"], people.subscriber)
        below = self._event(people) if people.is_own else self._dependent(people)
        return node("2000C", [level("22")], [loop, below])

    def _dependent(self, people: ReviewParties) -> Node:
        loop = self._loop("2010D", RUNS["DEPENDENT"], people.patient)
        return node("2000D", [level("23")], [loop, self._event(people)])

    def _event(self, people: ReviewParties) -> Node:
        inquires = self.purpose == "inquiry"
        subject = event_subject(
            self.claim, self.resources, self.asking.originator, inquires=inquires
        )
        of_event, of_service = (LoopRun(one) for one in _EVENTS[self.purpose])
        segments = [level("EV"), *self._segments("2000E", of_event, subject)]
        self._count("Claim.diagnosis", "2000E HI", MOST_DIAGNOSES)
        members = [one for one in people.team if one.is_of_event]
        loops = self._providers("2010EA", members, MOST_OF_EVENT)
        services = list(self._services(people.team, of_service))
        return node("2000E", segments, [*loops, *services])

    def _services(self, team: Sequence[Member], run: LoopRun) -> Iterator[Node]:
        forms = forms_of(self.claim)
        papers = attachments(self.claim, self.resources)
        for index, item in enumerate(read(self.claim, "item")):
            if isinstance(item, dict):
                subject = self._service(item, index, forms, papers)
                place = f"Claim.item[{index}]"
                segments = [level("SS"), *self._segments("2000F", run, subject, place)]
                named = read(item, "careTeamSequence")
                members = [one for one in team if not one.is_of_event and one.sequence in named]
                yield node("2000F", segments, self._providers("2010F", members, MOST_OF_SERVICE))

    def _service(
        self, item: JsonObject, index: int, forms: Forms, papers: Sequence[Attachment]
    ) -> JsonObject:
        """Return an item as subject; its traces complete, its own number where it has none."""
        subject = service_subject(item, forms, self.resources, self.claim)
        own = subject["trace"]
        traces = own if isinstance(own, list) and own else [self._numbered(item, index)]
        subject["trace"] = [
            one if read(one, "assigner.identifier.value") else self._assigned(one) for one in traces
        ]
        return subject | informed(self.claim, papers, item)

    def _numbered(self, item: JsonObject, index: int) -> JsonObject:
        """Return a trace of our making: by it the answer finds the item."""
        sequence = item.get("sequence", index + 1)
        number = next(iter(read(self.claim, "identifier.value")), self.asking.reference)
        return {"value": f"{number}-{sequence}"[:50]}

    def _assigned(self, trace: object) -> JsonObject:
        kept = trace if isinstance(trace, dict) else {}
        assigner = next(
            iter(read(self.claim, "identifier[0].assigner.identifier.value")),
            self.asking.originator,
        )
        return {**kept, "assigner": {"identifier": {"value": assigner}}}

    def _providers(self, loop: str, members: Sequence[Member], most: int) -> list[Node]:
        for one in members[most:]:
            path = f"Claim.careTeam[{one.index}]"
            message = f"only the first {most} providers can be said"
            self.doubts.append(Problem("too-long", path, loop, message))
        return [
            self._loop(loop, RUNS[loop], one.subject, f"Claim.careTeam[{one.index}].provider")
            for one in members[:most]
        ]

    def _count(self, path: str, place: str, most: int) -> None:
        if len(read(self.claim, path.removeprefix("Claim."))) > most:
            message = f"only the first {most} can be said"
            self.doubts.append(Problem("too-long", path, place, message))

    def _loop(self, id: str, run: LoopRun, subject: JsonObject, path: str = "") -> Node:
        return node(id, self._segments(id, run, subject, path))

    def _segments(self, id: str, run: LoopRun, subject: JsonObject, path: str = "") -> list[Seg]:
        notes = Notes(id, path or run.spec.subject, [])
        segments = run.write(subject, notes)
        self.problems += notes.problems
        return segments
