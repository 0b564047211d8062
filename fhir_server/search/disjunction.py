"""The test that one of several tests holds, however many they are.

SQLite reads `a OR b OR c` as a tree one deeper for each, and refuses one that is deeper than 1000
(https://sqlite.org/limits.html#max_expr_depth). Parentheses keep it shallow; both databases take
the tests apart again to look each up.
"""

from collections.abc import Iterable, Sequence

from sqlalchemy import Boolean, ColumnElement, false, or_
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.sql.operators import OperatorType

WIDEST = 100
"""Most tests that stand beside each other without parentheses around some of them."""


class AnyOf(FunctionElement[bool]):
    """Whether one of many tests holds."""

    type = Boolean()
    name = "any_of"
    inherit_cache = True

    def self_group(self, against: OperatorType | None = None) -> "AnyOf":
        """Return the test itself: as `... = 1` SQLite would not look it up in an index."""
        del against
        return self


def any_of(tests: Iterable[ColumnElement[bool]]) -> ColumnElement[bool]:
    """Return the test that one of these holds; without any, it never holds."""
    every = tuple(tests)
    return AnyOf(*every) if len(every) > WIDEST else or_(false(), *every)


@compiles(AnyOf)
def _spell(element: AnyOf, compiler: SQLCompiler, **options: object) -> str:
    return _joined([f"({compiler.process(one, **options)})" for one in element.clauses])


def _joined(texts: Sequence[str]) -> str:
    if len(texts) > WIDEST:
        width = -(-len(texts) // WIDEST)
        texts = [_joined(texts[at : at + width]) for at in range(0, len(texts), width)]
    return f"({' OR '.join(texts)})"
