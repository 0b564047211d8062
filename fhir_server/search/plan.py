"""From a Query to SQL over `visible`: one statement for a page, one for a count.

A criterion with one key joins its index table, which no resource can enter twice; the others are
semi-joins. The criterion expected to find the fewest resources comes first and may be gathered as
a set; the rest test row by row where their index can be asked for a row, and so do criteria that
find so many that a walk in order soon comes upon matches. A statement is built and spelled once
for each shape of query; a search then costs only its constants.
"""

from collections.abc import Hashable
from dataclasses import replace
from functools import lru_cache

from sqlalchemy import (
    ColumnElement,
    Integer,
    bindparam,
    exists,
    func,
    or_,
    select,
)

from fhir_server.db.tables import ix_date, ix_eq, ix_num, ix_ref, ix_str
from fhir_server.model.rest import Context
from fhir_server.search.absence import lacking
from fhir_server.search.order import Placed, place_rows
from fhir_server.search.query import MANY, Criterion, Ids, Indexed, Missing, Query, Updated
from fhir_server.search.statement import KEPT, Plan, Template, new_binds, with_values
from fhir_server.search.value import Binds, Scalar, one_of
from fhir_server.search.visible import From, Visible, version_columns, visible

INDEX = {"eq": ix_eq, "ref": ix_ref, "str": ix_str, "date": ix_date, "num": ix_num}
SET_ONLY = ("str",)
"""Index tables that cannot be asked whether one resource has a row."""


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
            context,
            tuple(one.shape for one in _ranked(query)),
            _order_shape(query),
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Shaped) and self.shape == other.shape

    def __hash__(self) -> int:
        return hash(self.shape)


def _ranked(query: Query) -> list[Criterion]:
    return sorted(query.criteria, key=_rank)


def _rank(criterion: Criterion) -> float:
    """Return how many resources a criterion is expected to find, as an order."""
    if isinstance(criterion, Ids):
        return -1
    if isinstance(criterion, Indexed) and not criterion.negated:
        return criterion.rank + (0 if criterion.value.exact else 0.5)
    return 9


def _bound(query: Query) -> list[Scalar]:
    return [value for one in _ranked(query) for value in one.bound]


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
    rows = visible(query.type, shaped.context)
    source, tests, rid = _matching(query, rows, binds)
    placed = place_rows(query, Placed(rows, source, rid), binds)
    chosen = select(*version_columns(rows)).select_from(placed.source)
    chosen = chosen.where(*tests, *placed.tests).order_by(*placed.order)
    return Template(chosen.limit(bindparam(next(binds).key, type_=Integer)))


@lru_cache(maxsize=KEPT)
def _count(shaped: Shaped) -> Template:
    rows = visible(shaped.query.type, shaped.context)
    source, tests, _ = _matching(shaped.query, rows, new_binds())
    return Template(select(func.count()).select_from(source).where(*tests))


def _matching(
    query: Query, rows: Visible, binds: Binds
) -> tuple[From, list[ColumnElement[bool]], ColumnElement[object]]:
    """Return where the matches come from, the tests they pass, and the key to sort them by."""
    source: From = rows
    rid: ColumnElement[object] = rows.c.rid
    tests: list[ColumnElement[bool]] = []
    for place, criterion in enumerate(_ranked(query)):
        if isinstance(criterion, Indexed) and _joins(criterion, query, place):
            index = INDEX[criterion.value.table].alias()
            source = source.join(index, index.c.rid == rows.c.rid)
            rid = index.c.rid if place == 0 else rid
            tests.append(criterion.value.where(index.c, binds))
        else:
            source, test = _filter(criterion, rows, source, binds, first=place == 0)
            tests.append(test)
    return source, tests, rid


def _joins(criterion: Indexed, query: Query, place: int) -> bool:
    """Whether a criterion's index is joined: each resource at most once, and worth starting from.

    What finds many is started from only when its own order is the one asked for.
    """
    if criterion.negated or not criterion.value.exact:
        return False
    return criterion.rank < MANY or (place == 0 and not query.order)


def _filter(
    criterion: Criterion, rows: Visible, source: From, binds: Binds, *, first: bool
) -> tuple[From, ColumnElement[bool]]:
    if isinstance(criterion, Ids):
        return source, one_of(rows.c.fid, len(criterion.bound), binds)
    if isinstance(criterion, Updated):
        columns = {"lo": rows.c.updated, "hi": rows.c.updated}
        return source, or_(*(one.where(columns, binds) for one in criterion.comparisons))
    if isinstance(criterion, Missing):
        return _presence(criterion, rows, source, binds)
    index = INDEX[criterion.value.table].alias()
    test = criterion.value.where(index.c, binds)
    if criterion.negated:
        return source, ~exists().where(index.c.rid == rows.c.rid, test)
    if (first and criterion.rank < MANY) or criterion.value.table in SET_ONLY:
        return source, rows.c.rid.in_(select(index.c.rid).where(test))
    return source, exists().where(index.c.rid == rows.c.rid, test)


def _presence(
    criterion: Missing, rows: Visible, source: From, binds: Binds
) -> tuple[From, ColumnElement[bool]]:
    index = INDEX[criterion.table]
    if criterion.missing:
        return lacking(index, next(binds), rows, source)
    return source, rows.c.rid.in_(select(index.c.rid).where(index.c.key == next(binds)))
