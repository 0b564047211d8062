"""A search as data: what is asked for, in which order, and what comes along."""

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from fhir_server.outcome import Issue
from fhir_server.search.body import Way
from fhir_server.search.moment import Moment
from fhir_server.search.step import Deceased
from fhir_server.search.types.date import Comparison
from fhir_server.search.value import Scalar, Table, Value

MANY = 6
"""Rank from which a criterion is expected to find so many that matches are soon come upon."""
LED = 0.25
"""What a step along a reference adds to the rank: one resource may be led to by many."""


@dataclass(frozen=True, slots=True)
class Indexed:
    """A parameter has one of these values; negated (`:not`), it has none of them.

    `rank` orders criteria by how many resources they are expected to find; `few` says that the
    database was seen to have few rows, `sure` that it has few whatever the value is.
    """

    code: str
    value: Value
    negated: bool = False
    rank: int = 0
    few: bool = False
    sure: bool = False

    @property
    def shape(self) -> Hashable:
        """What the SQL depends on besides its constants."""
        value = self.value
        how = (self.negated, self.rank, self.few, self.sure)
        return (type(value), value.table, value.shape, value.exact, *how)

    @property
    def bound(self) -> tuple[Scalar, ...]:
        """The constants of the SQL."""
        return self.value.bound


@dataclass(frozen=True, slots=True)
class Missing:
    """A parameter has no value (`:missing=true`) or any, as its own rows tell."""

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
class Absent:
    """A parameter has no value (`:missing=true`) or any, as the bit of `present` tells."""

    code: str
    bit: int
    missing: bool

    @property
    def shape(self) -> Hashable:
        """What the SQL depends on besides its constants."""
        return (Absent, self.missing)

    @property
    def bound(self) -> tuple[Scalar, ...]:
        """The constants of the SQL."""
        return (self.bit,)


@dataclass(frozen=True, slots=True)
class Ids:
    """The resource has one of these ids (`_id`); negated (`:not`), it has none of them."""

    ids: tuple[str, ...]
    negated: bool = False

    @property
    def shape(self) -> Hashable:
        """What the SQL depends on besides its constants."""
        return (Ids, len(self.bound), self.negated)

    @property
    def bound(self) -> tuple[Scalar, ...]:
        """The ids, the last repeated up to a power of two."""
        wanted = 1 << (len(self.ids) - 1).bit_length()
        return self.ids + self.ids[-1:] * (wanted - len(self.ids))


@dataclass(frozen=True, slots=True)
class Updated:
    """The resource was last changed at such a time (`_lastUpdated`), as `few` were."""

    comparisons: tuple[Comparison, ...]
    few: bool = False

    @property
    def shape(self) -> Hashable:
        """What the SQL depends on besides its constants."""
        return (Updated, tuple(one.prefix for one in self.comparisons), self.few)

    @property
    def bound(self) -> tuple[Scalar, ...]:
        """The constants of the SQL."""
        return tuple(end for one in self.comparisons for end in (one.low, one.high))


