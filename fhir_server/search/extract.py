"""From a resource to its index rows.

The members a resource has choose what is read, so that parameters it has no values for cost
nothing. Values that cannot be read (a date that is none) have no row; validation has judged them.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.search.canonical import index_names, named_by
from fhir_server.search.expression import WHOLE, Source
from fhir_server.search.parameter import Parameter, Slot
from fhir_server.search.registry import Registry
from fhir_server.search.rows import ReferenceRow, Rows
from fhir_server.search.types import date, number, quantity, reference, string, token, uri
from fhir_server.search.value import Sink

Index = Callable[[JsonValue, Sink], None]
INDEX: Mapping[str, Callable[[Source, Slot], Index | None]] = {
    "token": token.index,
    "string": string.index,
    "reference": reference.index,
    "date": date.index,
    "number": number.index,
    "quantity": quantity.index,
    "uri": uri.index,
}
UNINDEXED = frozenset({"_id", "_lastUpdated"})
"""Answered by the resource's own columns."""


@dataclass(frozen=True)
class Extractor:
    """Makes index rows, as the store asks for them; shared by all threads."""

    registry: Registry
    _readers: dict[tuple[int, str], Mapping[str, tuple[tuple[Source, Index], ...]]] = field(
        default_factory=dict
    )

    def __call__(self, resource: JsonObject, tenant: int) -> Rows:
        """Return the index rows of a resource of a known type."""
        type = str(resource["resourceType"])
        readers = self._readers.get((tenant, type))
        if readers is None:
            readers = self._readers[tenant, type] = self._read(tenant, type)
        sink = Sink()
        for member, value in resource.items():
            for source, index in readers.get(member, ()):
                for one in source.values(value):
                    index(one, sink)
        for source, index in readers.get(WHOLE, ()):
            for one in source.values(resource):
                index(one, sink)
        return sink.rows()

    def targets(self, resource: JsonObject, tenant: int, code: str) -> Sequence[ReferenceRow]:
        """Return the reference rows of one parameter alone."""
        sink = Sink()
        parameter = self.registry.parameter(tenant, str(resource["resourceType"]), code)
        for source, index in _indexes(parameter):
            for one in source.values(resource.get(source.member)):
                index(one, sink)
        return sink.ref

    def _read(self, tenant: int, type: str) -> Mapping[str, tuple[tuple[Source, Index], ...]]:
        readers: dict[str, tuple[tuple[Source, Index], ...]] = {}
        parameters = self.registry.parameters(tenant, type)
        for parameter in {
            one.slot: one for one in parameters.values()
        }.values():  # slots may be shared
            for source, index in _indexes(parameter):
                known = readers.get(source.member, ())
                readers[source.member] = (*known, (source, index))
        names = named_by(parameters)
        if names is not None:
            index = partial(_index_names, names)
            readers[WHOLE] = (*readers.get(WHOLE, ()), (Source(WHOLE, type), index))
        return readers


def _index_names(slot: Slot, resource: JsonValue, sink: Sink) -> None:
    index_names(resource, slot, sink)


def _indexes(parameter: Parameter) -> Iterator[tuple[Source, Index]]:
    if parameter.code in UNINDEXED:
        return
    for source in parameter.sources:
        index = INDEX[parameter.type](source, parameter.slot)
        if index is not None:
            yield source, index
