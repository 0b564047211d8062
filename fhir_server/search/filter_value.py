"""Values only a `_filter` asks for: texts as a whole, and by their end."""

from collections.abc import Hashable
from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func

from fhir_server.search.rows import Rows
from fhir_server.search.types.string import WIDTH
from fhir_server.search.value import Binds, Columns, Table


@dataclass(frozen=True, slots=True)
class Whole:
    """A folded text, shorter than what one row holds."""

    key: int
    text: str
    table: Table = "str"
    exact: bool = True
    open: bool = False

    @property
    def shape(self) -> Hashable:
        """Always the same SQL."""
        return "whole"

    @property
    def bound(self) -> tuple[int | str, ...]:
        """The parameter's key and the text."""
        return (self.key, self.text)

    def where(self, columns: Columns, binds: Binds) -> ColumnElement[bool]:
        """Return the test on the rows of `ix_str`."""
        return and_(columns["key"] == next(binds), columns["value"] == next(binds))

    def matches(self, rows: Rows) -> bool:
        """Whether a resource has the text."""
        return (self.key, self.text) in rows.str


@dataclass(frozen=True, slots=True)
class Ending:
    """A folded end of a text; `keys` are those of beginnings and of windows further on.

    A row that is full is not the end of its text.
    """

    keys: tuple[int, int]
    text: str
    table: Table = "str"
    exact: bool = False
    open: bool = False

    @property
    def shape(self) -> Hashable:
        """Always the same SQL."""
        return "ending"

    @property
    def bound(self) -> tuple[int | str, ...]:
        """The two keys and the pattern."""
        literal = self.text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
        return (*self.keys, f"%{literal}")

    def where(self, columns: Columns, binds: Binds) -> ColumnElement[bool]:
        """Return the test on the rows of `ix_str`."""
        own = columns["key"].in_([next(binds), next(binds)])
        ends = columns["value"].like(next(binds), escape="\\")
        return and_(own, ends, func.length(columns["value"]) < WIDTH)

    def matches(self, rows: Rows) -> bool:
        """Whether a text of a resource ends so."""
        texts = (text for key, text in rows.str if key in self.keys and len(text) < WIDTH)
        return any(text.endswith(self.text) for text in texts)
