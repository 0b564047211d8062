"""The `_cursor` parameter of a link: which page it leads to, opaque to clients.

It holds a position, the moment of the search and what was told already. What it shows is decided
by the query and the context, so a forged one shows nothing that a search or the history would not.
"""

import base64
import binascii
from collections.abc import Sequence

import msgspec

from fhir_server.outcome import BadRequest, Stale
from fhir_server.search.escape import is_storable
from fhir_server.search.moment import Moment, is_mark
from fhir_server.search.query import Bookmark, Cursor, Order, Total, has_rest
from fhir_server.search.value import Scalar
from profiles.typed import TypedReader

LIFETIME = 24 * 3600 * 1_000_000
"""Microseconds for which the pages of a search can be read."""


class Place(msgspec.Struct, array_like=True):
    """A cursor as written in a link."""

    after: int
    values: tuple[int | float | str | None, ...]
    rest: bool


class Written(msgspec.Struct, array_like=True, omit_defaults=True):
    """A bookmark as written in a link."""

    place: Place | None
    moment: tuple[int, str] | None = None
    trail: tuple[Place | None, ...] = ()
    total: tuple[int, bool] | None = None
    along: tuple[int, int] | None = None


_WRITTEN = TypedReader(Written)


def write_bookmark(bookmark: Bookmark) -> str:
    """Return the value of `_cursor`."""
    moment, total = bookmark.moment, bookmark.total
    written = Written(
        _place(bookmark.place),
        (moment.taken, moment.mark) if moment else None,
        tuple(map(_place, bookmark.trail)),
        (total.number, total.exact) if total else None,
        bookmark.along,
    )
    return base64.urlsafe_b64encode(msgspec.json.encode(written)).decode().rstrip("=")


def read_bookmark(text: str, order: Sequence[Order], now: int) -> Bookmark:
    """Return the bookmark of a link for a search in this order.

    Raises BadRequest for what no link of such a search has, Stale for what is too old.
    """
    try:
        data = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        written = _WRITTEN.decode(data)
    except (ValueError, binascii.Error, msgspec.MsgspecError):
        raise BadRequest("_cursor is not from a link of this server") from None
    places = (written.place, *written.trail)
    if not (all(_belongs(one, order) for one in places) and _is_sound(written)):
        raise BadRequest("_cursor is not from a link of this search")
    moment = Moment(*written.moment) if written.moment else None
    if moment is not None and not now - LIFETIME < moment.taken < now + LIFETIME:
        raise Stale("the link is too old; search again")
    return Bookmark(
        _cursor(written.place),
        moment,
        tuple(map(_cursor, written.trail)),
        Total(*written.total) if written.total else None,
        written.along,
    )


def _place(cursor: Cursor | None) -> Place | None:
    return Place(cursor.after, cursor.values, cursor.rest) if cursor else None


def _cursor(place: Place | None) -> Cursor | None:
    return Cursor(place.after, place.values, place.rest) if place else None


def _is_sound(written: Written) -> bool:
    """Whether numbers and marks are such as the database takes."""
    numbers = [*(written.along or ()), *((written.total or ())[:1]), *((written.moment or ())[:1])]
    marked = written.moment is None or is_mark(written.moment[1])
    return marked and all(isinstance(one, int) and _is_key(one) for one in numbers)


def _belongs(place: Place | None, order: Sequence[Order]) -> bool:
    """Whether the place is one that a search in this order can have."""
    if place is None:
        return True
    if not _is_key(place.after):
        return False
    if place.rest:
        return has_rest(order) and not place.values
    if len(place.values) != len(order):
        return False
    return all(_fits(value, one, order) for value, one in zip(place.values, order, strict=True))


def _fits(value: Scalar | None, one: Order, order: Sequence[Order]) -> bool:
    if value is None:
        return not one.column and not has_rest(order)
    if one.is_text:
        return isinstance(value, str) and is_storable(value)
    return isinstance(value, float) or (isinstance(value, int) and _is_key(value))


def _is_key(number: int) -> bool:
    return -(2**63) <= number < 2**63
