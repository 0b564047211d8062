"""Read X12: every input becomes a Document; nothing raises, nothing is dropped."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mappers.x12.envelope import Group, Interchange, TransactionSet
from mappers.x12.findings import Finding, Verdict, verdict
from mappers.x12.lexer import Segment


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


def read(data: bytes) -> Document:
    """Read a whole file: any bytes give a Document whose `emit` is `data` again."""
    raise NotImplementedError
