"""What an X12 file holds, read once as a stream: its envelopes, what is wrong, the facts of sets.

Sets that are taken unit by unit are not held, however large they are; others are small and whole.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from fhir_server.intake.step import ByUnits, Steps, Tally
from mappers.x12.assembly import Assembler, Part
from mappers.x12.check import in_order
from mappers.x12.envelope import (
    Group,
    Interchange,
    InterchangeHeader,
    TransactionSet,
    interchange_header,
)
from mappers.x12.findings import Finding
from mappers.x12.grammar import Guide
from mappers.x12.lexer import Segment, batches, segments
from mappers.x12.placing import OnLoop, OnUnit
from mappers.x12.reader import Document
from mappers.x12.rules.judging import SetJudge, judge
from mappers.x12.rules.terms import Terms
from mappers.x12.tree import LoopNode

BLOCK = 65_536
ENVELOPES = ("ISA", "GS", "ST", "TA1")
"""Segments that open an interchange, whether or not its header is there."""


def blocks(data: bytes) -> Iterator[bytes]:
    """Yield the bytes of a file block by block."""
    return (data[at : at + BLOCK] for at in range(0, len(data), BLOCK))


@dataclass(frozen=True, slots=True)
class Head:
    """The header of the first interchange, and the kind of the first set (TA1 without any)."""

    header: InterchangeHeader
    kind: str


def first_header(chunks: Iterable[bytes]) -> Head | None:
    """Return how a file begins, read up to its first set; None where it holds no X12."""
    header: InterchangeHeader | None = None
    kind = ""
    for segment in segments(chunks):
        if segment.id in ENVELOPES and header is None:
            header = interchange_header(segment if segment.id == "ISA" else None)
        if segment.id == "TA1":
            kind = "TA1"
        if segment.id == "ST":
            return Head(header or interchange_header(None), segment.element(1).strip())
    return None if header is None else Head(header, kind)


@dataclass(frozen=True, slots=True)
class Survey:
    """A file as surveyed: as read, and as the rules judge it.

    `tallies` are those of the sets that are taken unit by unit, by their number in the file.
    """

    document: Document
    by_rules: Document
    tallies: Mapping[int, Tally]

    def with_marks(self, marked: Document) -> "Survey":
        """Return the survey with what was found later of the interchanges as read."""
        pairs = zip(self.by_rules.interchanges, marked.interchanges, strict=True)
        judged = [replace(one, findings=other.findings) for one, other in pairs]
        return replace(self, document=marked, by_rules=replace(self.by_rules, interchanges=judged))


def survey(chunks: Iterable[bytes], terms: Terms, steps: Steps) -> Survey:
    """Read a file and judge it (SNIP 1-7); any bytes give a survey."""
    surveyor = _Surveyor(terms, steps)
    last: Segment | None = None
    for batch in batches(chunks):
        surveyor.assembler.take(batch)
        last = next((one for one in reversed(batch) if one.body), last)
    return surveyor.finish(last)


@dataclass(slots=True)
class _Envelopes:
    """Envelopes as they close."""

    sets: list[TransactionSet] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    interchanges: list[Interchange] = field(default_factory=list)

    def take(self, part: TransactionSet | Group | Interchange) -> None:
        """Take the next one that closes."""
        match part:
            case TransactionSet():
                self.sets.append(part)
            case Group():
                self.groups.append(replace(part, sets=tuple(self.sets)))
                self.sets.clear()
            case Interchange():
                self.interchanges.append(replace(part, groups=tuple(self.groups)))
                self.groups.clear()


class _Surveyor:
    """What is known of a file while it streams."""

    def __init__(self, terms: Terms, steps: Steps) -> None:
        self.assembler = Assembler(self._hear, watch=self._watch)
        self._terms = terms
        self._steps = steps
        self._judge: SetJudge | None = None
        self._tally: Tally | None = None
        self._header = interchange_header(None)
        self._tallies: dict[int, Tally] = {}
        self._count = 0
        self._read, self._judged = _Envelopes(), _Envelopes()

    def finish(self, last: Segment | None) -> Survey:
        """Close the file and return what it holds."""
        self.assembler.finish(last)
        told = (one for received in self._read.interchanges for one in _findings(received))
        found = in_order((*self.assembler.findings.close(), *told))
        document = Document(self._read.interchanges, (), found)
        by_rules = replace(document, interchanges=self._judged.interchanges)
        return Survey(document, by_rules, self._tallies)

    def _watch(self, guide: Guide) -> tuple[OnUnit | None, OnLoop | None]:
        step = self._steps.get(guide.kind)
        if not isinstance(step, ByUnits):
            return None, None
        judging, tally = SetJudge(guide, self._terms), step.tally()
        self._judge, self._tally = judging, tally

        def unit(node: LoopNode, above: tuple[LoopNode, ...]) -> None:
            judging.unit(node, above)
            tally.unit(node, above)

        return unit, judging.loop

    def _hear(self, part: Part) -> None:
        if isinstance(part, InterchangeHeader):
            self._header = part
        elif isinstance(part, TransactionSet):
            self._close_set(part)
        elif isinstance(part, Group | Interchange):
            for envelopes in (self._read, self._judged):
                envelopes.take(part)

    def _close_set(self, one: TransactionSet) -> None:
        judging, self._judge = self._judge, None
        tally, self._tally = self._tally, None
        by_rules: Sequence[Finding] = tuple(judge(one, self._terms) if judging is None else ())
        if judging is not None and tally is not None:
            by_rules = judging.close()
            tally.close(one, self._header)
            self._tallies[self._count] = tally
        self._count += 1
        self._read.take(one)
        self._judged.take(replace(one, findings=in_order((*one.findings, *by_rules))))


def _findings(received: Interchange) -> Iterator[Finding]:
    yield from received.findings
    for group in received.groups:
        yield from group.findings
        for one in group.sets:
            yield from one.findings
