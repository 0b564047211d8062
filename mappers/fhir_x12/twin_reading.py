"""X12 into FHIR by twin tables.

This runs for every segment of a remittance, so elements are taken from the tuple of the segment
and paths are split beforehand.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from mappers.fhir_x12.twin import Fixed, Part, Place, SegmentTwin
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
            _put(owner, row.steps, value)


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
            _put(owners[row.part], row.steps, value)


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
    if not owner:
        owner.update(_fresh(_template(part.fixed)))
        return owner
    for path, constant in part.fixed:
        put(owner, path, constant)
    return owner


@lru_cache(maxsize=1024)
def _template(fixed: Fixed) -> JsonObject:
    """Return what is fixed of a new entry; it is copied, never given away."""
    made: JsonObject = {}
    for path, constant in fixed:
        put(made, path, constant)
    return made


def _fresh(tree: JsonObject) -> JsonObject:
    return {name: _copy(value) for name, value in tree.items()}


def _copy(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return _fresh(value)
    return [_copy(one) for one in value] if isinstance(value, list) else value


def _stepped(owner: JsonObject, step: Step) -> JsonObject:
    made: JsonObject = {}
    if not step.repeats:
        found = owner.setdefault(step.name, made)
        return found if isinstance(found, dict) else made
    entries = owner.setdefault(step.name, [])
    if isinstance(entries, list):
        entries.append(made)
    return made
