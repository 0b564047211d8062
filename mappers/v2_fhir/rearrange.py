"""The moves of a feed carried out: a message whose fields stand where the standard has them.

Segments stay as they are; one that a move concerns is seen through an overlay of its fields, so
that places in ledger and explanation are those after the move.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from mappers.v2_fhir.dialect import Condition, Move
from mappers.v2_fhir.source import Leaves, SegmentText

Field = Sequence[Leaves]
Place = tuple[str, int, int, int]
"""Segment, field, component, subcomponent; 0 means the whole of a level."""


@dataclass(slots=True)
class Overlaid:
    """A segment with some of its fields replaced."""

    base: SegmentText
    fields: dict[int, Field] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The segment id."""
        return self.base.id

    @property
    def ordinal(self) -> int:
        """The number of the segment in its message."""
        return self.base.ordinal

    @property
    def width(self) -> int:
        """The number of the last field present."""
        return max(self.base.width, *self.fields) if self.fields else self.base.width

    @property
    def valued(self) -> Sequence[int]:
        """The numbers of the fields that hold something."""
        others = [one for one in self.base.valued if one not in self.fields]
        return sorted([*others, *(number for number, value in self.fields.items() if value)])

    def field(self, number: int) -> Field:
        """Return the repetitions of a field down to decoded leaves."""
        return self.fields[number] if number in self.fields else self.base.field(number)


@dataclass(frozen=True, slots=True)
class Rearranged:
    """A message after its moves."""

    segments: Sequence[SegmentText]


def rearranged(segments: Sequence[SegmentText], moves: Sequence[Move]) -> Rearranged:
    """Return the segments after the moves, each carried out on every segment of its target."""
    seen: list[SegmentText] = list(segments)
    for move in moves:
        target = place_of(move.target)
        for at, segment in enumerate(seen):
            if segment.id == target[0]:
                _carry_out(move, at, seen)
    return Rearranged(seen)


@lru_cache(maxsize=4096)
def place_of(path: str) -> Place:
    """Return the place that `PV1-3.1` names."""
    segment, _, rest = path.partition("-")
    numbers = [int(part) for part in rest.split(".")]
    number, component, subcomponent = (*numbers, 0, 0)[:3]
    return segment, number, component, subcomponent


def holds(condition: Condition, at: int, segments: Sequence[SegmentText]) -> bool:
    """Tell whether a condition is met, seen from a segment."""
    place = place_of(condition.field)
    segment = nearest(place[0], at, segments)
    texts = texts_at(segment, place) if segment is not None else []
    found = any(text in condition.values for text in texts) if condition.values else any(texts)
    return found is not condition.negate


def nearest(id: str, at: int, segments: Sequence[SegmentText]) -> SegmentText | None:
    """Return the segment itself, else the nearest before it, else the next after it."""
    behind = (segments[one] for one in range(min(at, len(segments) - 1), -1, -1))
    ahead = (segments[one] for one in range(at + 1, len(segments)))
    return next((one for some in (behind, ahead) for one in some if one.id == id), None)


def texts_at(segment: SegmentText, place: Place) -> list[str]:
    """Return the text at a place of each repetition."""
    _, number, component, subcomponent = place
    found = []
    for leaves in segment.field(number):
        parts = leaves[component - 1 if component else 0 :][:1]
        for part in parts:
            found += [text for text in part[subcomponent - 1 if subcomponent else 0 :][:1] if text]
    return found


def _carry_out(move: Move, at: int, segments: list[SegmentText]) -> None:
    target = place_of(move.target)
    segment = segments[at]
    if not move.replaces and any(texts_at(segment, target)):
        return
    if not all(holds(one, at, segments) for one in move.when):
        return
    value: Field = (((move.value,),),)
    if move.source:
        place = place_of(move.source)
        giver = nearest(place[0], at, segments)
        if giver is None or not any(texts_at(giver, place)):
            return
        value = _taken(giver, place)
        if not move.keeps_source:
            _put(segments, giver, place, ())
    _put(segments, segments[at], target, value)


def _taken(segment: SegmentText, place: Place) -> Field:
    """Return what stands at a place, as a field of its own."""
    _, number, component, subcomponent = place
    found = segment.field(number)
    if not component:
        return found
    part = found[0][component - 1]
    return (((part[subcomponent - 1],),),) if subcomponent else ((tuple(part),),)


def _put(segments: list[SegmentText], segment: SegmentText, place: Place, value: Field) -> None:
    """Let a segment hold a value at a place, or nothing."""
    at = next(one for one, known in enumerate(segments) if known is segment)
    overlay = segment if isinstance(segment, Overlaid) else Overlaid(segment)
    _, number, component, subcomponent = place
    if not component:
        overlay.fields[number] = value
    else:
        whole = segment.field(number)
        parts = [list(one) for one in (whole[0] if whole else ())]
        parts += [[""] for _ in range(component - len(parts))]
        new = [text for part in (value[0] if value else (("",),)) for text in part]
        if subcomponent:
            told = parts[component - 1]
            told += [""] * (subcomponent - len(told))
            told[subcomponent - 1] = new[0]
        else:
            parts[component - 1] = new
        first: Leaves = tuple(tuple(part) for part in parts)
        overlay.fields[number] = (first, *whole[1:])
    segments[at] = overlay
