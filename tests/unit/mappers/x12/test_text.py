from decimal import Decimal

import pytest

from mappers.x12.text import decimal_text, plain, simple_text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("150.00", "150"),
        ("87.50", "87.5"),
        ("0.50", "0.5"),
        ("-12.30", "-12.3"),
        ("0.00", "0"),
        ("-0.00", "0"),
        ("1E+3", "1000"),
        ("1200", "1200"),
        ("0.005", "0.005"),
    ],
)
def test_number_is_written_in_its_shortest_form(value: str, text: str) -> None:
    assert decimal_text(Decimal(value)) == text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jos\u00e9 N\u00fa\u00f1ez", "Jose Nunez"),
        ("Stra\u00dfe", "Strasse"),
        ("O\u2019Neil \u2013 Smith", "O'Neil - Smith"),
        ("  two\n words ", "two words"),
        ("\u6f22", ""),
    ],
)
def test_text_is_made_plain(text: str, expected: str) -> None:
    assert plain(text) == expected


def test_nothing_is_empty_text() -> None:
    assert (simple_text(None), simple_text(3), simple_text("A")) == ("", "3", "A")
