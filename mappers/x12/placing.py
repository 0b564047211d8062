"""Place the segments of one transaction set into the loops of its guide (SNIP 1 and 2)."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Protocol

from mappers.x12.diagnosis import diagnose, generic_use, offset_of
from mappers.x12.dictionary import DEFINITIONS
from mappers.x12.dispatch import Choice, Compiled, Place, Spot, Target
from mappers.x12.findings import Finding, Ledger, at
from mappers.x12.grammar import SegmentUse
from mappers.x12.lexer import Delimiters, Segment
from mappers.x12.pattern import Matcher, matcher
from mappers.x12.tree import LoopNode

_MOST_SOUND = 8192  # texts remembered
OnUnit = Callable[[LoopNode, tuple[LoopNode, ...]], None]
OnLoop = Callable[[LoopNode, tuple[LoopNode, ...], frozenset[str]], None]
"""Takes a loop outside the units as it closes, the loops above it, and the ids of those in it."""


class Placer(Protocol):
    """Takes the segments of a set after ST."""

    findings: Ledger

    def place(self, segments: Sequence[Segment]) -> None:
        """Take the next segments; none of them stands around sets."""

    def end(self, trailer: Segment) -> None:
        """Take SE."""

    def finish(self, last: Segment) -> LoopNode:
        """Close all loops at the last segment of the set and return the root."""


class _Frame:
    """A loop that is open: what it has taken so far."""

    counts: dict[int, int] | None = None
    gave_units = False
    path: tuple[LoopNode, ...] | None = None
    has_levels = False
    children: list[LoopNode] | None = None

    def __init__(self, place: Place, above: "_Frame | None", opening: Segment) -> None:
        self.place = place
        self.above = above
        self.segments = [opening]
        self.node = node = LoopNode(place.id, self.segments)
        self.seen = self.rank = 1
        self.level = ""  # HL01 of the level around it
        if above is not None:
            self.level = above.level
            if above.children is None:
                above.node.children = above.children = [node]
            else:
                above.children.append(node)

    def is_leaf_told(self, opening: Segment) -> bool:
        """Tell whether HL04 says rightly that levels follow under this one, or that none do."""
        return (opening.element(4) == "1") == self.has_levels


class GuidePlacer:
    """Places by a guide. With `on_unit`, units are handed over and not kept in the tree.

    `on_loop` is then told of every other loop as it closes.
    """

    def __init__(
        self,
        guide: Compiled,
        opening: Segment,
        on_unit: OnUnit | None = None,
        on_loop: OnLoop | None = None,
    ) -> None:
        self.findings = Ledger()
        self._guide = guide
        self._on_unit = on_unit
        self._on_loop = on_loop
        self._unit = guide.guide.unit
        self._levels = 0
        self._sound: dict[str, Spot] = {}  # texts with nothing wrong, and where they stood
        self._frame = _Frame(guide.root, None, opening)
        self._judge(guide.root.spots[0], opening, self._frame)

    def place(self, segments: Sequence[Segment]) -> None:
        """Take the next segments; none of them stands around sets.

        Here stands the common course, once for each segment of a file; what is rare has a method.
        """
        frame, sound = self._frame, self._sound
        for segment in segments:
            choice, elements = frame.place.choices.get(segment[0]), segment[1]
            target = None
            if choice is not None and choice[0] < len(elements):
                target = choice[1].get(elements[choice[0]], choice[2])
            if target is None:
                self._frame = frame
                target = self._seek(choice, segment)
                frame = self._frame
                if target is None:
                    continue
            up, spot = target
            if up:
                frame = self._climb(frame, up, segment)
            if frame.seen & spot.bit:
                self._count(frame, spot, segment)
            frame.seen |= spot.bit
            if spot.rank < frame.rank:
                self.findings.add(_misplaced(frame, segment))
            else:
                frame.rank = spot.rank
            if spot.opens is None:
                frame.segments.append(segment)
            else:
                frame = _Frame(spot.opens, frame, segment)
                if spot.opens.is_level:
                    self._enter_level(frame, segment)
            if sound.get(segment[4]) is not spot:
                self._judge(spot, segment, frame)
        self._frame = frame

    def end(self, trailer: Segment) -> None:
        """Take SE, which stands in the root whatever is open."""
        frame = self._frame
        while frame.above is not None:
            frame = self._close(frame, trailer)
        spot = frame.place.spots[-1]
        frame.seen |= spot.bit
        frame.segments.append(trailer)
        self._frame = frame
        self._judge(spot, trailer, frame)

    def _judge(self, spot: Spot, segment: Segment, frame: _Frame) -> None:
        """Judge the elements of a segment; remember its text if nothing is wrong with them."""
        body = segment.body
        if spot.fits(body) and not (
            spot.lowest < len(segment.elements) and spot.breaks_note(segment)
        ):
            if len(self._sound) >= _MOST_SOUND:
                self._sound.clear()
            self._sound[body] = spot
            return
        unit = _unit_number(frame, self._unit)
        self.findings.add(
            *diagnose(spot.use, segment, frame.place.id, self._guide.guide.kind, unit)
        )

    def _enter_level(self, frame: _Frame, segment: Segment) -> None:
        """Judge the number and the parent of a hierarchical level (HL01, HL02)."""
        self._levels += 1
        if segment.element(1) != str(self._levels):
            self.findings.add(_level(frame, segment, 1, f"HL01 should be {self._levels}"))
        if segment.element(2) != frame.level:
            self.findings.add(_level(frame, segment, 2, "HL02 is not the level above"))
        frame.level = segment.element(1)
        if frame.above is not None:
            frame.above.has_levels = True

    def _climb(self, frame: _Frame, levels: int, segment: Segment) -> _Frame:
        for _ in range(levels):
            place = frame.place
            if place.is_told or place.required & ~frame.seen:
                frame = self._close(frame, segment)
            else:
                frame = frame.above or frame
        return frame

    def finish(self, last: Segment) -> LoopNode:
        """Close all loops at the last segment of the set and return the root."""
        frame = self._climb(self._frame, self._depth(), last)
        frame.seen |= frame.place.spots[-1].bit  # a missing SE is told by the envelope
        self._close(frame, last)
        return frame.node

    def _depth(self) -> int:
        depth, frame = 0, self._frame
        while frame.above is not None:
            depth, frame = depth + 1, frame.above
        return depth

    def _seek(self, choice: Choice | None, segment: Segment) -> Target | None:
        """Return where a segment goes whose key is a component, or that has none of the values.

        Keep it in the open loop if that is nowhere.
        """
        frame = self._frame
        target = choice.of(segment) if choice is not None else None
        target = target or frame.place.nearest.get(segment.id)
        if target is None and not self._opens_unsaid(segment):
            frame.segments.append(segment)
            self.findings.add(_stray(self._guide, frame, segment))
        return target

    def _opens_unsaid(self, segment: Segment) -> bool:
        """Open the loop a segment belongs to where only the loop's first segment is missing.

        One missing segment is then one finding, and what follows it is placed and judged.
        """
        up, frame = 0, self._frame
        while not (found := list(_unsaid(frame, segment))) and frame.above is not None:
            up, frame = up + 1, frame.above
        if len(found) != 1:
            return False
        spot, inner = found[0]
        frame = self._climb(self._frame, up, segment)
        self.findings.add(_missing(frame, spot, segment))
        frame.seen |= spot.bit
        frame.rank = max(frame.rank, spot.rank)
        if spot.opens is not None:
            self._frame = opened = _Frame(spot.opens, frame, segment)
            opened.seen |= inner.bit
            opened.rank = inner.rank
            self._judge(inner, segment, opened)
        return True

    def _count(self, frame: _Frame, spot: Spot, segment: Segment) -> None:
        if not spot.repeat:
            return
        if frame.counts is None:
            frame.counts = {}
        number = frame.counts.get(spot.index, 1) + 1
        frame.counts[spot.index] = number
        if number > spot.repeat:
            self.findings.add(_too_often(frame, spot, segment))

    def _close(self, frame: _Frame, trigger: Segment) -> _Frame:
        place = frame.place
        if place.required & ~frame.seen:
            missing = [spot for spot in place.spots if place.required & ~frame.seen & spot.bit]
            unit = _unit_number(frame, self._unit)
            found = (_missing(frame, spot, trigger) for spot in missing)
            self.findings.add(*(replace(one, unit=unit) for one in found))
        if place.is_level:
            self._leave_level(frame)
        if self._on_unit is not None:
            self._hand_over(frame, self._on_unit)
        return frame.above or frame

    def _leave_level(self, frame: _Frame) -> None:
        opening = frame.segments[0]
        if opening.element(4) and not frame.is_leaf_told(opening):
            told = "HL04 does not say whether levels follow"
            self.findings.add(_level(frame, opening, 4, told))

    def _hand_over(self, frame: _Frame, on_unit: OnUnit) -> None:
        """Give a unit away and let go of it, and later of the loops that held it."""
        above = frame.above
        if self._on_loop is not None and frame.place.id in self._guide.outside:
            nodes = _path(above) if above is not None else ()
            self._on_loop(frame.node, nodes, _held(frame.place, frame.seen))
        if above is None:
            return
        if frame.place.id == self._unit:
            on_unit(frame.node, _path(above))
            frame.gave_units = True
        if frame.gave_units:
            above.gave_units = True
            if above.children:
                above.children.pop()  # the frame that closes is the last child


@lru_cache(maxsize=4096)
def _held(place: Place, seen: int) -> frozenset[str]:
    """Return the ids of the loops a loop held."""
    return frozenset(one.opens.id for one in place.spots if one.opens and seen & one.bit)


def _unit_number(frame: _Frame, unit: str) -> str:
    """Return the business number of the unit a loop belongs to (CLM01, CLP01), if it has one."""
    above: _Frame | None = frame
    while above is not None:
        if above.place.id == unit:
            opening = above.segments[0]
            return opening.element(1) if opening.id in {"CLM", "CLP"} else ""
        above = above.above
    return ""


def _path(frame: _Frame) -> tuple[LoopNode, ...]:
    """Return the open loops from the root down; made once for each loop."""
    path = frame.path
    if path is None:
        above = _path(frame.above) if frame.above is not None else ()
        path = frame.path = (*above, frame.node)
    return path


class GenericPlacer:
    """Keeps the segments of a set for which no guide is loaded; judges by the dictionary alone."""

    def __init__(self, opening: Segment) -> None:
        self.findings = Ledger()
        self._segments = [opening]

    def place(self, segments: Sequence[Segment]) -> None:
        """Take the next segments; none of them stands around sets."""
        for segment in segments:
            self.end(segment)

    def end(self, trailer: Segment) -> None:
        """Take SE, or any other segment."""
        self._segments.append(trailer)
        self.findings.add(*element_findings(trailer))

    def finish(self, last: Segment) -> LoopNode:
        """Return all segments under one root."""
        return LoopNode(self._segments[0].element(1) or last.id, self._segments, [])


def element_findings(segment: Segment) -> Iterator[Finding]:
    """Yield what is wrong with a segment by the dictionary alone."""
    generic = _generic(segment.id, segment.delimiters)
    if generic is not None and not generic[1].matches(segment):
        yield from diagnose(generic[0], segment, "")


@lru_cache(maxsize=1024)
def _generic(id: str, delimiters: Delimiters) -> tuple[SegmentUse, Matcher] | None:
    use = generic_use(id)
    return (use, matcher(use, delimiters)) if use is not None else None


def _level(frame: _Frame, segment: Segment, element: int, told: str) -> Finding:
    found = Finding(
        "level-sequence",
        1,
        "error",
        f"the levels are not numbered and nested as sent: {told}",
        "number HL01 from 1, name the parent in HL02, tell children in HL04",
        "IK4",
        "7",
        element=element,
    )
    return replace(at(found, segment, frame.place.id), offset=offset_of(segment, element))


def _unsaid(frame: _Frame, segment: Segment) -> Iterator[tuple[Spot, Spot]]:
    """Yield the loops not yet met in an open loop that hold a segment, and its spot in each."""
    for spot in frame.place.spots:
        if spot.opens is None or frame.seen & spot.bit or spot.rank < frame.rank:
            continue
        inner = (one for one in spot.opens.own.get(segment.id, ()) if one.takes(segment))
        yield from ((spot, one) for one in inner if one.index)


def _misplaced(frame: _Frame, segment: Segment) -> Finding:
    found = Finding(
        "segment-order",
        2,
        "warning",
        f"{segment.id} stands after segments it should precede",
        "send the segments in the order of the guide",
        "IK3",
        "7",
    )
    return at(found, segment, frame.place.id)


def _stray(guide: Compiled, frame: _Frame, segment: Segment) -> Finding:
    is_known = segment.id in DEFINITIONS or segment.id in guide.ids
    found = Finding(
        "segment-unexpected" if is_known else "segment-unknown",
        2 if is_known else 1,
        "error",
        f"{segment.id[:3]} has no place here" if is_known else "the segment id is not known",
        "send it where the guide has it, with a qualifier of the guide, or leave it out",
        "IK3",
        "2" if is_known else "1",
    )
    return at(found, segment, frame.place.id)


def _too_often(frame: _Frame, spot: Spot, segment: Segment) -> Finding:
    what = "loop" if spot.opens else "segment"
    found = Finding(
        f"{what}-too-often",
        2,
        "error",
        f"{spot.name}: more than {spot.repeat} in the loop above",
        f"send at most {spot.repeat}",
        "IK3",
        "4" if spot.opens else "5",
    )
    return at(found, segment, spot.opens.id if spot.opens else frame.place.id)


def _missing(frame: _Frame, spot: Spot, trigger: Segment) -> Finding:
    loop = spot.opens.id if spot.opens else frame.place.id
    found = Finding(
        "segment-missing",
        2,
        spot.use.severity,
        f"{spot.name} ({spot.use.id}) is missing before this segment",
        "send the segment",
        "IK3",
        "3",
        segment=spot.use.id,
    )
    later = (one for one in _ranked(frame) if one[0] > spot.rank)
    _, follower = min(later, key=lambda one: one[1].ordinal, default=(0, trigger))
    return at(found, follower, loop)


def _ranked(frame: _Frame) -> Iterator[tuple[int, Segment]]:
    """Yield the segments that stand directly in a loop or open a loop in it, with their rank."""
    spots = frame.place.spots
    for segment in frame.segments:
        yield from ((one.rank, segment) for one in spots if not one.opens and one.takes(segment))
    for child in frame.children or ():
        ranks = [one.rank for one in spots if one.opens and one.opens.id == child.id]
        yield from ((rank, child.segments[0]) for rank in ranks)
