"""Values of one index table as one, each an alternative."""

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from itertools import chain

from sqlalchemy import ColumnElement

from fhir_server.search.disjunction import any_of
from fhir_server.search.rows import Rows
from fhir_server.search.value import Binds, Columns, Keys, Scalar, Table, Value


@dataclass(frozen=True, slots=True)
class Several:
    """Values of one index table, each an alternative."""

    values: tuple[Value, ...]

    @property
    def table(self) -> Table:
        """The index table all of them are in."""
        return self.values[0].table

    @property
    def shape(self) -> Hashable:
        """The kinds and shapes of the values."""
        return tuple((type(one), one.shape) for one in self.values)

    @property
    def bound(self) -> tuple[Scalar, ...]:
        """The constants of each value."""
        return tuple(constant for one in self.values for constant in one.bound)

    @property
    def exact(self) -> bool:
        """Whether there is one value and it is exact."""
        return len(self.values) == 1 and self.values[0].exact

    @property
    def open(self) -> bool:
        """Whether one of the values is open."""
        return any(one.open for one in self.values)

    def where(self, columns: Columns, binds: Binds) -> ColumnElement[bool]:
        """Return the test on the rows of their table."""
        return any_of(one.where(columns, binds) for one in self.values)

    def matches(self, rows: Rows) -> bool:
        """Whether a resource has one of the values."""
        return any(one.matches(rows) for one in self.values)


def either(values: Sequence[Value]) -> Value:
    """Return values of one index table as one whose alternatives are those of all."""
    if len(values) == 1:
        return values[0]
    keys = [one.keys for one in values if isinstance(one, Keys)]
    if len(keys) == len(values):
        return Keys(tuple(dict.fromkeys(chain(*keys))), values[0].table)
    return Several(tuple(values))
