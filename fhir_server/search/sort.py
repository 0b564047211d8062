"""Sorting: which parameters give an order, and where a row stands in it.

Source: https://hl7.org/fhir/R4/search.html#sort. Dates sort by their beginning, numbers by their
lower end, strings by their folded text; tokens, references and URIs by their text in the body
(`search.body`). Of several values the first in the order counts. Rows without a value come last,
in either direction. Without `_sort` the newest resource comes first.
"""

from collections.abc import Callable, Sequence
from functools import cmp_to_key
from typing import TYPE_CHECKING

from fhir_server.model.codec import decode
from fhir_server.model.date import microseconds
from fhir_server.model.resource import JsonObject, Version
from fhir_server.outcome import BadRequest, NotSupported
from fhir_server.search.body import texts, ways_of
from fhir_server.search.extract import Extractor
from fhir_server.search.parameter import Parameter
from fhir_server.search.query import Cursor, Order, has_rest
from fhir_server.search.registry import Registry
from fhir_server.search.rows import Rows
from fhir_server.search.value import Scalar, Table

if TYPE_CHECKING:
    from _typeshed import SupportsAllComparisons

TABLES: dict[str, Table] = {"date": "date", "string": "str", "number": "num", "quantity": "num"}
COLUMNS = {"_id": "fid", "_lastUpdated": "updated"}
IN_BODY = ("token", "reference", "uri")
"""Types whose values are looked up in the body."""
MOST = 5
"""Most sort keys of one search."""


def parse_sort(text: str, type: str, tenant: int, registry: Registry) -> tuple[Order, ...]:
    """Read `_sort`: codes joined by commas, `-` before those that descend. Raises BadRequest."""
    codes = text.split(",")
    if len(codes) > MOST:
        raise BadRequest(f"_sort takes at most {MOST} parameters")
    return tuple(_order(code, type, tenant, registry) for code in codes)


def _order(text: str, type: str, tenant: int, registry: Registry) -> Order:
    code, descending = text.removeprefix("-"), text.startswith("-")
    if code in COLUMNS:
        return Order(code, descending, COLUMNS[code])
    parameter = registry.parameter(tenant, type, code)
    if parameter.spread and parameter.type in TABLES:
        raise NotSupported(f"_sort by {code} is not supported: it stands for several parameters")
    table = TABLES.get(parameter.type) if parameter.sources else None
    if table is not None:
        key = parameter.slot.own_key
        return Order(code, descending, "", table, key, single=_is_single(parameter))
    ways = ways_of(parameter.sources)
    if parameter.type not in IN_BODY or not ways:
        raise NotSupported(f"_sort by {code} is not supported: a {parameter.type} has no order")
    return Order(code, descending, ways=ways)


def _is_single(parameter: Parameter) -> bool:
    """Whether a resource has at most one row: HumanName and Address have one for each part."""
    simple = all(source.type not in {"HumanName", "Address"} for source in parameter.sources)
    return parameter.single and simple


def place_of(order: Sequence[Order], version: Version, extractor: Extractor, tenant: int) -> Cursor:
    """Return the place of a match in an order, by its sort values as the database has them."""
    resource = decode(version.body) if any(not one.column for one in order) else {}
    indexed = any(one.is_indexed for one in order)
    rows = extractor(resource, tenant) if indexed else Rows()
    values = tuple(_value(one, version, resource, rows) for one in order)
    if has_rest(order) and values[0] is None:
        return Cursor(version.rid, rest=True)
    return Cursor(version.rid, values)


def _value(order: Order, version: Version, resource: JsonObject, rows: Rows) -> Scalar | None:
    if order.column == "fid":
        return version.id
    if order.column == "updated":
        return microseconds(version.updated)
    values: list[Scalar] = [*texts(resource, order.ways)]
    if order.is_indexed:
        values = [row[1] for row in _rows(order.table, rows) if row[0] == order.key]
    if not values:
        return None
    # values of one parameter are all of one type: the database compares them likewise
    return sorted(values, reverse=order.descending, key=_comparable)[0]


def sort_key(order: Sequence[Order]) -> Callable[[Cursor], "SupportsAllComparisons"]:
    """Return the key by which places in an order are sorted as the database sorts them."""

    def compare(one: Cursor, other: Cursor) -> int:
        pairs = zip(order, _values(one, order), _values(other, order), strict=True)
        for key, left, right in pairs:
            if left is None or right is None:
                found = (left is None) - (right is None)
            else:
                found = _compared(_comparable(left), _comparable(right), key.descending)
            if found:
                return found
        newest_first = not order or order[0].descending
        return _compared((one.after, ""), (other.after, ""), newest_first)

    return cmp_to_key(compare)


def _compared(one: tuple[float, str], other: tuple[float, str], descending: bool) -> int:  # noqa: FBT001 - the direction
    found = (one > other) - (one < other)
    return -found if descending else found


def _values(place: Cursor, order: Sequence[Order]) -> tuple[Scalar | None, ...]:
    return (None,) * len(order) if place.rest else place.values


def _rows(table: Table, rows: Rows) -> Sequence[tuple[int, Scalar, *tuple[Scalar, ...]]]:
    if table == "str":
        return rows.str
    return rows.num if table == "num" else rows.date


def _comparable(value: Scalar) -> tuple[float, str]:
    return (0, value) if isinstance(value, str) else (value, "")
