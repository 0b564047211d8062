"""Twin tables: rows that are read both ways, X12 to FHIR and FHIR to X12.

A row pairs an element (`CLP07`, `SVC01-2`) with a path below its part's anchor. A part is the
object that a segment fills: the loop's own (anchor empty), one at a path, or one entry of a list
(`extension[]`), which its `fixed` members tell from the other entries. What neither a row nor a
step around the tables reads is given back, so that nothing is lost in silence.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mappers.fhir_x12.pair import PAIRS, Pair
from mappers.path import Step, element, steps
from mappers.rule import Rule, Scalar, Table
from mappers.x12.lexer import Segment
from mappers.x12.tree import Seg, Simple, Value

Fixed = tuple[tuple[str, Scalar], ...]


@dataclass(frozen=True, slots=True)
class Twin:
    """One element and its place in FHIR; a `path` that ends in `[]` takes every repetition."""

    element: str
    path: str
    using: str = "token"
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """An object filled from a segment: at `anchor`, told from its neighbours by `fixed`."""

    anchor: str
    rows: tuple[Twin, ...]
    fixed: Fixed = ()


@dataclass(frozen=True, eq=False)
class SegmentTwin:
    """One use of a segment, named `loop segment`; `only` are the codes an element must have.

    One that `repeats` gives a segment for every entry of its first part. An element of `only` with
    one code and no row is written as that code.
    """

    place: str
    parts: tuple[Part, ...]
    only: tuple[tuple[str, tuple[str, ...]], ...] = ()
    repeats: bool = False
    note: str = ""
    segment: str = field(init=False, repr=False)
    rows: tuple["Place", ...] = field(init=False, repr=False)
    _only: tuple[tuple[int, int, tuple[str, ...]], ...] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        """Split the addresses once."""
        object.__setattr__(self, "segment", self.place.split()[1].partition("*")[0])
        rows = tuple(
            Place(at, *element(row.element)[1:], row.path, PAIRS[row.using])
            for at, part in enumerate(self.parts)
            for row in part.rows
        )
        object.__setattr__(self, "rows", rows)
        only = tuple((*element(name)[1:], codes) for name, codes in self.only)
        object.__setattr__(self, "_only", only)

    def takes(self, segment: Segment) -> bool:
        """Tell whether it is this use of the segment."""
        return segment.id == self.segment and all(
            text_at(segment, position, component) in codes
            for position, component, codes in self._only
        )

    def written(self, values: Mapping[tuple[int, int], Value]) -> Seg | None:
        """Return the segment of these values, None where they are those of another use."""
        whole = dict(values)
        for position, component, codes in self._only:
            if len(codes) == 1:
                whole.setdefault((position, component), codes[0])
            if whole.get((position, component)) not in codes:
                return None
        return Seg(self.segment, _elements(whole))


@dataclass(frozen=True, slots=True, eq=False)
class Place:
    """A row made ready: the numbers of its part, element and component, its path split."""

    part: int
    position: int
    component: int
    path: str
    pair: Pair
    repeats: bool = field(init=False)
    steps: tuple[Step, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Split the path once."""
        object.__setattr__(self, "repeats", self.path.endswith("[]"))
        object.__setattr__(self, "steps", steps(self.path))


def text_at(segment: Segment, position: int, component: int) -> str:
    """Return an element, or a component of it, empty where it is absent."""
    if not component:
        return segment.element(position)
    return segment.component(position, component)


def _elements(values: Mapping[tuple[int, int], Value]) -> tuple[Value, ...]:
    width = max(position for position, _ in values)
    return tuple(_element(values, position) for position in range(1, width + 1))


def _element(values: Mapping[tuple[int, int], Value], position: int) -> Value:
    most = max((component for at, component in values if at == position), default=0)
    if not most:
        return values.get((position, 0))
    parts = (values.get((position, component)) for component in range(1, most + 1))
    return tuple(_simple(one) for one in parts)


def _simple(value: Value) -> Simple:
    return None if isinstance(value, list | tuple) else value


def documented(owner: str, twins: Iterable[SegmentTwin]) -> tuple[Table, ...]:
    """Return twin tables as tables for the mapping pages, one a segment use."""
    return tuple(_documented(owner, twin) for twin in twins)


def _documented(owner: str, twin: SegmentTwin) -> Table:
    rules = [
        Rule(row.element, _joined(part.anchor, row.path), using=row.using, note=row.note)
        for part in twin.parts
        for row in part.rows
    ]
    rules += [
        Rule("", _joined(part.anchor, path), constant=value)
        for part in twin.parts
        for path, value in part.fixed
    ]
    codes = "; ".join(f"{name} is {' or '.join(values)}" for name, values in twin.only)
    notes = " ".join(one for one in ("Both ways.", twin.note, codes and f"{codes}.") if one)
    return Table(twin.place, owner, tuple(rules), note=notes)


def _joined(anchor: str, path: str) -> str:
    return f"{anchor}.{path}" if anchor else path
