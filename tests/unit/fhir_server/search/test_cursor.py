import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_server.outcome import BadRequest
from fhir_server.search.cursor import read_cursor, write_cursor
from fhir_server.search.query import Cursor

NUMBER = st.integers(-(2**63), 2**63 - 1)
VALUE = st.none() | NUMBER | st.text() | st.floats(allow_nan=False, allow_infinity=False)


@given(NUMBER, st.lists(VALUE, max_size=3), st.booleans())
def test_cursor_comes_back_as_it_was(
    after: int, values: list[int | str | None], rest: bool
) -> None:
    cursor = Cursor(after, tuple(values), rest)
    assert read_cursor(write_cursor(cursor), len(values)) == cursor


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
        read_cursor(text, 0)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        cursor = read_cursor(text, 0)
    except BadRequest:
        return
    assert -(2**63) <= cursor.after < 2**63
