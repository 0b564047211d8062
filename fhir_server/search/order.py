"""The order of a page in SQL, and where in it the page begins.

One sort key that every match has at most once, or that is the resource's own column, is read in
the order of its index and stops early; the matches without a value are a second statement, run
when the first is exhausted. Several keys, or values that repeat, are gathered for all matches and
sorted. Values from the body are looked up once for each match, which is kept by key and values
alone until the page is known. Ties are broken by the internal key, so that every place is unique.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import cast

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    Select,
    and_,
    bindparam,
    case,
    false,
    func,
    or_,
    select,
)

from fhir_server.db.tables import ix_date, ix_num, ix_str
from fhir_server.model.rest import Context
from fhir_server.search.absence import lacking
from fhir_server.search.body import BodyText
from fhir_server.search.query import Cursor, Order, Query, Updated
from fhir_server.search.value import Binds, Scalar
from fhir_server.search.visible import From, Visible, version_columns, visible

SORTED = {"str": (ix_str, "value"), "date": (ix_date, "lo"), "num": (ix_num, "lo")}
Expression = ColumnElement[object]
Rows = Select[*tuple[object, ...]]


@dataclass(frozen=True, slots=True)
class Placed:
    """A FROM clause, the tests of its rows and their order; `more` is selected besides."""

    rows: Visible
    source: From
    rid: Expression
    tests: tuple[ColumnElement[bool], ...] = ()
    order: tuple[ColumnElement[object], ...] = ()
    more: tuple[ColumnElement[str], ...] = ()


def page_of(query: Query, context: Context, placed: Placed, binds: Binds) -> Rows:
    """Return the selection of a page, of one row more than it holds, from the query's cursor on.

    Its rows begin with the columns of a `Version`. The last constant is the number of rows.
    """
    if any(one.ways for one in query.order):
        return _kept(query, context, placed, binds)
    placed = _placed(query, placed, binds)
    chosen = select(*version_columns(placed.rows), *placed.more).select_from(placed.source)
    chosen = chosen.where(*placed.tests).order_by(*placed.order)
    return chosen.limit(bindparam(next(binds).key, type_=Integer))


def _placed(query: Query, placed: Placed, binds: Binds) -> Placed:
    if not query.order:
        if any(isinstance(one, Updated) and one.few for one in query.criteria):
            placed = replace(placed, rid=placed.rid + 0)  # whose order no index has
        return _by_age(placed, query.cursor, binds, descending=True)
    if query.cursor and query.cursor.rest:
        return _rest(query.order[0], query.cursor, placed, binds)
    if len(query.order) == 1 and (query.order[0].column or query.order[0].single):
        return _straight(query.order[0], query.cursor, placed, binds)
    return _gathered(query.order, query.cursor, placed, binds)


def _kept(query: Query, context: Context, placed: Placed, binds: Binds) -> Rows:
    """Select a page of matches whose sort values are looked up once and kept."""
    names = [f"value{number}" for number in range(len(query.order))]
    values = []
    for order, name in zip(query.order, names, strict=True):
        placed, value = _looked_up(order, placed, binds)
        values.append(value.label(name))
    found = select(placed.rows.c.rid, *values).select_from(placed.source).where(*placed.tests)
    kept = found.cte("kept").prefix_with("MATERIALIZED")
    keys = [kept.c[name] for name in names]
    rid = kept.c.rid
    directed = _directions(query.order, keys, rid)
    chosen = select(kept).order_by(*directed)
    if query.cursor is not None:
        after = zip(query.order, keys, query.cursor.values, strict=True)
        chosen = chosen.where(_after(list(after), rid, binds))
    page = chosen.limit(bindparam(next(binds).key, type_=Integer)).subquery("page")
    rows = visible(query.type or None, context)
    again = _directions(query.order, [page.c[name] for name in names], page.c.rid)
    source = page.join(rows, rows.c.rid == page.c.rid)
    return select(*version_columns(rows), *placed.more).select_from(source).order_by(*again)


def _by_age(placed: Placed, cursor: Cursor | None, binds: Binds, *, descending: bool) -> Placed:
    rid = placed.rid
    if cursor is not None:
        placed = replace(placed, tests=(*placed.tests, _beyond(rid, next(binds), descending)))
    return replace(placed, order=(_directed(rid, descending),))


def _rest(order: Order, cursor: Cursor, placed: Placed, binds: Binds) -> Placed:
    """Place the matches that have no value to sort by."""
    index, _ = SORTED[order.table]
    source, test = lacking(index, next(binds), placed.rows, placed.source)
    left = replace(placed, source=source, tests=(*placed.tests, test))
    return _by_age(left, cursor, binds, descending=order.descending)


def _straight(order: Order, cursor: Cursor | None, placed: Placed, binds: Binds) -> Placed:
    """Place matches in the order of an index that holds each once."""
    rows, rid, tests = placed.rows, placed.rid, placed.tests
    if order.column:
        value: Expression = rows.c[order.column]
    else:
        table, name = SORTED[order.table]
        index = table.alias()
        value = index.c[name]
        source = placed.source.join(index, index.c.rid == rows.c.rid)
        placed = replace(placed, source=source)
        tests = (*tests, index.c.key == next(binds))
    if cursor is not None:
        after, last = next(binds), next(binds)
        further = or_(_beyond(value, after, order.descending), _beyond(rid, last, order.descending))
        tests = (*tests, value <= after if order.descending else value >= after, further)
    directed = (_directed(value, order.descending), _directed(rid, order.descending))
    return replace(placed, tests=tests, order=directed)


def _gathered(
    orders: Sequence[Order], cursor: Cursor | None, placed: Placed, binds: Binds
) -> Placed:
    """Place matches by values looked up for every match; those without one come last."""
    values = []
    for order in orders:
        placed, value = _looked_up(order, placed, binds)
        values.append(value)
    tests = placed.tests
    if cursor is not None:
        keys = list(zip(orders, values, cursor.values, strict=True))
        tests = (*tests, _after(keys, placed.rid, binds))
    return replace(placed, tests=tests, order=_directions(orders, values, placed.rid))


def _directions(
    orders: Sequence[Order], values: Sequence[Expression], rid: Expression
) -> tuple[ColumnElement[object], ...]:
    """Return what puts rows in order; those without a value come last, whatever the direction."""
    directed = (
        one
        for order, value in zip(orders, values, strict=True)
        for one in (_last(value), _directed(value, order.descending))
    )
    return (*directed, _directed(rid, orders[0].descending))


def _looked_up(order: Order, placed: Placed, binds: Binds) -> tuple[Placed, Expression]:
    rows = placed.rows
    if order.column:
        return placed, rows.c[order.column]
    if order.ways:
        text = BodyText(rows.c.body)
        text.ways, text.descending = order.ways, order.descending
        return placed, cast("Expression", text)  # any type of value can be sorted by
    table, name = SORTED[order.table]
    index = table.alias()
    if order.single:
        own = and_(index.c.rid == rows.c.rid, index.c.key == next(binds))
        return replace(placed, source=placed.source.outerjoin(index, own)), index.c[name]
    first = func.max if order.descending else func.min
    values = select(index.c.rid, first(index.c[name]).label("first"))
    found = values.where(index.c.key == next(binds)).group_by(index.c.rid).subquery()
    source = placed.source.outerjoin(found, found.c.rid == rows.c.rid)
    return replace(placed, source=source), found.c.first


def _after(
    keys: Sequence[tuple[Order, Expression, Scalar | None]], rid: Expression, binds: Binds
) -> ColumnElement[bool]:
    """Return the test for rows behind a place: behind in a key and equal in those before it."""
    behind: list[ColumnElement[bool]] = []
    equal: list[ColumnElement[bool]] = []
    for order, value, place in keys:
        if place is None:
            equal.append(value.is_(None))
            continue
        bound = next(binds)
        further = or_(_beyond(value, bound, order.descending), value.is_(None))
        behind.append(and_(*equal, further))
        equal.append(value == bound)
    behind.append(and_(*equal, _beyond(rid, next(binds), keys[0][0].descending)))
    return or_(false(), *behind)


def _beyond(
    value: Expression,
    place: BindParameter[Scalar],
    descending: bool,  # noqa: FBT001 - the direction
) -> ColumnElement[bool]:
    return value < place if descending else value > place


def _directed(value: Expression, descending: bool) -> ColumnElement[object]:  # noqa: FBT001 - the direction
    return value.desc() if descending else value.asc()


def _last(value: Expression) -> ColumnElement[object]:
    """Return the key that puts rows without a value behind the others."""
    return case((value.is_(None), 1), else_=0).asc()
