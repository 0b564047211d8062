"""Read X12: every input becomes a Document; nothing raises, nothing is dropped."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from mappers.x12.assembly import Assembler, Part
from mappers.x12.envelope import Group, Interchange, TransactionSet
from mappers.x12.findings import Finding, Verdict, verdict
from mappers.x12.lexer import Segment, batches, segments
from mappers.x12.tree import LoopNode


@dataclass(frozen=True, slots=True)
class Document:
    """A file as read: its interchanges, all its segments, and everything found wrong (SNIP 1-2).

    `findings` holds those of all levels of the envelope too, in the order of the file.
    """

    interchanges: Sequence[Interchange]
    segments: Sequence[Segment]
    findings: Sequence[Finding]

    def emit(self) -> bytes:
        """Return the bytes that were read."""
        return "".join(segment.raw for segment in self.segments).encode("latin-1")

    def sets(self) -> Iterator[tuple[Interchange, Group, TransactionSet]]:
        """Yield every transaction set with the envelopes around it."""
        for interchange in self.interchanges:
            for group in interchange.groups:
                for one in group.sets:
                    yield interchange, group, one

    @property
    def verdict(self) -> Verdict:
        """The judgement on syntax and guide."""
        return verdict(self.findings)


@dataclass(frozen=True, slots=True)
class Unit:
    """A claim or payment out of a stream: its loop and the loops it stands in, root first.

    The unit is not kept among their children, and they are still growing: use them before asking
    for the next part.
    """

    node: LoopNode
    above: tuple[LoopNode, ...]


def read(data: bytes) -> Document:
    """Read a whole file: any bytes give a Document whose `emit` is `data` again."""
    assembler = Assembler()
    taken: list[Segment] = []
    for batch in batches((data,)):
        taken.extend(batch)
        assembler.take(batch)
    assembler.finish(_last(taken))
    interchanges = assembler.interchanges
    found = [*assembler.findings.close(), *_findings(interchanges)]
    found.sort(key=lambda one: one.offset if one.offset is not None else -1)
    return Document(interchanges, taken, found)


def read_stream(chunks: Iterable[bytes]) -> Iterator[Part | Unit | Finding]:
    """Yield a file part by part, keeping none: headers, units, sets, groups, interchanges.

    Sets, groups and interchanges come when they close, with their findings and without what was
    yielded before; findings that belong to none of them come last.
    """
    parts: list[Part | Unit | Finding] = []
    assembler = Assembler(parts.append, lambda node, above: parts.append(Unit(node, above)))
    last: Segment | None = None
    for segment in segments(chunks):
        assembler.take((segment,))
        last = segment if segment.body else last
        if parts:
            yield from parts
            parts.clear()
    assembler.finish(last)
    yield from parts
    yield from assembler.findings.close()


def _last(taken: Sequence[Segment]) -> Segment | None:
    return next((segment for segment in reversed(taken) if segment.body), None)


def _findings(interchanges: Sequence[Interchange]) -> Iterator[Finding]:
    for interchange in interchanges:
        yield from interchange.findings
        for group in interchange.groups:
            yield from group.findings
            for one in group.sets:
                yield from one.findings
