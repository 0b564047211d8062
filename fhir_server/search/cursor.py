"""The `_cursor` parameter of a next link: where a page begins, opaque to clients.

It holds only a position. What it shows is decided by the query and the context, so a forged one
shows nothing that a search would not.
"""

import base64
import binascii
from collections.abc import Sequence

import msgspec

from fhir_server.outcome import BadRequest
from fhir_server.search.escape import is_storable
from fhir_server.search.query import Cursor, Order, has_rest
from fhir_server.search.value import Scalar


class Written(msgspec.Struct, array_like=True):
    """A cursor as written in a link."""

    after: int
    values: tuple[int | float | str | None, ...]
    rest: bool


def write_cursor(cursor: Cursor) -> str:
    """Return the value of `_cursor`."""
    written = Written(cursor.after, cursor.values, cursor.rest)
    return base64.urlsafe_b64encode(msgspec.json.encode(written)).decode().rstrip("=")


def read_cursor(text: str, order: Sequence[Order]) -> Cursor:
    """Return the cursor of a link for a search in this order. Raises BadRequest."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        written = msgspec.json.decode(data, type=Written)
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        raise BadRequest("_cursor is not from a next link of this server") from None
    if not (_is_key(written.after) and _belongs(written, order)):
        raise BadRequest("_cursor is not from a next link of this search")
    return Cursor(written.after, written.values, written.rest)


def _belongs(written: Written, order: Sequence[Order]) -> bool:
    """Whether the place is one that a search in this order can have."""
    if written.rest:
        return has_rest(order) and not written.values
    if len(written.values) != len(order):
        return False
    return all(_fits(value, one, order) for value, one in zip(written.values, order, strict=True))


def _fits(value: Scalar | None, one: Order, order: Sequence[Order]) -> bool:
    if value is None:
        return not one.column and not has_rest(order)
    if one.column == "fid" or (not one.column and one.table == "str"):
        return isinstance(value, str) and is_storable(value)
    return isinstance(value, float) or (isinstance(value, int) and _is_key(value))


def _is_key(number: int) -> bool:
    return -(2**63) <= number < 2**63
