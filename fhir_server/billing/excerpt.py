"""Parts of kept interchanges that speak of one claim or one of its lines, with their bytes. Pure.

An excerpt never holds what belongs to another claim: of a batch or a remittance it is the loop of
the claim, or of its line, and nothing else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mappers.x12.lexer import Segment
from mappers.x12.reader import Document, read

ENDS = ("HL", "SE", "CLM")
PAYMENT_ENDS = ("CLP", "LX", "PLB", "SE")
STATUS_ENDS = ("HL", "SE")


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Consecutive segments of a file: the first one's ordinal and byte, and the bytes.

    `line` is the claim's line (from 1) or the line control number (REF*6R); empty: the claim.
    """

    ordinal: int
    offset: int
    data: bytes
    line: str = ""


@dataclass(frozen=True, slots=True)
class Submitted:
    """A claim as it stood in an 837, and each of its lines with its control number (REF*6R)."""

    claim: Excerpt
    lines: tuple[Excerpt, ...]
    controls: tuple[str, ...]


def submitted(body: bytes, number: str) -> Submitted | None:
    """Return a claim (CLM01) as an 837 carried it."""
    for run in _runs(read(body), "CLM", ENDS, 1, number):
        starts = [at for at, one in enumerate(run) if one.id == "LX"]
        parts = [run[at:end] for at, end in zip(starts, [*starts[1:], len(run)], strict=True)]
        lines = tuple(_excerpt(part, str(line)) for line, part in enumerate(parts, 1))
        head = run[: starts[0]] if starts else run
        return Submitted(_excerpt(head), lines, tuple(_control(part) for part in parts))
    return None


def answered(body: bytes, number: str) -> list[tuple[Excerpt, tuple[Excerpt, ...]]]:
    """Return each payment of a claim (CLP01) in an 835: its head, and its lines by REF*6R."""
    found = []
    for run in _runs(read(body), "CLP", PAYMENT_ENDS, 1, number):
        starts = [at for at, one in enumerate(run) if one.id == "SVC"]
        parts = [run[at:end] for at, end in zip(starts, [*starts[1:], len(run)], strict=True)]
        head = run[: starts[0]] if starts else run
        lines = tuple(_excerpt(part, _control(part) or str(at)) for at, part in enumerate(parts, 1))
        found.append((_excerpt(head), lines))
    return found


def statuses(body: bytes, number: str) -> list[Excerpt]:
    """Return what a 277CA or 277 says of a claim: its level, from the HL on (TRN02 is CLM01)."""
    found = []
    for one in _sets(read(body)):
        levels = [at for at, segment in enumerate(one) if segment.id == "HL"]
        for at, end in zip(levels, [*levels[1:], len(one)], strict=True):
            level = [segment for segment in one[at:end] if segment.id not in STATUS_ENDS[1:]]
            if any(segment.id == "TRN" and segment.element(2) == number for segment in level):
                found.append(_excerpt(level))
    return found


def acknowledged(body: bytes, control: str) -> list[Excerpt]:
    """Return what a 999 says of a set we sent (AK202): from its AK2 to its IK5."""
    runs = _runs(read(body), "AK2", ("AK2", "AK9", "SE"), 2, control)
    return [_excerpt(run) for run in runs]


def _runs(
    document: Document, opening: str, ends: Sequence[str], position: int, value: str
) -> Iterator[Sequence[Segment]]:
    """Yield the segments from one that opens with a value to the next that ends it."""
    for one in _sets(document):
        for at, segment in enumerate(one):
            if segment.id == opening and segment.element(position) == value:
                rest = (n for n in range(at + 1, len(one)) if one[n].id in ends)
                yield one[at : next(rest, len(one))]


def _sets(document: Document) -> Iterator[Sequence[Segment]]:
    for _, _, one in document.sets():
        yield one.segments


def _control(run: Sequence[Segment]) -> str:
    found = (one.element(2) for one in run if one.id == "REF" and one.element(1) == "6R")
    return next(found, "")


def _excerpt(run: Sequence[Segment], line: str = "") -> Excerpt:
    text = "".join(one.raw for one in run)
    first = run[0]
    return Excerpt(first.ordinal, first.offset - len(first.lead), text.encode("latin-1"), line)
