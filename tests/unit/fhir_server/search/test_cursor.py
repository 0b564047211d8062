import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_server.outcome import BadRequest
from fhir_server.search.cursor import read_cursor, write_cursor
from fhir_server.search.query import Cursor, Order

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
    assert read_cursor(write_cursor(cursor), (BORN, NAME, ID)) == cursor


def test_rest_is_a_place_of_its_own() -> None:
    cursor = Cursor(5, rest=True)
    assert read_cursor(write_cursor(cursor), (BORN,)) == cursor


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
        read_cursor(write_cursor(cursor), order)


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
        encoded('["1",[],false]'),
        encoded("[1,[2],false]"),
        encoded("[99999999999999999999,[],false]"),
        encoded("[1,[[1]],false]"),
    ],
)
def test_forged_cursor_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="_cursor"):
        read_cursor(text, ())


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        cursor = read_cursor(text, ())
    except BadRequest:
        return
    assert -(2**63) <= cursor.after < 2**63
