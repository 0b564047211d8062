"""Guides compiled for placing: in which loop a segment belongs, seen from any loop.

For every loop there is one dictionary: segment id and key value -> where it goes. It holds what
may follow in the loop itself, what opens a loop under it, and then the same for each loop above.
"""

import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from mappers.x12.dictionary import DEFINITIONS
from mappers.x12.grammar import REQUIRED, Guide, Loop, SegmentUse
from mappers.x12.lexer import Delimiters, Segment
from mappers.x12.pattern import Matcher, matcher

_ANY = ""


class Spot:
    """One item of a loop: a segment of its own or, if it `opens`, the first segment of a loop.

    Items of one rank (same segment id, side by side) may stand in any order.
    """

    __slots__ = (
        "_delimiters",
        "_matcher",
        "bit",
        "fits",
        "index",
        "key_codes",
        "lowest",
        "name",
        "opens",
        "rank",
        "repeat",
        "use",
    )

    def __init__(
        self, index: int, rank: int, item: "SegmentUse | Loop", delimiters: Delimiters
    ) -> None:
        self.index = index
        self.bit = 1 << index
        self.rank = rank
        self.name = item.name
        self.repeat = item.repeat
        self.use = first_use(item)
        self.key_codes = _key_codes(self.use, DEFINITIONS[self.use.id].key or (0, 0))
        self.opens: Place | None = None
        self._delimiters = delimiters
        self._matcher: Matcher | None = None
        self.fits: Callable[[str], object] = self._compile
        self.lowest = sys.maxsize

    def takes(self, segment: Segment) -> bool:
        """Tell whether the key value of a segment is one of the use's."""
        if segment.id != self.use.id:
            return False
        position, component = DEFINITIONS[segment.id].key or (0, 0)
        if not position or not self.key_codes:
            return True
        value = segment.component(position, component) if component else segment.element(position)
        return value in self.key_codes

    def is_sound(self, segment: Segment) -> bool:
        """Tell whether nothing is wrong with the elements of a segment at this spot."""
        return bool(self.fits(segment.body)) and not self.breaks_note(segment)

    def breaks_note(self, segment: Segment) -> bool:
        """Tell whether a segment that fits breaks a note between its elements."""
        return self._matcher is not None and self._matcher.breaks_note(segment)

    def _compile(self, body: str) -> object:
        """Make the pattern when it is first needed, and take its place."""
        self._matcher = made = matcher(self.use, self._delimiters)
        self.fits, self.lowest = made.fits, made.lowest
        return made.fits(body)


class Target(NamedTuple):
    """Close `up` loops, then take the segment at `spot`."""

    up: int
    spot: Spot


NO_TARGETS: Mapping[str, Target] = {}


class Choice(NamedTuple):
    """The targets of one segment id: by the value of element `at`, else `other`.

    An id without a key has element 0, its own text, and no value of it. Where the key is the
    component of an element, `by_element` is empty and a closer look tells: `of`.
    """

    at: int
    by_element: Mapping[str, Target]
    other: Target | None
    component: int = 0
    by_component: Mapping[str, Target] = NO_TARGETS
    any: Target | None = None

    def of(self, segment: Segment) -> Target | None:
        """Return where a segment goes, by a component if that is its key."""
        if not self.component:
            return self.other
        return self.by_component.get(segment.component(self.at, self.component), self.any)


Keyed = tuple[int, int, dict[object, Spot]]
"""Where a key stands (element, component), and the use of each of its values; None: of any."""


