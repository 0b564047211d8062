"""X12 into FHIR by twin tables.

This runs for every segment of a remittance, so each table is made ready once: where its elements
stand, what makes the objects they go to.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from mappers.fhir_x12.twin import Part, Place, SegmentTwin
from mappers.fhir_x12.twin_plan import Build, Values, builder
from mappers.path import JsonObject, JsonValue, Step, put, put_at, steps
from mappers.x12.lexer import Segment


@dataclass(frozen=True, slots=True)
class _Ready:
    """A part made ready: its rows by their numbers, the way to its object, what makes it."""

    numbers: tuple[int, ...]
    rows: tuple[Place, ...]
    part: Part
    way: tuple[Step, ...]
    build: Build | None


@dataclass(frozen=True, slots=True)
class _Plan:
    """A table made ready; a plain one reads whole elements alone."""

    twin: SegmentTwin
    parts: tuple[_Ready, ...]
    is_plain: bool


Index = Mapping[str, tuple[_Plan, ...]]


def read_segments(
    twins: tuple[SegmentTwin, ...], segments: Iterable[Segment], target: JsonObject
) -> list[Segment]:
    """Read the segments into the object of their loop; return those that no table takes."""
    index = _index(twins)
    left = []
    for segment in segments:
        for plan in index.get(segment.id, ()):
            if not plan.twin.only or plan.twin.takes(segment):
                _read(plan, segment, target)
                break
        else:
            left.append(segment)
    return left


@lru_cache(maxsize=256)
def _index(twins: tuple[SegmentTwin, ...]) -> Index:
    """Return the tables by segment; they are compared by identity, so this is a quick look-up."""
    ids = {one.segment for one in twins}
    return {id: tuple(_plan(one) for one in twins if one.segment == id) for id in ids}


@lru_cache(maxsize=256)
def _plan(twin: SegmentTwin) -> _Plan:
    parts = []
    for at, part in enumerate(twin.parts):
        rows = [(number, row) for number, row in enumerate(twin.rows) if row.part == at]
        numbers, places = tuple(number for number, _ in rows), tuple(row for _, row in rows)
        way = steps(part.anchor)
        is_direct = not any(step.repeats for step in way[:-1])
        build = builder(rows, part.fixed) if is_direct else None
        parts.append(_Ready(numbers, places, part, way, build))
    is_plain = not any(row.component or row.repeats for row in twin.rows)
    return _Plan(twin, tuple(parts), is_plain)


def _read(plan: _Plan, segment: Segment, target: JsonObject) -> None:
    values = _values(plan, segment)
    for ready in plan.parts:
        for number in ready.numbers:
            if values[number] is not None:
                break
        else:
            continue
        made = ready.build(values) if ready.build else None
        if not isinstance(made, dict) or not _stands(made, ready.way, target):
            _write(ready, values, target)


def _values(plan: _Plan, segment: Segment) -> Values:
    rows, elements = plan.twin.rows, segment.elements
    width = len(elements)
    if plan.is_plain:
        return [
            row.pair.read(found) if row.position < width and (found := elements[row.position])
            else None
            for row in rows
        ]  # fmt: skip
    return [
        _value(row, segment) if row.position < width and elements[row.position] else None
        for row in rows
    ]


def _value(row: Place, segment: Segment) -> JsonValue:
    """Return the value of an element or component, or those of every repetition."""
    if row.component:
        found = segment.component(row.position, row.component)
        return row.pair.read(found) if found else None
    if not row.repeats:
        return row.pair.read(segment.elements[row.position])
    read = [row.pair.read(one) for one in segment.repetitions(row.position) if one]
    return [one for one in read if one is not None] or None


def _stands(made: JsonObject, way: Sequence[Step], target: JsonObject) -> bool:
    """Put a new object in its place; say whether nothing stood there that it would go into."""
    if not way:
        if target.keys().isdisjoint(made):
            target.update(made)
            return True
        return False
    for step in way[:-1]:
        target = _stepped(target, step)
    last = way[-1]
    if not last.repeats:
        return target.setdefault(last.name, made) is made
    entries = target.setdefault(last.name, [])
    if isinstance(entries, list):
        entries.append(made)
    return True


def _write(ready: _Ready, values: Values, target: JsonObject) -> None:
    """Write the values path by path into an object that may be there already."""
    owner = _entered(target, ready.part)
    for number, row in zip(ready.numbers, ready.rows, strict=True):
        value = values[number]
        several = value if row.repeats and isinstance(value, list) else [value]
        for one in several:
            if one is not None:
                _put(owner, row.steps, one)


def _put(owner: JsonObject, path: Sequence[Step], value: JsonValue) -> None:
    """Write the value as `mappers.path.put` does: what there is of the way is gone, not made."""
    at: JsonObject = owner
    for place, step in enumerate(path[:-1]):
        found = at.get(step.name)
        if step.member:
            at = _named(at, found, step)
        elif isinstance(found, dict):
            at = found
        else:
            put_at(at, path[place:], value)
            return
    last = path[-1]
    if last.repeats or last.number is not None:
        put_at(at, path[-1:], value)
    elif last.name not in at:
        at[last.name] = value


def _named(at: JsonObject, found: JsonValue, step: Step) -> JsonObject:
    """Return the entry of a list whose member is the one asked for, a new one where none is."""
    entries = found if isinstance(found, list) else at.setdefault(step.name, [])
    if not isinstance(entries, list):
        return {}
    for one in entries:
        if isinstance(one, dict) and one.get(step.member) == step.value:
            return one
    made: JsonObject = {step.member: step.value}
    entries.append(made)
    return made


def _entered(target: JsonObject, part: Part) -> JsonObject:
    """Return the object at the anchor, a new entry where it is a list, with what is fixed of it."""
    owner = target
    for step in steps(part.anchor):
        owner = _stepped(owner, step)
    for path, constant in part.fixed:
        put(owner, path, constant)
    return owner


def _stepped(owner: JsonObject, step: Step) -> JsonObject:
    made: JsonObject = {}
    if not step.repeats:
        found = owner.setdefault(step.name, made)
        return found if isinstance(found, dict) else made
    entries = owner.setdefault(step.name, [])
    if isinstance(entries, list):
        entries.append(made)
    return made
