"""A list of numbers as one constant, however long: on either database one shape of statement."""

from sqlalchemy import Boolean
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class AmongThese(FunctionElement[bool]):
    """Whether a column has one of the numbers in a JSON list, which is one constant."""

    type = Boolean()
    inherit_cache = True


@compiles(AmongThese, "sqlite")
def _among_sqlite(element: AmongThese, compiler: SQLCompiler, **_: object) -> str:
    column, numbers = (compiler.process(one) for one in element.clauses)
    return f"({column} IN (SELECT value FROM json_each({numbers})))"


@compiles(AmongThese, "postgresql")
def _among_postgresql(element: AmongThese, compiler: SQLCompiler, **_: object) -> str:
    column, numbers = (compiler.process(one) for one in element.clauses)
    return f"({column} = ANY (CAST(translate({numbers}, '[]', '{{}}') AS bigint[])))"
