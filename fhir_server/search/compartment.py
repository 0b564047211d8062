"""Compartments: what belongs to a patient, an encounter, a device or a person.

Source: https://hl7.org/fhir/R4/compartmentdefinition.html. A resource belongs when one of the
definition's parameters for its type refers to the subject: one test of (parameter, target) keys.
The subject belongs to its own compartment.
"""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_

from fhir_server.outcome import NotFound
from fhir_server.search.options import Options
from fhir_server.search.query import Criterion, Ids, Indexed, Some, Typed
from fhir_server.search.registry import Registry
from fhir_server.search.rows import Rows
from fhir_server.search.types import reference
from fhir_server.search.types.reference import Targets
from fhir_server.search.value import Binds, Columns, Table, one_of, padded

RANK = 1
"""Rank of membership, as of other references."""


@dataclass(frozen=True, slots=True)
class Membership:
    """One of these parameters refers to one of these targets: all of them name the subject."""

    keys: tuple[int, ...]
    targets: tuple[int, ...]
    table: Table = "ref"
    exact: bool = False
    open: bool = False

    @property
    def shape(self) -> Hashable:
        """How many keys and targets the SQL compares with."""
        return (len(padded(self.keys)), len(padded(self.targets)))

    @property
    def bound(self) -> tuple[int, ...]:
        """The keys and the targets, padded."""
        return (*padded(self.keys), *padded(self.targets))

    def where(self, columns: Columns, binds: Binds) -> ColumnElement[bool]:
        """Return the test on the rows of `ix_ref`."""
        own = one_of(columns["key"], len(padded(self.keys)), binds)
        return and_(own, one_of(columns["target"], len(padded(self.targets)), binds))

    def matches(self, rows: Rows) -> bool:
        """Whether a resource refers to the subject by one of the parameters."""
        return any(key in self.keys and target in self.targets for key, target in rows.ref)


@dataclass(frozen=True, slots=True)
class Compartment:
    """The compartment of one resource."""

    type: str
    id: str

    def types(self, registry: Registry) -> tuple[str, ...]:
        """Return the types that can belong. Raises NotFound where R4 defines no compartment."""
        definition = registry.definitions.compartments.get(self.type)
        if definition is None:
            raise NotFound(f"R4 defines no compartment of {self.type}")
        return tuple(sorted({self.type, *definition.members}))

    def criterion(
        self, types: Sequence[str], tenant: int, registry: Registry, options: Options
    ) -> Criterion:
        """Return the criterion that resources of these types belong.

        Raises NotFound for a type that cannot.
        """
        able = self.types(registry)
        members = registry.definitions.compartments[self.type].members
        keys: dict[int, None] = {}
        targets: dict[int, None] = {}
        for type in types:
            if type not in able:
                raise NotFound(f"{type} is not in the compartment of a {self.type}")
            for code in members.get(type, ()):
                parameter = registry.parameter(tenant, type, code)
                text = f"{self.type}/{self.id}"
                value = reference.parse([text], None, parameter, options)
                keys[parameter.slot.own_key] = None
                targets |= dict.fromkeys(value.targets if isinstance(value, Targets) else ())
        membership = Membership(tuple(keys), tuple(targets))
        belonging = Indexed("compartment", membership, rank=RANK)
        if self.type not in types:
            return belonging
        itself: Criterion = Ids((self.id,))
        itself = itself if len(types) == 1 else Typed(self.type, itself)
        return Some((itself, belonging)) if keys else itself
