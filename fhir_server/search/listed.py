"""The test that a number is one of many, which travel as one text.

However long the list, the statement is the same and has one parameter for it; the database reads
the list once and looks up each number in the index.
"""

from collections.abc import Iterable

from sqlalchemy import BindParameter, Boolean, ColumnElement
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType

MANY = 16
"""Numbers from which a list is sent as one text."""


class Listed(FunctionElement[bool]):
    """Whether a column of whole numbers is one of those a text holds."""

    type = Boolean()
    name = "listed"
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> "Listed":
        """Return the test itself: as `... = 1` SQLite would not look it up in an index."""
        del against
        return self


def listed(
    column: ColumnElement[object], numbers: ColumnElement[str] | BindParameter[int | float | str]
) -> Listed:
    """Return the test that a column is one of the numbers of a text made by `joined`."""
    return Listed(column, numbers)


def joined(numbers: Iterable[int]) -> str:
    """Return whole numbers as the text that `listed` takes."""
    return ",".join(map(str, numbers))


@compiles(Listed, "postgresql")
def _postgresql(element: Listed, compiler: SQLCompiler, **options: object) -> str:
    column, numbers = (compiler.process(one, **options) for one in element.clauses)
    return f"({column} = ANY (CAST(string_to_array({numbers}, ',') AS bigint[])))"


@compiles(Listed, "sqlite")
def _sqlite(element: Listed, compiler: SQLCompiler, **options: object) -> str:
    column, numbers = (compiler.process(one, **options) for one in element.clauses)
    return f"({column} IN (SELECT value FROM json_each('[' || {numbers} || ']')))"  # noqa: S608 - spelled by SQLAlchemy
