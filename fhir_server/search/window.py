"""Two numbers that stand together: where a variant of a sequence begins and ends.

They share one row of `ix_num`, in which other numbers have their lowest and their highest value.
"""

from collections.abc import Hashable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_

from fhir_server.search.disjunction import any_of
from fhir_server.search.rows import Rows
from fhir_server.search.types.number import Numbers
from fhir_server.search.value import Binds, Columns, Table


@dataclass(frozen=True, slots=True)
class Window:
    """Two numbers in one row, the first where lowest and the second where highest numbers are."""

    key: int
    first: Numbers
    second: Numbers
    table: Table = "num"
    exact: bool = False

    @property
    def open(self) -> bool:
        """Whether numbers without end pass."""
        return self.first.open or self.second.open

    @property
    def shape(self) -> Hashable:
        """The prefixes."""
        return (self.first.shape, self.second.shape)

    @property
    def bound(self) -> tuple[int | float, ...]:
        """The key and the ends of both intervals."""
        return (self.key, *self.first.bound[1:], *self.second.bound[1:])

    def where(self, columns: Columns, binds: Binds) -> ColumnElement[bool]:
        """Return the test on the rows of `ix_num`."""
        own = columns["key"] == next(binds)
        first = {"lo": columns["lo"], "hi": columns["lo"]}
        second = {"lo": columns["hi"], "hi": columns["hi"]}
        return and_(
            own,
            any_of(one.where(first, binds) for one in self.first.intervals),
            any_of(one.where(second, binds) for one in self.second.intervals),
        )

    def matches(self, rows: Rows) -> bool:
        """Whether an element of a resource has both numbers."""
        return any(
            any(one.holds(first, first) for one in self.first.intervals)
            and any(one.holds(second, second) for one in self.second.intervals)
            for key, first, second in rows.num
            if key == self.key
        )
