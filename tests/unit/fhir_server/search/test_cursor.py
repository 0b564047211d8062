import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_server.outcome import BadRequest
from fhir_server.search.cursor import read_bookmark, write_bookmark
from fhir_server.search.moment import Moment
from fhir_server.search.query import Bookmark, Cursor, Order, Total

NUMBER = st.integers(-(2**63), 2**63 - 1)
TEXT = st.text(alphabet=st.characters(exclude_characters="\x00", exclude_categories=["Cs"]))
BORN = Order("birthdate", False, "", "date", 1, single=True)
NAME = Order("name", False, "", "str", 2)
ID = Order("_id", True, "fid")


@given(NUMBER, st.none() | NUMBER, st.none() | TEXT, TEXT)
def test_cursor_comes_back_as_it_was(
    after: int, born: int | None, name: str | None, id: str
) -> None:
    cursor = Cursor(after, (born, name, id))
    trail = (Cursor(after, (None, name, id)), None)
    bookmark = Bookmark(cursor, Moment(7, "3:9:4,5"), trail, Total(3, exact=False), (1, after))
    assert read_bookmark(write_bookmark(bookmark), (BORN, NAME, ID), 0) == bookmark


def test_rest_is_a_place_of_its_own() -> None:
    cursor = Cursor(5, rest=True)
    assert read_bookmark(write_bookmark(Bookmark(cursor)), (BORN,), 0) == Bookmark(cursor)


@pytest.mark.parametrize(
    ("cursor", "order"),
    [
        (Cursor(5, rest=True), ()),
        (Cursor(5, rest=True), (ID,)),
        (Cursor(5, rest=True), (NAME,)),
        (Cursor(5, rest=True), (BORN, ID)),
        (Cursor(5, (1,), rest=True), (BORN,)),
        (Cursor(5, (None,)), (BORN,)),
        (Cursor(5, (None,)), (ID,)),
        (Cursor(5, ("a",)), (BORN,)),
        (Cursor(5, (2**63,)), (BORN,)),
        (Cursor(5, (1,)), (NAME,)),
        (Cursor(5, (1,)), (ID,)),
        (Cursor(5, ("\x00",)), (NAME,)),
        (Cursor(5, (1,)), ()),
        (Cursor(5, ()), (BORN,)),
    ],
)
def test_place_of_another_order_is_refused(cursor: Cursor, order: tuple[Order, ...]) -> None:
    with pytest.raises(BadRequest, match="_cursor"):
        read_bookmark(write_bookmark(Bookmark(cursor)), order, 0)
    with pytest.raises(BadRequest, match="_cursor"):
        read_bookmark(write_bookmark(Bookmark(None, trail=(cursor,))), order, 0)


def encoded(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!",
        "ü",
        "AAAA",
        encoded("[]"),
        encoded('[["1",[],false]]'),
        encoded("[[1,[2],false]]"),
        encoded("[[99999999999999999999,[],false]]"),
        encoded("[[1,[[1]],false]]"),
        encoded('[null,[1,"x"]]'),
        encoded('[null,[1,"5:1:"]]'),
        encoded('[null,[99999999999999999999,"1"]]'),
        encoded("[null,null,[],[99999999999999999999,true]]"),
        encoded("[null,null,[],null,[1,99999999999999999999]]"),
    ],
)
def test_forged_cursor_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="_cursor"):
        read_bookmark(text, (), 0)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        bookmark = read_bookmark(text, (), 0)
    except BadRequest:
        return
    assert bookmark.place is None or -(2**63) <= bookmark.place.after < 2**63
