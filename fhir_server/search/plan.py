"""From a Query to SQL over `visible`: one statement for a page, one for a count.

A statement is built and spelled once for each shape of query; a search then costs only its
constants.
"""

from collections.abc import Hashable, Mapping
from dataclasses import replace

from sqlalchemy import Integer, bindparam, func, literal, select

from fhir_server.model.rest import Context
from fhir_server.search.condition import Conditions
from fhir_server.search.lead import is_sure
from fhir_server.search.order import Placed, page_of
from fhir_server.search.query import MANY, Indexed, Query, rank_of, ranked
from fhir_server.search.statement import Plan, Template, kept, new_binds, weight_of, with_values
from fhir_server.search.then import Mark
from fhir_server.search.value import Binds, Scalar
from fhir_server.search.visible import joined, visible

APART = 8
"""Most types that are read apart from each other."""


def plan_page(query: Query, context: Context, *, marked: bool = False) -> Plan:
    """Return the statement for one page of versions, one row more than the page holds.

    The rows begin with the columns of a `Version`; when `marked`, the mark of the moment follows.
    After a sort value's rows are done, those without one follow by a query whose cursor says
    `rest`. A query as of a moment finds only what has not changed since.
    """
    bound = [*_bound(query), *_position(query), query.count + 1]
    template = _page(Shaped("marked" if marked else "page", query, context))
    plan = with_values(template, bound, _moment_values(query))
    return replace(plan, steady=True) if _is_steady(query) else plan


def plan_count(query: Query, context: Context, most: int | None = None) -> Plan:
    """Return the statement that counts matches, at most so many: one row of one number."""
    unordered = replace(query, order=(), cursor=None)
    bound = _bound(query) if most is None else [*_bound(query), most]
    template = _count(Shaped("count" if most is None else "some", unordered, context))
    return with_values(template, bound, _moment_values(query))


def _is_steady(query: Query) -> bool:
    """Whether a query begins with what finds few, whatever its value is."""
    if query.order or query.moment is not None:
        return False
    if len(query.criteria) != 1:
        return any(isinstance(one, Indexed) and one.sure for one in query.criteria)
    return is_sure(query.criteria[0])


def _moment_values(query: Query) -> Mapping[str, Scalar]:
    return query.moment.values if query.moment else {}


class Shaped:
    """A query equal to every other whose SQL differs in constants only."""

    __slots__ = ("context", "query", "shape", "use")

    def __init__(self, use: str, query: Query, context: Context) -> None:
        self.use = use
        self.query = query
        self.context = context
        self.shape: tuple[Hashable, ...] = (
            use,
            query.type,
            query.types if _is_apart(query) else (),
            context,
            tuple(one.shape for one in ranked(query.criteria)),
            _order_shape(query),
            query.moment is None,
        )

    @property
    def weight(self) -> int:
        """How large the statement is."""
        return weight_of(self.shape)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Shaped) and self.shape == other.shape

    def __hash__(self) -> int:
        return hash(self.shape)


def _bound(query: Query) -> list[Scalar]:
    return [value for one in ranked(query.criteria) for value in one.bound]


def _position(query: Query) -> list[Scalar]:
    """Return the constants of the order and of the place in it."""
    keys: list[Scalar] = [one.key for one in query.order if one.is_indexed]
    cursor = query.cursor
    if cursor is None:
        return keys
    return [*keys, *(one for one in cursor.values if one is not None), cursor.after]


def _order_shape(query: Query) -> Hashable:
    cursor = query.cursor
    place = cursor and (cursor.rest, tuple(value is None for value in cursor.values))
    return (tuple(one.shape for one in query.order), place)


@kept
def _page(shaped: Shaped) -> Template:
    query, context = shaped.query, shaped.context
    binds = new_binds()
    made = _conditions(query, context, binds)
    found = made.matching(ranked(query.criteria), in_order=bool(query.order))
    mark = Mark(literal(context.tenant), *([literal(query.type)] if query.type else []))
    more = (mark,) if shaped.use == "marked" else ()
    placed = Placed(made.rows, found.source, found.rid, found.tests, more=more)
    return Template(page_of(query, context, placed, binds))


@kept
def _count(shaped: Shaped) -> Template:
    query, binds = shaped.query, new_binds()
    made = _conditions(query, shaped.context, binds)
    found = made.matching(ranked(query.criteria))
    if shaped.use == "count":
        return Template(select(func.count()).select_from(found.source).where(*found.tests))
    some = select(made.rows.c.rid).select_from(found.source).where(*found.tests)
    most = bindparam(next(binds).key, type_=Integer)
    return Template(select(func.count()).select_from(some.limit(most).subquery()))


def _conditions(query: Query, context: Context, binds: Binds) -> Conditions:
    """Return the conditions on the rows of a query's type or types, now or still as they were."""
    then = query.moment is not None
    if _is_apart(query):
        rows = joined(tuple(visible(type, context, unchanged=then) for type in query.types))
        return Conditions(None, context, rows, binds)
    rows = visible(query.type or None, context, unchanged=then)
    return Conditions(query.type or None, context, rows, binds)


def _is_apart(query: Query) -> bool:
    """Whether several types are read apart, each in order, and merged, so as to stop early.

    That is when no criterion finds few, and the types are few themselves.
    """
    few = any(rank_of(one) < MANY for one in query.criteria)
    return 1 < len(query.types) <= APART and not few