@dataclass(frozen=True, slots=True)
class All:
    """Every one of these holds; without any, it holds always."""

    criteria: tuple["Criterion", ...]

    @property
    def shape(self) -> Hashable:
        """What the SQL depends on besides its constants."""
        return (All, *(one.shape for one in self.criteria))

    @property
    def bound(self) -> tuple[Scalar, ...]:
        """The constants of the SQL."""
        return tuple(value for one in self.criteria for value in one.bound)


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of these holds; without any, it never holds."""

    criteria: tuple["Criterion", ...]

    @property
    def shape(self) -> Hashable:
        """What the SQL depends on besides its constants."""
        return (Some, *(one.shape for one in self.criteria))

    @property
    def bound(self) -> tuple[Scalar, ...]:
        """The constants of the SQL."""
        return tuple(value for one in self.criteria for value in one.bound)


@dataclass(frozen=True, slots=True)
class Not:
    """The criterion does not hold."""

    criterion: "Criterion"

    @property
    def shape(self) -> Hashable:
        """What the SQL depends on besides its constants."""
        return (Not, self.criterion.shape)

    @property
    def bound(self) -> tuple[Scalar, ...]:
        """The constants of the SQL."""
        return self.criterion.bound


@dataclass(frozen=True, slots=True)
class OfTypes:
    """The resource is of one of these types."""

    types: tuple[str, ...]

    @property
    def shape(self) -> Hashable:
        """What the SQL depends on besides its constants."""
        return (OfTypes, len(self.bound))

    @property
    def bound(self) -> tuple[Scalar, ...]:
        """The types, the last repeated up to a power of two."""
        wanted = 1 << (len(self.types) - 1).bit_length()
        return self.types + self.types[-1:] * (wanted - len(self.types))


@dataclass(frozen=True, slots=True)
class Typed:
    """The resource is of this type and meets a criterion of the type."""

    type: str
    criterion: "Criterion"

    @property
    def criteria(self) -> tuple["Criterion", ...]:
        """The one criterion, as other combinations have them."""
        return (self.criterion,)

    @property
    def shape(self) -> Hashable:
        """What the SQL depends on besides its constants."""
        return (Typed, self.type, self.criterion.shape)

    @property
    def bound(self) -> tuple[Scalar, ...]:
        """The constants of the criterion; the type is none of them."""
        return self.criterion.bound


@dataclass(frozen=True, slots=True)
class Arm:
    """Resources of one type that meet criteria.

    `names` is the key under which they have their canonical URLs, when it is by these that they
    are referred to, and not by type and id.
    """

    type: str
    criterion: "Criterion"
    names: int | None = None

    @property
    def shape(self) -> Hashable:
        """What the SQL depends on besides its constants."""
        return (self.type, self.names is None, self.criterion.shape)

    @property
    def bound(self) -> tuple[Scalar, ...]:
        """The constants of the SQL."""
        own = () if self.names is None else (self.names,)
        return (*own, *self.criterion.bound)


@dataclass(frozen=True, slots=True)
class Chain:
    """A reference parameter leads to a resource of one of these arms (`subject.name`)."""

    key: int
    arms: tuple[Arm, ...]

    @property
    def shape(self) -> Hashable:
        """What the SQL depends on besides its constants."""
        return (Chain, *(arm.shape for arm in self.arms))

    @property
    def bound(self) -> tuple[Scalar, ...]:
        """The parameter's key and the constants of the arms."""
        return (self.key, *(value for arm in self.arms for value in arm.bound))


@dataclass(frozen=True, slots=True)
class Reverse:
    """A resource of an arm refers to this one by a parameter (`_has`).

    `names` is the key under which this one has its canonical URL, when it is referred to by that.
    """

    key: int
    arm: Arm
    names: int | None = None

    @property
    def arms(self) -> tuple[Arm, ...]:
        """The one arm, as a chain has them."""
        return (self.arm,)

    @property
    def shape(self) -> Hashable:
        """What the SQL depends on besides its constants."""
        return (Reverse, self.names is None, self.arm.shape)

    @property
    def bound(self) -> tuple[Scalar, ...]:
        """The keys and the constants of the arm."""
        own = () if self.names is None else (self.names,)
        return (self.key, *own, *self.arm.bound)


Led = Chain | Reverse
Combined = All | Some | Not | Typed
Criterion = Indexed | Missing | Absent | Ids | Updated | OfTypes | Combined | Led
SEEN = -0.5
"""Rank of what was seen to be few."""
UNRANKED = 9
"""Rank of what tells nothing of how many it finds, or finds nearly all."""


def rank_of(criterion: Criterion) -> float:
    """Return how many resources a criterion is expected to find, as an order."""
    match criterion:
        case Ids(negated=False) | Updated(few=True):
            return -1
        case Indexed(negated=False):
            expected = criterion.rank + (0 if criterion.value.exact else 0.5)
            return SEEN if criterion.few or criterion.sure else expected
        case All(criteria=criteria) | Typed(criteria=criteria):
            return min(map(rank_of, criteria), default=UNRANKED)
        case Some(criteria=criteria):
            return max(map(rank_of, criteria), default=0)
        case Chain(arms=arms) | Reverse(arms=arms):
            return _led(max((rank_of(arm.criterion) for arm in arms), default=0))
        case _:
            return UNRANKED


def _led(rank: float) -> float:
    """Return the rank one step further along a reference: few stay few."""
    return rank + LED if rank >= MANY else min(rank + LED, MANY - LED)


