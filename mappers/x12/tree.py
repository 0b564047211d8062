"""Loop trees: what the reader places (`LoopNode`) and what the writer takes (`Node`)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from mappers.x12.binary import data_position
from mappers.x12.lexer import Segment

Simple = str | int | Decimal | None
Composite = tuple[Simple, ...]
Value = Simple | Composite | list[Simple | Composite]


@dataclass(slots=True)
class LoopNode:
    """One occurrence of a loop as it was read: its own segments and the loops under it.

    The root has the id of the set (`837`, `835`, `277`, `999`) and holds ST and SE too. Nobody
    changes one; it is not frozen because freezing trebles what making one costs.
    """

    id: str
    segments: Sequence[Segment]
    children: Sequence["LoopNode"] = ()

    def first(self, id: str, *qualifiers: str) -> Segment | None:
        """Return the first own segment `id` whose element 01 is one of `qualifiers` (if given)."""
        for segment in self.segments:
            if segment.id == id and (not qualifiers or segment.element(1) in qualifiers):
                return segment
        return None

    def every(self, id: str, *qualifiers: str) -> Iterator[Segment]:
        """Yield the own segments `id` whose element 01 is one of `qualifiers` (if given)."""
        for segment in self.segments:
            if segment.id == id and (not qualifiers or segment.element(1) in qualifiers):
                yield segment

    def child(self, id: str) -> "LoopNode | None":
        """Return the first loop `id` directly under this one."""
        return next(self.each(id), None)

    def each(self, id: str) -> Iterator["LoopNode"]:
        """Yield the loops `id` directly under this one."""
        return (node for node in self.children if node.id == id)

    def walk(self) -> Iterator["LoopNode"]:
        """Yield this loop and all loops under it, in the order of the file."""
        yield self
        for node in self.children:
            yield from node.walk()

    @property
    def opening(self) -> Segment | None:
        """The segment that opened the loop; None only for a loop without segments."""
        return self.segments[0] if self.segments else None


@dataclass(frozen=True, slots=True)
class Seg:
    """A segment to be written: id and values; tuples are composites, lists are repetitions.

    The bytes of BIN and BDS are a text with a character a byte (Latin-1).
    """

    id: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Node:
    """An occurrence of a loop to be written; the writer puts its segments into guide order."""

    id: str
    segments: tuple[Seg, ...]
    children: tuple["Node", ...] = ()


def seg(id: str, *values: Value) -> Seg:
    """Return a segment to be written: `seg("SV1", ("HC", "90837", "95"), Decimal("150.00"))`."""
    return Seg(id, values)


def node(id: str, segments: Sequence[Seg], children: Sequence[Node] = ()) -> Node:
    """Return a loop to be written: `node("2000B", [seg("HL", 2, 1, "22", "0")], [...])`."""
    return Node(id, tuple(segments), tuple(children))


def rewritable(read: LoopNode) -> Node:
    """Turn a loop that was read into one to be written, without ST and SE."""
    return Node(
        read.id,
        tuple(_rewritable_segment(one) for one in read.segments if one.id not in {"ST", "SE"}),
        tuple(rewritable(one) for one in read.children),
    )


def _rewritable_segment(segment: Segment) -> Seg:
    if data_position(segment.id):
        return Seg(segment.id, segment.elements[1:])
    return Seg(segment.id, tuple(_value(segment, at) for at in range(1, len(segment.elements))))


def _value(segment: Segment, position: int) -> Value:
    mark = segment.delimiters.component
    parts: list[Simple | Composite] = [
        tuple(one.split(mark)) if mark in one else one for one in segment.repetitions(position)
    ]
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else parts
