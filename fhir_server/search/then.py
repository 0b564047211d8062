"""Conditions on the rows of `resource` as of a moment, as each database spells them.

The constants are those of `Moment.values`, by name.
"""

from sqlalchemy import BigInteger, Boolean, Integer, Text, bindparam
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

XIDS = 2**32
"""Numbers of transactions that a row of PostgreSQL can tell apart."""


class Mark(FunctionElement[str]):
    """What the database has written when the statement runs; of the rows of a type of a tenant."""

    type = Text()
    inherit_cache = True


class Unchanged(FunctionElement[bool]):
    """Whether the version in a row of `resource` is the one of the moment."""

    type = Boolean()
    inherit_cache = True


class Recent(FunctionElement[bool]):
    """Whether a row of `resource` can have been written since the moment; an index finds these."""

    type = Boolean()
    inherit_cache = True


class NumberThen(FunctionElement[int]):
    """The number of the version that a row of `resource` had at the moment; null before it was."""

    type = Integer()
    inherit_cache = True


class OfTypesThere(FunctionElement[bool]):
    """Whether the type of a row of `resource` is one that a tenant has any of.

    It says nothing, but lets an index that begins with the type be entered once for each.
    """

    type = Boolean()
    inherit_cache = True


class ExistedThen(FunctionElement[bool]):
    """Whether a row of `resource` whose version of the moment is known was there already.

    Who wrote a first version is not told by PostgreSQL once there is a second: then the stamps
    decide, and what was created in the same instant may count as created before it.
    """

    type = Boolean()
    inherit_cache = True


PARAMETERS = {
    name: bindparam(f"moment_{name}", type_=Text() if name == "snapshot" else BigInteger())
    for name in ("stamp", "before", "snapshot", "next", "taken", "key")
}


def _bound(compiler: SQLCompiler, name: str) -> str:
    return compiler.process(PARAMETERS[name])


def _written(compiler: SQLCompiler, table: str) -> str:
    """Return the test that the transaction that wrote a row of PostgreSQL is in the snapshot.

    A row tells 32 bits of the transaction's number; the rest is that of the nearest one.
    """
    following = f"CAST({_bound(compiler, 'next')} AS bigint)"
    own = f"CAST(CAST({table}.xmin AS text) AS bigint)"
    # `mod` rather than the percent sign, which the driver gives a meaning of its own
    distance = f"mod({own} - mod({following}, {XIDS}) + {XIDS + XIDS // 2}, {XIDS}) - {XIDS // 2}"
    number = f"CAST(CAST(greatest({following} + {distance}, 0) AS text) AS xid8)"
    snapshot = f"CAST({_bound(compiler, 'snapshot')} AS pg_snapshot)"
    return f"pg_visible_in_snapshot({number}, {snapshot})"


@compiles(Mark, "postgresql")
def _mark_postgresql(element: Mark, compiler: SQLCompiler, **_: object) -> str:
    del element, compiler
    return "(SELECT CAST(pg_current_snapshot() AS text))"


@compiles(Mark, "sqlite")
def _mark_sqlite(element: Mark, compiler: SQLCompiler, **_: object) -> str:
    tenant, *type = (compiler.process(one) for one in element.clauses)
    newest = "SELECT max(r.updated) FROM resource r WHERE r.tenant ="
    if type:
        return f"(SELECT CAST(({newest} {tenant} AND r.type = {type[0]}) AS text))"
    each = f"SELECT ({newest} {tenant} AND r.type = t.type) AS stamp FROM ({types_text(tenant)}) t"
    return f"(SELECT CAST(max(n.stamp) AS text) FROM ({each}) n)"


@compiles(Unchanged, "postgresql")
def _unchanged_postgresql(element: Unchanged, compiler: SQLCompiler, **_: object) -> str:
    del element
    before = f"resource.updated < {_bound(compiler, 'before')}"
    return f"({before} OR {_written(compiler, 'resource')})"


@compiles(Unchanged, "sqlite")
def _unchanged_sqlite(element: Unchanged, compiler: SQLCompiler, **_: object) -> str:
    del element
    return f"(resource.updated <= {_bound(compiler, 'stamp')})"


@compiles(Recent, "postgresql")
def _recent_postgresql(element: Recent, compiler: SQLCompiler, **_: object) -> str:
    del element
    return f"(resource.updated >= {_bound(compiler, 'before')})"


@compiles(Recent, "sqlite")
def _recent_sqlite(element: Recent, compiler: SQLCompiler, **_: object) -> str:
    del element
    return f"(resource.updated > {_bound(compiler, 'stamp')})"


@compiles(NumberThen, "postgresql")
def _number_postgresql(element: NumberThen, compiler: SQLCompiler, **_: object) -> str:
    del element
    # the row of a superseded version was written by who made the next one
    past = f"p.rid = resource.rid AND {_written(compiler, 'p')}"
    return f"(SELECT coalesce(max(p.ver), 0) + 1 FROM resource_version p WHERE {past})"


@compiles(NumberThen, "sqlite")
def _number_sqlite(element: NumberThen, compiler: SQLCompiler, **_: object) -> str:
    del element
    past = f"p.rid = resource.rid AND p.updated <= {_bound(compiler, 'stamp')}"
    return f"(SELECT max(p.ver) FROM resource_version p WHERE {past})"


@compiles(ExistedThen, "postgresql")
def _existed_postgresql(element: ExistedThen, compiler: SQLCompiler, **_: object) -> str:
    number = compiler.process(element.clauses.clauses[0])
    first = f"resource.ver = 1 AND resource.updated <= {_bound(compiler, 'taken')}"
    further = f"resource.ver > 1 AND resource.rid <= {_bound(compiler, 'key')}"
    return f"({number} > 1 OR ({first}) OR ({further}))"


@compiles(ExistedThen, "sqlite")
def _existed_sqlite(element: ExistedThen, compiler: SQLCompiler, **_: object) -> str:
    return f"({compiler.process(element.clauses.clauses[0])} IS NOT NULL)"


@compiles(OfTypesThere)
def _of_types_there(element: OfTypesThere, compiler: SQLCompiler, **_: object) -> str:
    tenant = compiler.process(element.clauses.clauses[0])
    return f"resource.type IN (SELECT type FROM ({types_text(tenant)}) t)"


def types_text(tenant: str) -> str:
    """Return SQL that yields the types a tenant has resources of, by one step in an index each."""
    first = f"SELECT min(type) AS type FROM resource WHERE tenant = {tenant}"
    following = f"SELECT min(type) FROM resource WHERE tenant = {tenant} AND type > u.type"
    return (
        f"WITH RECURSIVE u(type) AS ({first} UNION ALL SELECT ({following}) FROM u "
        "WHERE u.type IS NOT NULL) SELECT type FROM u WHERE type IS NOT NULL"
    )
