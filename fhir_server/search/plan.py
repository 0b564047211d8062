"""From a Query to SQL over `visible`: one statement for a page, one for a count.

A statement is built and spelled once for each shape of query; a search then costs only its
constants.
"""

from collections.abc import Hashable
from dataclasses import replace
from functools import lru_cache

from sqlalchemy import Integer, bindparam, func, select

from fhir_server.model.rest import Context
from fhir_server.search.condition import Conditions
from fhir_server.search.order import Placed, place_rows
from fhir_server.search.query import MANY, Query, rank_of, ranked
from fhir_server.search.statement import KEPT, Plan, Template, new_binds, with_values
from fhir_server.search.value import Binds, Scalar
from fhir_server.search.visible import joined, version_columns, visible

APART = 8
"""Most types that are read apart from each other."""


def plan_page(query: Query, context: Context) -> Plan:
    """Return the statement for one page of versions, one row more than the page holds.

    The rows begin with the columns of a `Version`. After a sort value's rows are done, those
    without one follow by a query whose cursor says `rest`.
    """
    bound = [*_bound(query), *_position(query), query.count + 1]
    return with_values(_page(Shaped("page", query, context)), bound)


def plan_count(query: Query, context: Context) -> Plan:
    """Return the statement that counts all matches: one row of one number."""
    unordered = replace(query, order=(), cursor=None)
    return with_values(_count(Shaped("count", unordered, context)), _bound(query))


class Shaped:
    """A query equal to every other whose SQL differs in constants only."""

    __slots__ = ("context", "query", "shape")

    def __init__(self, use: str, query: Query, context: Context) -> None:
        self.query = query
        self.context = context
        self.shape: tuple[Hashable, ...] = (
            use,
            query.type,
            query.types if _is_apart(query) else (),
            context,
            tuple(one.shape for one in ranked(query.criteria)),
            _order_shape(query),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Shaped) and self.shape == other.shape

    def __hash__(self) -> int:
        return hash(self.shape)


def _bound(query: Query) -> list[Scalar]:
    return [value for one in ranked(query.criteria) for value in one.bound]


def _position(query: Query) -> list[Scalar]:
    """Return the constants of the order and of the place in it."""
    keys: list[Scalar] = [one.key for one in query.order if not one.column]
    cursor = query.cursor
    if cursor is None:
        return keys
    return [*keys, *(one for one in cursor.values if one is not None), cursor.after]


def _order_shape(query: Query) -> Hashable:
    cursor = query.cursor
    place = cursor and (cursor.rest, tuple(value is None for value in cursor.values))
    return (tuple(one.shape for one in query.order), place)


@lru_cache(maxsize=KEPT)
def _page(shaped: Shaped) -> Template:
    query = shaped.query
    binds = new_binds()
    made = _conditions(query, shaped.context, binds)
    found = made.matching(ranked(query.criteria), in_order=bool(query.order))
    placed = place_rows(query, Placed(made.rows, found.source, found.rid), binds)
    chosen = select(*version_columns(made.rows)).select_from(placed.source)
    chosen = chosen.where(*found.tests, *placed.tests).order_by(*placed.order)
    return Template(chosen.limit(bindparam(next(binds).key, type_=Integer)))


@lru_cache(maxsize=KEPT)
def _count(shaped: Shaped) -> Template:
    made = _conditions(shaped.query, shaped.context, new_binds())
    found = made.matching(ranked(shaped.query.criteria))
    return Template(select(func.count()).select_from(found.source).where(*found.tests))


def _conditions(query: Query, context: Context, binds: Binds) -> Conditions:
    """Return the conditions on the rows of a query's type or types."""
    if _is_apart(query):
        rows = joined(tuple(visible(type, context) for type in query.types))
        return Conditions(None, context, rows, binds)
    return Conditions.on(query.type or None, context, binds)


def _is_apart(query: Query) -> bool:
    """Whether several types are read apart, each in order, and merged, so as to stop early.

    That is when no criterion finds few, and the types are few themselves.
    """
    few = any(rank_of(one) < MANY for one in query.criteria)
    return 1 < len(query.types) <= APART and not few
