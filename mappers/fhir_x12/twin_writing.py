"""FHIR into X12 by twin tables."""

from collections.abc import Iterable, Iterator, Sequence

from mappers.fhir_x12.twin import Part, SegmentTwin
from mappers.path import JsonObject, read
from mappers.x12.tree import Seg, Value


def write_segments(twins: Iterable[SegmentTwin], source: JsonObject) -> list[Seg]:
    """Return the segments that the tables give for the object of a loop."""
    return [one for twin in twins for one in _write(twin, source)]


def _write(twin: SegmentTwin, source: JsonObject) -> Iterator[Seg]:
    chosen = [list(_owners(source, part)) for part in twin.parts]
    turns = chosen[0] if twin.repeats else list(chosen[0][:1]) or [{}]
    for first in turns:
        owners = [first, *(found[0] if found else {} for found in chosen[1:])]
        values = _values(twin, owners)
        if values:
            made = twin.written(values)
            if made is not None:
                yield made


def _owners(source: JsonObject, part: Part) -> Iterator[JsonObject]:
    found = read(source, part.anchor.removesuffix("[]")) if part.anchor else [source]
    for one in found:
        if isinstance(one, dict) and all(value in read(one, at) for at, value in part.fixed):
            yield one


def _values(twin: SegmentTwin, owners: Sequence[JsonObject]) -> dict[tuple[int, int], Value]:
    values: dict[tuple[int, int], Value] = {}
    for row in twin.rows:
        repeats = row.path.endswith("[]")
        found = read(owners[row.part], row.path.removesuffix("[]"))
        texts = [said for one in found if (said := row.pair.write(one)) is not None]
        if texts and repeats and len(texts) > 1:
            values[row.position, 0] = list(texts)
        elif texts:
            values.setdefault((row.position, row.component), texts[0])
    return values
