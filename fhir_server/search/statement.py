"""A statement built once for each shape of query, and its constants for each search."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import count
from typing import Protocol, TypeVar

from sqlalchemy import BindParameter, Select, bindparam
from sqlalchemy.engine import Dialect

from fhir_server.search.value import Binds, Scalar

KEPT = 256
"""Shapes of statements kept, of each kind."""
KEPT_LARGE = 16
"""Shapes of statements kept that are LARGE, of each kind: their text may have a megabyte."""
LARGE = 100
"""Parts of a shape beyond which its statement is large, as of chains to every type."""
Rows = Select[*tuple[object, ...]]
Spelled = tuple[str, Mapping[str, object]]


class Weighed(Hashable, Protocol):
    """What tells of itself how large its statement is."""

    @property
    def weight(self) -> int:
        """The number of parts of its shape."""
        ...


W = TypeVar("W", bound=Weighed)


def kept(build: Callable[[W], "Template"]) -> Callable[[W], "Template"]:
    """Return what builds the statement of a shape once, while it is kept."""
    small, large = lru_cache(maxsize=KEPT)(build), lru_cache(maxsize=KEPT_LARGE)(build)
    return lambda shaped: (large if shaped.weight > LARGE else small)(shaped)


def weight_of(shape: Hashable) -> int:
    """Return the number of parts of a shape, at any depth."""
    return sum(map(weight_of, shape)) if isinstance(shape, tuple) else 1


@dataclass(frozen=True)
class Template:
    """A statement without its constants, and how each database's driver spells it."""

    select: Rows
    _spelled: dict[tuple[str, str], Spelled] = field(default_factory=dict)

    def spell(self, dialect: Dialect) -> Spelled:
        """Return the text, with named parameters, and the constants that belong to it."""
        way = (dialect.name, dialect.paramstyle)
        known = self._spelled.get(way)
        if known is None:
            compiled = self.select.compile(dialect=dialect)
            known = self._spelled[way] = (str(compiled), dict(compiled.params))
        return known


@dataclass(frozen=True, slots=True)
class Plan:
    """A statement with its constants; a `steady` one is best carried out alike for all of them."""

    template: Template
    values: Mapping[str, Scalar]
    steady: bool = False

    @property
    def select(self) -> Rows:
        """The statement as SQLAlchemy has it, to print or to build upon."""
        return self.template.select.params(dict(self.values))

    def spell(self, dialect: Dialect) -> tuple[str, dict[str, object]]:
        """Return the text in the driver's spelling and all its parameters by name."""
        text, constants = self.template.spell(dialect)
        return text, {**constants, **self.values}


def new_binds() -> Binds:
    """Return parameters in the order in which `with_values` takes their constants."""
    return (_bind(number) for number in count())


def with_values(
    template: Template, values: Sequence[Scalar], named: Mapping[str, Scalar] | None = None
) -> Plan:
    """Return the statement with the constants of one search, and those that have names."""
    numbered = {f"p{number}": value for number, value in enumerate(values)}
    return Plan(template, {**numbered, **(named or {})})


def _bind(number: int) -> BindParameter[Scalar]:
    return bindparam(f"p{number}")
