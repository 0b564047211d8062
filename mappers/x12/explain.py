"""Render a file for a person: loops indented, a line a segment, findings where they stand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mappers.x12.check import finding_line, judgement
from mappers.x12.codes.code_list import CodeLists
from mappers.x12.dictionary import DEFINITIONS
from mappers.x12.dispatch import Place, compiled
from mappers.x12.envelope import TransactionSet
from mappers.x12.findings import Finding, Verdict, verdict
from mappers.x12.gloss import gloss
from mappers.x12.lexer import Segment
from mappers.x12.reader import Document, read
from mappers.x12.rules.terms import PLAIN, Terms
from mappers.x12.sets import guide_of
from mappers.x12.tree import LoopNode

_ENVELOPE = {"ISA": 0, "IEA": 0, "TA1": 1, "GS": 1, "GE": 1, "ST": 2, "SE": 2}
_ENVELOPE_NAMES = {
    "ISA": "interchange begins",
    "IEA": "interchange ends",
    "GS": "group begins",
    "GE": "group ends",
}


@dataclass(frozen=True, slots=True)
class _Line:
    """How one segment is shown: depth, loop it opens, name at its place."""

    depth: int
    name: str
    loop: str = ""


@dataclass(frozen=True, slots=True)
class Told:
    """One segment in words, with what is wrong with it; `segment` is empty for the whole file."""

    ordinal: int
    depth: int
    loop: str
    segment: str
    name: str
    values: str
    findings: tuple[Finding, ...]

    def lines(self) -> Iterator[str]:
        """Yield the segment and then its findings, a line each."""
        if self.segment:
            loop = f"[{self.loop}] " if self.loop else ""
            head = f"{self.ordinal:>5} {'  ' * self.depth}{loop}{self.segment} {self.name}"
            yield f"{head}: {self.values}" if self.values else head
        yield from map(_finding, self.findings)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A file told segment by segment."""

    name: str
    verdict: Verdict
    told: tuple[Told, ...]

    @classmethod
    def of(cls, data: bytes, name: str, terms: Terms = PLAIN) -> "Explanation":
        """Return the explanation of any bytes."""
        document = read(data)
        found = judgement(document, terms)
        by_ordinal: dict[int | None, list[Finding]] = {}
        for one in found:
            by_ordinal.setdefault(one.ordinal, []).append(one)
        shown = _shown(document)
        segments = (
            _told(one, shown.get(one.ordinal), by_ordinal.get(one.ordinal, ()), terms.lists)
            for one in document.segments
        )
        of_file = Told(0, 0, "", "", "", "", tuple(by_ordinal.get(None, ())))
        return cls(name, verdict(found), (of_file, *segments))

    def as_text(self) -> str:
        """Return it for a person: the verdict first, a line a segment, findings under it."""
        lines = (line for one in self.told for line in one.lines())
        return "\n".join((f"{self.name}: {self.verdict}", *lines))

    def as_json(self) -> dict[str, object]:
        """Return it for a program, as `parity x12 explain --json` prints it."""
        return {
            "verdict": self.verdict,
            "segments": [
                {
                    "ordinal": one.ordinal,
                    "loop": one.loop or None,
                    "segment": one.segment,
                    "name": one.name,
                    "text": one.values,
                    "findings": [each.as_json() for each in one.findings],
                }
                for one in self.told
                if one.segment or one.findings
            ],
        }


def explain(data: bytes, name: str, terms: Terms = PLAIN) -> str:
    """Return the rendering of any bytes (`parity x12 explain`)."""
    return Explanation.of(data, name, terms).as_text()


def _told(
    segment: Segment, shown: _Line | None, findings: Sequence[Finding], lists: CodeLists
) -> Told:
    if shown is None:
        default = DEFINITIONS[segment.id].name if segment.id in DEFINITIONS else "segment"
        shown = _Line(_ENVELOPE.get(segment.id, 3), _ENVELOPE_NAMES.get(segment.id, default))
    values = _printable(gloss(segment, lists)) if segment.id else ""
    id = segment.id[:3]
    return Told(segment.ordinal, shown.depth, shown.loop, id, shown.name, values, tuple(findings))


def _printable(text: str) -> str:
    return "".join(one if one.isprintable() else "?" for one in text)


def _finding(finding: Finding) -> str:
    return f"      ! {finding_line(finding)}"


def _shown(document: Document) -> dict[int, _Line]:
    """Return how each segment of a placed set is shown, by its ordinal."""
    shown: dict[int, _Line] = {}
    for _, _, one in document.sets():
        shown.update(_of_set(one))
    return shown


def _of_set(one: TransactionSet) -> Iterator[tuple[int, _Line]]:
    guide = guide_of(one.kind)
    if guide is not None:
        delimiters = one.segments[0].delimiters
        yield from _of_loop(one.root, compiled(guide, delimiters).root, 2)


def _of_loop(node: LoopNode, place: Place, depth: int) -> Iterator[tuple[int, _Line]]:
    for segment in node.segments:
        opens = segment is node.segments[0]
        name = _name(segment, place)
        yield segment.ordinal, _Line(depth if opens else depth + 1, name, node.id if opens else "")
    for child in node.children:
        spots = (one.opens for one in place.spots if one.opens and one.opens.id == child.id)
        inner = next(spots, None)
        if inner is not None:
            yield from _of_loop(child, inner, depth + 1)


def _name(segment: Segment, place: Place) -> str:
    """Return what the guide calls a segment in its loop."""
    for spot in place.spots:
        if spot.opens is None and spot.takes(segment):
            return spot.name
    return DEFINITIONS[segment.id].name if segment.id in DEFINITIONS else "segment"
