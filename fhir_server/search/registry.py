"""The search parameters of every type, ready to index and to parse, made at first use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from types import MappingProxyType

from fhir_server.outcome import NotReady, NotSupported, UnknownParameter
from fhir_server.search.component import compose
from fhir_server.search.custom import NO_ADDITIONS, Additions
from fhir_server.search.expression import Source, compile_expression
from fhir_server.search.key import hash_text
from fhir_server.search.parameter import Hash, Parameter, Slot
from fhir_server.search.sharing import bits_of, shared_codes, spread_codes
from profiles.definition import SearchParameter
from profiles.loader import Definitions

OF_WORDS = frozenset({"_text", "_content"})
"""Parameters that read the words of a resource, not values of elements."""


@dataclass(frozen=True)
class Registry:
    """Search parameters by resource type and code; shared by all threads.

    `zone` is that of dates which name none, `base` the server's own FHIR base where it is known.
    `hash` makes the keys; all but the one of the index tables is for judging without them. `added`
    are the parameters of a tenant's own: with others, it is another registry.
    """

    definitions: Definitions
    zone: tzinfo = UTC
    base: str = ""
    hash: Hash = hash_text
    added: Additions = field(default_factory=lambda: NO_ADDITIONS)
    _made: dict[tuple[int, str], Mapping[str, Parameter]] = field(default_factory=dict)
    _ready: dict[tuple[int, str], Mapping[str, Parameter]] = field(default_factory=dict)

    def with_added(self, added: Additions) -> "Registry":
        """Return the same registry with other parameters of a tenant's own."""
        return replace(self, added=added, _made={}, _ready={})

    def indexed(self, tenant: int, type: str) -> Mapping[str, Parameter]:
        """Return the parameters of a type that resources are indexed by. Raises UnknownType.

        Two that read the same values in the same way (`name` and `phonetic` of a Patient,
        `beneficiary` and `patient` of a Coverage) share rows. One that reads what several others
        read together (`combo-code` of an Observation) has none, and is answered by theirs.
        """
        known = self._made.get((tenant, type))
        if known is None:
            rows = [*filter(is_searched, self.definitions.search_parameters(type).values())]
            made = self._make(tenant, rows)
            self._add(tenant, type, made)
            known = self._made[tenant, type] = MappingProxyType(made)
        return known

    def parameters(self, tenant: int, type: str) -> Mapping[str, Parameter]:
        """Return the parameters of a type that can be searched by now. Raises UnknownType."""
        known = self._ready.get((tenant, type))
        if known is None:
            waiting = {one.row.code for one in self.added.get(type, ()) if one.job is not None}
            every = self.indexed(tenant, type)
            ready = {code: one for code, one in every.items() if code not in waiting}
            known = self._ready[tenant, type] = MappingProxyType(ready) if waiting else every
        return known

    def definition(self, type: str, url: str) -> SearchParameter | None:
        """Return the definition of a parameter of a type, the tenant's own too, by its URL."""
        own = [one.row for one in self.added.get(type, ())]
        rows = (*self.definitions.search_parameters(type).values(), *own)
        return next((row for row in rows if row.url == url), None)

    def parameter(self, tenant: int, type: str, code: str) -> Parameter:
        """Return one parameter.

        Raises UnknownParameter with the list of those known, NotSupported, or NotReady.
        """
        found = self.parameters(tenant, type).get(code)
        if found is not None:
            return found
        for one in self.added.get(type, ()):
            if one.row.code == code and one.job is not None:
                raise NotReady.of(f"{code} of {type}", one.job)
        if code in self.definitions.search_parameters(type):
            raise NotSupported(f"the search parameter {code} of {type} is not supported yet")
        known = ", ".join(sorted(self.parameters(tenant, type)))
        raise UnknownParameter(f"{type} has no such search parameter; it has {known}")

    def _make(self, tenant: int, rows: Sequence[SearchParameter]) -> dict[str, Parameter]:
        simple = [row for row in rows if row.type != "composite"]
        read = [row for row in simple if row.code not in OF_WORDS]
        shared, bits, spread = shared_codes(read), bits_of(read), spread_codes(read)
        made: dict[str, Parameter] = {}
        for row in simple:
            one = self._parameter(tenant, row, shared.get(row.code, row.code))
            made[row.code] = replace(one, bit=bits.get(one.slot.code, 0))
        for code, others in spread.items():
            slots = tuple(made[other].slot for other in others)
            made[code] = replace(made[code], spread=slots)
        for row in rows:
            if row.type == "composite":
                slot = self._slot(tenant, row, row.code)
                roots = compose(row, slot, made, self.definitions)
                made[row.code] = Parameter(row.code, row.type, slot, (), roots=roots)
        return made

    def _add(self, tenant: int, type: str, made: dict[str, Parameter]) -> None:
        """Add the parameters of the tenant's own; parts of composites are there before them."""
        for one in sorted(self.added.get(type, ()), key=lambda one: one.row.type == "composite"):
            row = one.row
            if row.type == "composite":
                slot = self._slot(tenant, row, one.slot)
                roots = compose(row, slot, made, self.definitions)
                made[row.code] = Parameter(row.code, row.type, slot, (), roots=roots)
            else:
                made[row.code] = self._parameter(tenant, row, one.slot)

    def _slot(self, tenant: int, row: SearchParameter, code: str) -> Slot:
        return Slot(tenant, row.base, code, self.zone, self.base, self.hash)

    def _parameter(self, tenant: int, row: SearchParameter, rows_of: str) -> Parameter:
        sources = (
            ()
            if row.code in OF_WORDS
            else compile_expression(row.expression or "", row.base, self.definitions)
        )
        targets = row.targets or _allowed(sources) or self.definitions.resource_types
        return Parameter(
            row.code,
            row.type,
            self._slot(tenant, row, rows_of),
            sources,
            tuple(targets) if row.type == "reference" else (),
            self._systems(sources) if row.type == "token" else {},
        )

    def _systems(self, sources: tuple[Source, ...]) -> Mapping[str, frozenset[str]]:
        """Return the code systems of the bindings of `code` elements."""
        systems: dict[str, frozenset[str]] = {}
        for source in sources:
            if source.type == "code" and source.codes:
                systems |= self.definitions.code_list(source.codes).systems
        return systems


def is_searched(row: SearchParameter) -> bool:
    """Whether a parameter of the definitions can be searched here."""
    return row.code in OF_WORDS or row.expression is not None


def _allowed(sources: tuple[Source, ...]) -> tuple[str, ...]:
    """Return the types the elements themselves may point to; none when any."""
    if not all(source.targets for source in sources):
        return ()
    return tuple(sorted({target for source in sources for target in source.targets}))
