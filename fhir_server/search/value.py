"""What a criterion asks for: values of a search parameter type, as rows or SQL can be tested."""

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Literal, Protocol

from sqlalchemy import BindParameter, ColumnElement, false

from fhir_server.search.listed import MANY, joined, listed
from fhir_server.search.rows import DateRow, EqualRow, NumberRow, ReferenceRow, Rows, StringRow

Table = Literal["eq", "ref", "str", "date", "num", "words"]
Scalar = int | float | str
Binds = Iterator[BindParameter[Scalar]]


class Columns(Protocol):
    """The columns a test may name, by their names in the index table."""

    def __getitem__(self, name: str, /) -> ColumnElement[object]:
        """Return one column."""
        ...


class Value(Protocol):
    """The alternatives of one criterion; a resource matches if one row of it passes the test.

    `shape` tells apart SQL that differs in more than its constants; `bound` are the constants in
    the order in which `where` takes them. `exact` says that at most one row a resource passes, so
    that the index can be joined.
    """

    @property
    def table(self) -> Table:
        """The index table the rows are in."""
        ...

    @property
    def shape(self) -> Hashable:
        """What the SQL depends on besides its constants."""
        ...

    @property
    def bound(self) -> tuple[Scalar, ...]:
        """The constants of the SQL."""
        ...

    @property
    def exact(self) -> bool:
        """Whether no resource has two rows that pass."""
        ...

    @property
    def open(self) -> bool:
        """Whether values without end pass, as with `ge`, or every code of a system."""
        ...

    def where(self, columns: Columns, binds: Binds) -> ColumnElement[bool]:
        """Return the test on the columns of the index table."""
        ...

    def matches(self, rows: Rows) -> bool:
        """Whether one of a resource's rows passes."""
        ...


@dataclass(slots=True)
class Sink:
    """Where the rows of one resource are gathered while it is read."""

    eq: list[EqualRow] = field(default_factory=list)
    ref: list[ReferenceRow] = field(default_factory=list)
    str: list[StringRow] = field(default_factory=list)
    date: list[DateRow] = field(default_factory=list)
    num: list[NumberRow] = field(default_factory=list)
    present: int = 0

    def take(self, other: "Sink") -> None:
        """Take over what another one has gathered."""
        self.eq += other.eq
        self.ref += other.ref
        self.str += other.str
        self.date += other.date
        self.num += other.num
        self.present |= other.present

    def rows(self) -> Rows:
        """Return what was gathered."""
        return Rows.of(self.eq, self.ref, self.str, self.date, self.num, self.present)


def padded(values: tuple[int, ...]) -> tuple[int, ...]:
    """Return the values, the last repeated up to a power of two, so that few shapes arise."""
    wanted = 1 << (len(values) - 1).bit_length() if values else 0
    return values + values[-1:] * (wanted - len(values))


@dataclass(frozen=True, slots=True)
class Keys:
    """Keys of equal values, each an alternative; without any, nothing matches."""

    keys: tuple[int, ...]
    table: Table = "eq"
    open: bool = False

    @property
    def shape(self) -> Hashable:
        """How many keys the SQL compares with; None: with a list of any length."""
        return None if self.many else len(self.bound)

    @property
    def many(self) -> bool:
        """Whether the keys are sent as a list."""
        return len(self.keys) > MANY

    @property
    def bound(self) -> tuple[int | str, ...]:
        """The keys, padded; of many the list."""
        return (joined(self.keys),) if self.many else padded(self.keys)

    @property
    def exact(self) -> bool:
        """Whether there is one key."""
        return len(self.keys) == 1

    def where(self, columns: Columns, binds: Binds) -> ColumnElement[bool]:
        """Return the test on the rows of `ix_eq`."""
        if self.many:
            return listed(columns["key"], next(binds))
        return one_of(columns["key"], len(self.bound), binds)

    def matches(self, rows: Rows) -> bool:
        """Whether a resource has one of the keys."""
        return any(key in rows.eq for key in self.keys)


def is_list(value: Value) -> bool:
    """Whether a value is a list of keys that is looked up once, not for each row."""
    return isinstance(value, Keys) and value.many


def one_of(column: ColumnElement[object], count: int, binds: Binds) -> ColumnElement[bool]:
    """Return the test that a column is one of as many constants."""
    if count == 0:
        return false()
    if count == 1:
        return column == next(binds)
    return column.in_([next(binds) for _ in range(count)])