class Place:
    """A loop at its place in the tree of a guide.

    `own` holds the segments of the loop by id and `under` the loops in it; `choices` says what may
    follow; `nearest` takes a segment whose key value fits nowhere. Where a loop `is_told`, somebody
    hears of it when it closes, or its levels are compared then.
    """

    __slots__ = (
        "above",
        "choices",
        "id",
        "is_level",
        "is_told",
        "keyed",
        "name",
        "nearest",
        "own",
        "required",
        "spots",
        "under",
    )

    def __init__(
        self, loop: Loop, above: "Place | None", delimiters: Delimiters, told: frozenset[str]
    ) -> None:
        self.id = loop.id
        self.name = loop.name
        self.above = above
        self.spots = tuple(_spots(loop, delimiters))
        self.is_level = self.spots[0].use.id == "HL"
        self.is_told = self.is_level or loop.id in told
        self.required = 0
        for spot, item in zip(self.spots, loop.items, strict=True):
            self.required |= spot.bit if item.usage == REQUIRED else 0
            if isinstance(item, Loop):
                spot.opens = Place(item, self, delimiters, told)
        self.own: dict[str, tuple[Spot, ...]] = {}
        for spot in self.spots:
            if spot.opens is None:
                self.own[spot.use.id] = (*self.own.get(spot.use.id, ()), spot)
        self.keyed = {id: _keyed(uses) for id, uses in self.own.items() if len(uses) > 1}
        self.under = {spot.opens.id: spot for spot in self.spots if spot.opens}
        self.choices = _choices(self._reachable())
        self.nearest = {use_id: Target(0, spot) for use_id, spot in _lone(self.spots[1:])}

    def _reachable(self) -> Iterator[Target]:
        """Yield what may come next: own items but the opening one, then those of the loops above.

        SE is left out: it ends the set, whatever is open. The loops below are built before this
        one is complete, so the dictionaries of inner loops rely only on the spots of the loops
        above, which exist already.
        """
        place: Place | None = self
        up = 0
        while place is not None:
            yield from (Target(up, spot) for spot in place.spots[1:] if spot.use.id != "SE")
            place, up = place.above, up + 1


@dataclass(frozen=True, slots=True)
class Compiled:
    """A guide made ready for one set of delimiters. `outside` names the loops outside its units."""

    guide: Guide
    root: Place
    ids: frozenset[str]
    outside: frozenset[str]


@lru_cache(maxsize=64)
def compiled(guide: Guide, delimiters: Delimiters) -> Compiled:
    """Return the guide ready for placing; regular expressions are made when first needed."""
    outside = frozenset(_outside(guide.root, guide.unit))
    root = Place(guide.root, None, delimiters, outside | {guide.unit})
    return Compiled(guide, root, frozenset(_ids(guide.root)), outside)


def first_use(item: SegmentUse | Loop) -> SegmentUse:
    """Return the segment that stands for an item: itself, or the one that opens the loop."""
    while isinstance(item, Loop):
        item = item.items[0]
    return item


def _keyed(uses: Sequence[Spot]) -> Keyed:
    """Return where the key of a segment id stands, and the use of each of its values."""
    position, component = DEFINITIONS[uses[0].use.id].key or (0, 0)
    found: dict[object, Spot] = {}
    for one in uses:
        for code in one.key_codes or (None,):
            found.setdefault(code, one)
    return position, component, found


def _spots(loop: Loop, delimiters: Delimiters) -> Iterator[Spot]:
    rank, last = 0, ""
    for index, item in enumerate(loop.items):
        opening = first_use(item).id
        rank += opening != last
        last = opening
        yield Spot(index, rank, item, delimiters)


def _lone(spots: Sequence[Spot]) -> Iterator[tuple[str, Spot]]:
    """Yield the segment ids with one use here, or one required use, and that use."""
    for use_id in {spot.use.id for spot in spots}:
        uses = [spot for spot in spots if spot.use.id == use_id]
        required = [spot for spot in uses if spot.use.usage == REQUIRED and spot.opens is None]
        if len(uses) == 1 or len(required) == 1:
            yield use_id, (required or uses)[0]


def _choices(targets: Iterable[Target]) -> dict[str, Choice]:
    """Return the targets by segment id; of two that take the same key value the nearer one."""
    found: dict[str, dict[str, Target]] = {}
    for target in targets:
        known = found.setdefault(target.spot.use.id, {})
        if _ANY not in known:
            for value in target.spot.key_codes or (_ANY,):
                known.setdefault(value, target)
    return {id: _choice(*(DEFINITIONS[id].key or (0, 0)), one) for id, one in found.items()}


def _choice(element: int, component: int, targets: dict[str, Target]) -> Choice:
    any_value = targets.pop(_ANY, None)
    if component:
        return Choice(element, NO_TARGETS, None, component, targets, any_value)
    return Choice(element, targets, any_value)


def _key_codes(use: SegmentUse, key: tuple[int, int]) -> tuple[str, ...]:
    rows = {row.position: row for row in use.elements}
    row = rows.get(key[0])
    if row is None:
        return ()
    if not key[1]:
        return row.codes
    return next((one.codes for one in row.components if one.position == key[1]), ())


def _ids(loop: Loop) -> Iterator[str]:
    for item in loop.items:
        if isinstance(item, Loop):
            yield from _ids(item)
        else:
            yield item.id


def _outside(loop: Loop, unit: str) -> Iterator[str]:
    if loop.id == unit:
        return
    yield loop.id
    for item in loop.items:
        if isinstance(item, Loop):
            yield from _outside(item, unit)
