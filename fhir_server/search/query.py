"""A search as data: what is asked for, in which order, and what comes along."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass

from fhir_server.search.types.date import Comparison
from fhir_server.search.value import Scalar, Table, Value

MANY = 6
"""Rank from which a criterion is expected to find so many that matches are soon come upon."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """A parameter has one of these values; negated (`:not`), it has none of them.

    `rank` orders criteria by how many resources they are expected to find.
    """

    code: str
    value: Value
    negated: bool = False
    rank: int = 0

    @property
    def shape(self) -> Hashable:
        """What the SQL depends on besides its constants."""
        value = self.value
        return (type(value), value.table, value.shape, value.exact, self.negated, self.rank)

    @property
    def bound(self) -> tuple[Scalar, ...]:
        """The constants of the SQL."""
        return self.value.bound


@dataclass(frozen=True, slots=True)
class Missing:
    """A parameter has no value (`:missing=true`) or any."""

    code: str
    table: Table
    key: int
    missing: bool

    @property
    def shape(self) -> Hashable:
        """What the SQL depends on besides its constants."""
        return (Missing, self.table, self.missing)

    @property
    def bound(self) -> tuple[Scalar, ...]:
        """The constants of the SQL."""
        return (self.key,)


@dataclass(frozen=True, slots=True)
class Ids:
    """The resource has one of these ids (`_id`)."""

    ids: tuple[str, ...]

    @property
    def shape(self) -> Hashable:
        """What the SQL depends on besides its constants."""
        return (Ids, len(self.bound))

    @property
    def bound(self) -> tuple[Scalar, ...]:
        """The ids, the last repeated up to a power of two."""
        wanted = 1 << (len(self.ids) - 1).bit_length()
        return self.ids + self.ids[-1:] * (wanted - len(self.ids))


@dataclass(frozen=True, slots=True)
class Updated:
    """The resource was last changed at such a time (`_lastUpdated`)."""

    comparisons: tuple[Comparison, ...]

    @property
    def shape(self) -> Hashable:
        """What the SQL depends on besides its constants."""
        return (Updated, tuple(one.prefix for one in self.comparisons))

    @property
    def bound(self) -> tuple[Scalar, ...]:
        """The constants of the SQL."""
        return tuple(end for one in self.comparisons for end in (one.low, one.high))


Criterion = Indexed | Missing | Ids | Updated


@dataclass(frozen=True, slots=True)
class Order:
    """One key of a sort.

    `column` is the resource's own (`updated`, `fid`) or else empty, and the value is in `table`
    under `key`; `single` says that a resource has at most one there.
    """

    code: str
    descending: bool
    column: str = ""
    table: Table = "date"
    key: int = 0
    single: bool = False

    @property
    def shape(self) -> Hashable:
        """What the SQL depends on besides its constants."""
        return (self.descending, self.column, self.table, self.single)


def has_rest(order: Sequence[Order]) -> bool:
    """Whether matches without a sort value are a statement of their own."""
    return len(order) == 1 and not order[0].column and order[0].single


@dataclass(frozen=True, slots=True)
class Include:
    """Resources that come along: targets of matches' references, or sources of references to them.

    `type` is that of the resource with the reference, `code` its parameter; `target` restricts
    the type referred to, empty for any.
    """

    type: str
    code: str
    key: int
    target: str = ""


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next page begins: after the row with this internal key and these sort values.

    `rest` says that the rows with a sort value are done and those without one follow.
    """

    after: int
    values: tuple[Scalar | None, ...] = ()
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """One search of one type.

    `readable` are the types an `_include` may bring (None: all). `count` is the most matches of a
    page; `counted` says that the total is asked for, `only_count` that nothing else is.
    `parameters` are those understood, for the links; `ignored` the names of those not known.
    """

    type: str
    criteria: tuple[Criterion, ...] = ()
    order: tuple[Order, ...] = ()
    count: int = 50
    includes: tuple[Include, ...] = ()
    revincludes: tuple[Include, ...] = ()
    include_limit: int = 2000
    readable: frozenset[str] | None = None
    counted: bool = False
    only_count: bool = False
    cursor: Cursor | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()
