"""Sorting: which parameters give an order, and where a row stands in it.

Source: https://hl7.org/fhir/R4/search.html#sort. Dates sort by their beginning, numbers by their
lower end, strings by their folded text; of several values the first in the order counts. Rows
without a value come last, in either direction. Tokens, references and URIs are indexed by hash,
which has no order: they are refused. Without `_sort` the newest resource comes first.
"""

from collections.abc import Sequence

from fhir_server.model.codec import decode
from fhir_server.model.date import microseconds
from fhir_server.model.resource import Version
from fhir_server.outcome import BadRequest, NotSupported
from fhir_server.search.extract import Extractor
from fhir_server.search.parameter import Parameter
from fhir_server.search.query import Order
from fhir_server.search.registry import Registry
from fhir_server.search.rows import Rows
from fhir_server.search.value import Scalar, Table

TABLES: dict[str, Table] = {"date": "date", "string": "str", "number": "num", "quantity": "num"}
COLUMNS = {"_id": "fid", "_lastUpdated": "updated"}
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
    table = TABLES.get(parameter.type)
    if table is None:
        raise NotSupported(f"_sort by {code} is not supported: a {parameter.type} has no order")
    key = parameter.slot.own_key
    return Order(code, descending, "", table, key, single=_is_single(parameter))


def _is_single(parameter: Parameter) -> bool:
    """Whether a resource has at most one row: HumanName and Address have one for each part."""
    simple = all(source.type not in {"HumanName", "Address"} for source in parameter.sources)
    return parameter.single and simple


def place_of(
    order: Sequence[Order], version: Version, extractor: Extractor, tenant: int
) -> tuple[Scalar | None, ...]:
    """Return the sort values of a match, as the index has them."""
    indexed = any(not one.column for one in order)
    rows = extractor(decode(version.body), tenant) if indexed else Rows()
    return tuple(_value(one, version, rows) for one in order)


def _value(order: Order, version: Version, rows: Rows) -> Scalar | None:
    if order.column == "fid":
        return version.id
    if order.column == "updated":
        return microseconds(version.updated)
    values: list[Scalar] = [row[1] for row in _rows(order.table, rows) if row[0] == order.key]
    if not values:
        return None
    # values of one table are all of one type: the index compares them likewise
    return sorted(values, reverse=order.descending, key=_comparable)[0]


def _rows(table: Table, rows: Rows) -> Sequence[tuple[int, Scalar, *tuple[Scalar, ...]]]:
    if table == "str":
        return rows.str
    return rows.num if table == "num" else rows.date


def _comparable(value: Scalar) -> tuple[float, str]:
    return (0.0, value) if isinstance(value, str) else (value, "")
