"""X12 into FHIR by twin tables.

This runs for every segment of a remittance, so elements are taken from the tuple of the segment
and paths are split beforehand.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from mappers.fhir_x12.twin import Part, Place, SegmentTwin
from mappers.path import JsonObject, JsonValue, Step, put, put_at, steps
from mappers.x12.lexer import Segment

Index = Mapping[str, tuple[SegmentTwin, ...]]


def read_segments(
    twins: tuple[SegmentTwin, ...], segments: Iterable[Segment], target: JsonObject
) -> list[Segment]:
    """Read the segments into the object of their loop; return those that no table takes."""
    index = _index(twins)
    left = []
    for segment in segments:
        for twin in index.get(segment.id, ()):
            if not twin.only or twin.takes(segment):
                _read(twin, segment, target)
                break
        else:
            left.append(segment)
    return left


@lru_cache(maxsize=256)
def _index(twins: tuple[SegmentTwin, ...]) -> Index:
    """Return the tables by segment; they are compared by identity, so this is a quick look-up."""
    ids = {one.segment for one in twins}
    return {id: tuple(one for one in twins if one.segment == id) for id in ids}


def _read(twin: SegmentTwin, segment: Segment, target: JsonObject) -> None:
    owners: dict[int, JsonObject] = {}
    elements = segment.elements
    width = len(elements)
    for row in twin.rows:
        found = elements[row.position] if row.position < width else ""
        if not found:
            continue
        if row.repeats or row.component:
            _read_parts(twin, row, segment, owners, target)
            continue
        value = row.pair.read(found)
        if value is not None:
            owner = owners.get(row.part)
            if owner is None:
                owner = owners[row.part] = _entered(target, twin.parts[row.part])
            put_at(owner, row.steps, value)


def _read_parts(
    twin: SegmentTwin,
    row: Place,
    segment: Segment,
    owners: dict[int, JsonObject],
    target: JsonObject,
) -> None:
    """Read a component, or every repetition."""
    position = row.position
    texts: Sequence[str] = segment.repetitions(position)
    if row.component:
        texts = (segment.component(position, row.component),)
    values: list[JsonValue] = [row.pair.read(one) for one in texts if one]
    for value in values:
        if value is not None:
            if row.part not in owners:
                owners[row.part] = _entered(target, twin.parts[row.part])
            put_at(owners[row.part], row.steps, value)


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
