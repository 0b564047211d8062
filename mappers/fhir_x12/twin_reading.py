"""X12 into FHIR by twin tables."""

from collections.abc import Iterable, Sequence

from mappers.fhir_x12.twin import Part, Place, SegmentTwin, text_at
from mappers.path import JsonObject, Step, put, steps
from mappers.x12.lexer import Segment


def read_segments(
    twins: Sequence[SegmentTwin], segments: Iterable[Segment], target: JsonObject
) -> list[Segment]:
    """Read the segments into the object of their loop; return those that no table takes."""
    left = []
    for segment in segments:
        twin = next((one for one in twins if one.takes(segment)), None)
        if twin is None:
            left.append(segment)
        else:
            _read(twin, segment, target)
    return left


def _read(twin: SegmentTwin, segment: Segment, target: JsonObject) -> None:
    owners: dict[int, JsonObject] = {}
    for row in twin.rows:
        for found in _texts_at(segment, row):
            value = row.pair.read(found)
            if value is None:
                continue
            if row.part not in owners:
                owners[row.part] = _entered(target, twin.parts[row.part])
            put(owners[row.part], row.path, value)


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


def _texts_at(segment: Segment, row: Place) -> Sequence[str]:
    if row.path.endswith("[]"):
        return segment.repetitions(row.position)
    found = text_at(segment, row.position, row.component)
    return (found,) if found else ()
