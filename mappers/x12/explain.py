"""Render a file for a person: loops indented, a line a segment, findings where they stand."""

from collections.abc import Iterator
from dataclasses import dataclass

from mappers.x12.check import finding_line, judgement
from mappers.x12.dictionary import DEFINITIONS
from mappers.x12.dispatch import Place, compiled
from mappers.x12.envelope import TransactionSet
from mappers.x12.findings import Finding, verdict
from mappers.x12.gloss import gloss
from mappers.x12.lexer import Segment
from mappers.x12.reader import Document, read
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


def explain(data: bytes, name: str) -> str:
    """Return the rendering of any bytes (`parity x12 explain`)."""
    document = read(data)
    found = judgement(document)
    by_ordinal: dict[int | None, list[Finding]] = {}
    for one in found:
        by_ordinal.setdefault(one.ordinal, []).append(one)
    shown = _shown(document)
    lines = [f"{name}: {verdict(found)}", *map(_finding, by_ordinal.get(None, []))]
    for segment in document.segments:
        if segment.id:
            lines.append(_line(segment, shown.get(segment.ordinal)))
        lines.extend(map(_finding, by_ordinal.get(segment.ordinal, [])))
    return "\n".join(lines)


def _line(segment: Segment, shown: _Line | None) -> str:
    if shown is None:
        default = DEFINITIONS[segment.id].name if segment.id in DEFINITIONS else "segment"
        depth = _ENVELOPE.get(segment.id, 3)
        shown = _Line(depth, _ENVELOPE_NAMES.get(segment.id, default))
    loop = f"[{shown.loop}] " if shown.loop else ""
    head = f"{segment.ordinal:>5} {'  ' * shown.depth}{loop}{segment.id[:3]} {shown.name}"
    values = _printable(gloss(segment))
    return f"{head}: {values}" if values else head


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
