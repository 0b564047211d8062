"""From a resource to its index rows.

The members a resource has choose what is read, so that parameters it has no values for cost
nothing. Values that cannot be read (a date that is none) have no row; validation has judged them.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import chain

from fhir_server.model.codec import encode_value
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.search.canonical import index_names, named_by
from fhir_server.search.element import root_index
from fhir_server.search.expression import WHOLE, Source
from fhir_server.search.kind import INDEX, Index, has_presence_rows
from fhir_server.search.parameter import Parameter, Slot
from fhir_server.search.registry import Registry
from fhir_server.search.rows import ReferenceRow, Rows
from fhir_server.search.value import Sink

UNINDEXED = frozenset({"_id", "_lastUpdated"})
"""Answered by the resource's own columns."""

Readers = Mapping[str, Sequence[tuple[Source, Index]]]
"""What reads the values of each member of a resource of a type."""


@dataclass(frozen=True)
class Extractor:
    """Makes index rows, as the store asks for them; shared by all threads."""

    registry: Registry
    _readers: dict[tuple[int, str], Readers] = field(default_factory=dict)

    def __call__(self, resource: JsonObject, tenant: int) -> Rows:
        """Return the index rows of a resource of a known type."""
        readers = self._known(resource, tenant)
        sink = Sink()
        _gather(resource, readers, sink)
        _gather({WHOLE: resource}, readers, sink)
        return sink.rows()

    def both(self, former: JsonObject, latter: JsonObject, tenant: int) -> tuple[Rows, Rows]:
        """Return the rows of two versions of a resource; what is the same in both is read once."""
        readers = self._known(latter, tenant)
        shared = {name: one for name, one in latter.items() if _is_same(former.get(name), one)}
        old, new = Sink(), Sink()
        _gather(shared, readers, old)
        new.take(old)
        for resource, sink in ((former, old), (latter, new)):
            own = {name: one for name, one in resource.items() if name not in shared}
            _gather({**own, WHOLE: resource}, readers, sink)
        return old.rows(), new.rows()

    def targets(self, resource: JsonObject, tenant: int, code: str) -> Sequence[ReferenceRow]:
        """Return the reference rows of one parameter alone."""
        sink = Sink()
        parameter = self.registry.parameter(tenant, str(resource["resourceType"]), code)
        for source, index in _indexes(parameter):
            for one in source.values(resource.get(source.member)):
                index(one, sink)
        return sink.ref

    def rows_of(self, parameter: Parameter, resource: JsonObject) -> Rows:
        """Return the index rows of one parameter alone."""
        sink = Sink()
        for source, index in chain(_indexes(parameter), *map(root_index, parameter.roots)):
            whole = source.member == WHOLE
            for one in source.values(resource if whole else resource.get(source.member)):
                index(one, sink)
        return sink.rows()

    def reads(self, parameter: Parameter) -> bool:
        """Whether any element of a parameter has values of its type."""
        return bool(parameter.roots) or any(True for _ in _indexes(parameter))

    def _known(self, resource: JsonObject, tenant: int) -> Readers:
        type = str(resource["resourceType"])
        readers = self._readers.get((tenant, type))
        if readers is None:
            readers = self._readers[tenant, type] = self._read(tenant, type)
        return readers

    def _read(self, tenant: int, type: str) -> Readers:
        readers: dict[str, tuple[tuple[Source, Index], ...]] = {}
        parameters = self.registry.indexed(tenant, type)
        rooted: dict[Hashable, Iterator[tuple[Source, Index]]] = {
            (root.slot, tuple(part.type for part in root.parts)): root_index(root)
            for one in parameters.values()
            for root in one.roots
        }
        slots = {one.slot: one for one in parameters.values()}  # which may be shared
        for source, index in chain(*map(_indexes, slots.values()), *rooted.values()):
            readers[source.member] = (*readers.get(source.member, ()), (source, index))
        names = named_by(parameters)
        if names is not None:
            index = partial(_index_names, names)
            readers[WHOLE] = (*readers.get(WHOLE, ()), (Source(WHOLE, type), index))
        return readers


def _gather(members: JsonObject, readers: Readers, sink: Sink) -> None:
    for member, value in members.items():
        for source, index in readers.get(member, ()):
            for one in source.values(value):
                index(one, sink)


def _is_same(one: JsonValue, other: JsonValue) -> bool:
    """Tell whether two members say the same to the digit: 1.0 and 1.00 are other ranges."""
    return one is other or (one == other and encode_value(one) == encode_value(other))


def _index_names(slot: Slot, resource: JsonValue, sink: Sink) -> None:
    index_names(resource, slot, sink)


def _indexes(parameter: Parameter) -> Iterator[tuple[Source, Index]]:
    if parameter.code in UNINDEXED:
        return
    for source in parameter.sources:
        index = INDEX[parameter.type](source, parameter.slot)
        if index is not None:
            yield source, index if has_presence_rows(parameter) else _noted(index, parameter)


def _noted(index: Index, parameter: Parameter) -> Index:
    """Return an index that notes, beside its rows, that the parameter has a value."""
    bit, key = parameter.bit, parameter.slot.variant("missing").own_key
    if parameter.spread:
        index = _nothing

    def gather(value: JsonValue, sink: Sink) -> None:
        if value is None:
            return
        index(value, sink)
        if bit:
            sink.present |= bit
        else:
            sink.eq.append(key)

    return gather


def _nothing(value: JsonValue, sink: Sink) -> None:
    """Leave the rows to the parameters whose rows answer."""
