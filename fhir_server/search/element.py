"""The rows of elements that composites read: what stands together in one element.

The second part's rows, under keys of the first part's values; of three parts the last two are
numbers and share one row (`search.window`).
"""

from collections.abc import Iterator

from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.search.expression import WHOLE, Source
from fhir_server.search.kind import INDEX, Index
from fhir_server.search.parameter import Parameter, Root, Slot
from fhir_server.search.rows import Rows
from fhir_server.search.value import Sink


def root_index(root: Root) -> Iterator[tuple[Source, Index]]:
    """Yield how elements become rows, where they have rows of their own."""
    source = root.source
    if source is None:
        return
    if not root.outer:
        yield source, lambda element, sink: _gather(root, element, {}, sink)
        return

    def whole(resource: JsonValue, sink: Sink) -> None:
        if isinstance(resource, dict):
            for element in source.values(resource.get(source.member)):
                _gather(root, element, resource, sink)

    yield Source(WHOLE, ""), whole


def _gather(root: Root, element: JsonValue, resource: JsonObject, sink: Sink) -> None:
    if not isinstance(element, dict):
        return
    places = [resource if place in root.outer else element for place in range(len(root.parts))]
    both = list(zip(root.parts, places, strict=True))
    if not all(any(one.member in place for one in part.sources) for part, place in both):
        return
    read = [_rows(part, part.slot, place) for part, place in both]
    if Rows() in read:
        return
    first = read[0]
    for key in (*first.eq, *(target for _, target in first.ref)):
        slot = root.slot.beside(key)
        if len(root.parts) == 2:
            _add(_rows(root.parts[1], slot, places[1]), sink)
        else:
            low, high = read[1].num[0], read[2].num[0]
            sink.num.append((slot.own_key, low[1], high[1]))


def _rows(part: Parameter, slot: Slot, place: JsonObject) -> Rows:
    """Return the rows of one part of an element."""
    sink = Sink()
    for source in part.sources:
        index = INDEX[part.type](source, slot)
        for value in source.values(place.get(source.member)) if index else ():
            if index and value is not None:
                index(value, sink)
    return sink.rows()


def _add(rows: Rows, sink: Sink) -> None:
    sink.eq += rows.eq
    sink.ref += rows.ref
    sink.str += rows.str
    sink.date += rows.date
    sink.num += rows.num
