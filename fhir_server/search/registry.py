"""The search parameters of every type, ready to index and to parse, made at first use."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo
from types import MappingProxyType

from fhir_server.outcome import NotSupported, UnknownParameter
from fhir_server.search.component import compose
from fhir_server.search.expression import Source, compile_expression
from fhir_server.search.key import hash_text
from fhir_server.search.parameter import Hash, Parameter, Slot
from fhir_server.search.sharing import bits_of, shared_codes, spread_codes
from profiles.definition import SearchParameter
from profiles.loader import Definitions


@dataclass(frozen=True)
class Registry:
    """Search parameters by resource type and code; shared by all threads.

    `zone` is that of dates which name none, `base` the server's own FHIR base where it is known.
    `hash` makes the keys; all but the one of the index tables is for judging without them.
    """

    definitions: Definitions
    zone: tzinfo = UTC
    base: str = ""
    hash: Hash = hash_text
    _made: dict[tuple[int, str], Mapping[str, Parameter]] = field(default_factory=dict)

    def parameters(self, tenant: int, type: str) -> Mapping[str, Parameter]:
        """Return the parameters of a type that can be searched. Raises UnknownType.

        Two that read the same values in the same way (`name` and `phonetic` of a Patient,
        `beneficiary` and `patient` of a Coverage) share rows. One that reads what several others
        read together (`combo-code` of an Observation) has none, and is answered by theirs.
        """
        known = self._made.get((tenant, type))
        if known is None:
            rows = [*filter(is_searched, self.definitions.search_parameters(type).values())]
            known = self._made[tenant, type] = MappingProxyType(self._make(tenant, rows))
        return known

    def parameter(self, tenant: int, type: str, code: str) -> Parameter:
        """Return one parameter.

        Raises UnknownParameter with the list of those known, or NotSupported.
        """
        found = self.parameters(tenant, type).get(code)
        if found is not None:
            return found
        if code in self.definitions.search_parameters(type):
            raise NotSupported(f"the search parameter {code} of {type} is not supported yet")
        known = ", ".join(sorted(self.parameters(tenant, type)))
        raise UnknownParameter(f"{type} has no such search parameter; it has {known}")

    def _make(self, tenant: int, rows: Sequence[SearchParameter]) -> dict[str, Parameter]:
        simple = [row for row in rows if row.type != "composite"]
        shared, bits, spread = shared_codes(simple), bits_of(simple), spread_codes(simple)
        made: dict[str, Parameter] = {}
        for row in simple:
            one = self._parameter(tenant, row, shared[row.code])
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

    def _slot(self, tenant: int, row: SearchParameter, code: str) -> Slot:
        return Slot(tenant, row.base, code, self.zone, self.base, self.hash)

    def _parameter(self, tenant: int, row: SearchParameter, rows_of: str) -> Parameter:
        sources = compile_expression(row.expression or "", row.base, self.definitions)
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
    return row.expression is not None


def _allowed(sources: tuple[Source, ...]) -> tuple[str, ...]:
    """Return the types the elements themselves may point to; none when any."""
    if not all(source.targets for source in sources):
        return ()
    return tuple(sorted({target for source in sources for target in source.targets}))
