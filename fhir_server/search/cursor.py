"""The `_cursor` parameter of a next link: where a page begins, opaque to clients.

It holds only a position. What it shows is decided by the query and the context, so a forged one
shows nothing that a search would not.
"""

import base64
import binascii

import msgspec

from fhir_server.outcome import BadRequest
from fhir_server.search.query import Cursor


class Written(msgspec.Struct, array_like=True):
    """A cursor as written in a link."""

    after: int
    values: tuple[int | float | str | None, ...]
    rest: bool


def write_cursor(cursor: Cursor) -> str:
    """Return the value of `_cursor`."""
    written = Written(cursor.after, cursor.values, cursor.rest)
    return base64.urlsafe_b64encode(msgspec.json.encode(written)).decode().rstrip("=")


def read_cursor(text: str, orders: int) -> Cursor:
    """Return the cursor of a link for a search with so many sort keys. Raises BadRequest."""
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        written = msgspec.json.decode(data, type=Written)
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        raise BadRequest("_cursor is not from a next link of this server") from None
    if not (written.rest or len(written.values) == orders) or not _fits(written):
        raise BadRequest("_cursor is not from a next link of this search")
    return Cursor(written.after, written.values, written.rest)


def _fits(written: Written) -> bool:
    numbers = [one for one in written.values if isinstance(one, int)]
    return all(-(2**63) <= one < 2**63 for one in (written.after, *numbers))