def ranked(criteria: Iterable[Criterion]) -> tuple[Criterion, ...]:
    """Return criteria that must all hold, those expected to find the fewest first."""
    return tuple(sorted(_flat(criteria), key=rank_of))


def _flat(criteria: Iterable[Criterion]) -> Iterator[Criterion]:
    for criterion in criteria:
        if isinstance(criterion, All):
            yield from _flat(criterion.criteria)
        else:
            yield criterion


def all_of(criteria: Sequence[Criterion]) -> Criterion:
    """Return what holds when every one of these does."""
    return criteria[0] if len(criteria) == 1 else All(ranked(criteria))


@dataclass(frozen=True, slots=True)
class Order:
    """One key of a sort.

    `column` is the resource's own (`updated`, `fid`) or else empty, and the value is in `table`
    under `key`; `single` says that a resource has at most one there. With `ways` it is in the
    body instead.
    """

    code: str
    descending: bool
    column: str = ""
    table: Table = "date"
    key: int = 0
    single: bool = False
    ways: tuple[Way | Deceased, ...] = ()

    @property
    def shape(self) -> Hashable:
        """What the SQL depends on besides its constants."""
        return (self.descending, self.column, self.table, self.single, self.ways)

    @property
    def is_text(self) -> bool:
        """Whether its values are texts."""
        if self.column:
            return self.column == "fid"
        return bool(self.ways) or self.table == "str"

    @property
    def is_indexed(self) -> bool:
        """Whether its values are in an index table, under its key."""
        return not self.column and not self.ways


def has_rest(order: Sequence[Order]) -> bool:
    """Whether matches without a sort value are a statement of their own."""
    return len(order) == 1 and order[0].is_indexed and order[0].single


@dataclass(frozen=True, slots=True)
class Include:
    """Resources that come along: targets of matches' references, or sources of references to them.

    `type` is that of the resource with the reference, empty for any; `code` its parameter, `*`
    for every one; `target` restricts the type referred to, empty for any. `iterate` applies it to
    what has come along, too.
    """

    type: str
    code: str
    target: str = ""
    iterate: bool = False


@dataclass(frozen=True, slots=True)
class Cursor:
    """Where the next page begins: after the row with this internal key and these sort values.

    `rest` says that the rows with a sort value are done and those without one follow.
    """

    after: int
    values: tuple[Scalar | None, ...] = ()
    rest: bool = False


@dataclass(frozen=True, slots=True)
class Total:
    """How many matches there are; at least so many, unless exact."""

    number: int
    exact: bool = True


@dataclass(frozen=True, slots=True)
class Bookmark:
    """What a link leads to: a place (None: the beginning) in a search as of a moment.

    `trail` are the beginnings of the pages before, the last one first; `total` what was counted
    at that moment. `along` is a place among the resources that come along with the page: round
    and internal key.
    """

    place: Cursor | None = None
    moment: Moment | None = None
    trail: tuple[Cursor | None, ...] = ()
    total: Total | None = None
    along: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Query:
    """One search of one type; of several when `type` is empty: of `types`.

    `count` is the most matches of a page. `readable` are the types that may come along (None:
    all), `searchable` those by whose references. `total` says how many matches are counted:
    none, estimate, accurate, or empty when nothing is said; `only_count` that nothing else is
    wanted. `cursor` is the place where the page begins, of `bookmark`, the link followed.
    `parameters` are those understood, for the links; `ignored` the names of those not known;
    `notes` say what else a client has to know of the matches.
    `now` is in microseconds since 1970, `base` the server's base URL as this client reaches it.
    """

    type: str
    criteria: tuple[Criterion, ...] = ()
    order: tuple[Order, ...] = ()
    count: int = 50
    includes: tuple[Include, ...] = ()
    revincludes: tuple[Include, ...] = ()
    include_limit: int = 2000
    include_depth: int = 8
    readable: frozenset[str] | None = None
    searchable: frozenset[str] | None = None
    total: str = ""
    estimate_limit: int = 10_000
    only_count: bool = False
    cursor: Cursor | None = None
    bookmark: Bookmark | None = None
    parameters: tuple[tuple[str, str], ...] = ()
    ignored: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    notes: tuple[Issue, ...] = ()
    now: int = 0
    base: str = ""

    @property
    def moment(self) -> Moment | None:
        """The moment whose state is asked for; None: now."""
        return self.bookmark.moment if self.bookmark else None
