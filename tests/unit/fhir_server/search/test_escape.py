import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_server.search.escape import split, unescape


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a,b", ["a", "b"]),
        (r"a\,b", [r"a\,b"]),
        (r"a\\,b", [r"a\\", "b"]),
        (r"a\\\,b,c", [r"a\\\,b", "c"]),
        ("a\\\n,b", ["a\\\n", "b"]),
        ("a,b\\", ["a", "b\\"]),
        (",", ["", ""]),
        ("", [""]),
    ],
)
def test_escaped_separators_do_not_separate(text: str, parts: list[str]) -> None:
    assert split(text, ",") == parts


def test_escapes_become_what_they_stand_for() -> None:
    assert unescape(r"a\,b\|c\$d\\e\f") == r"a,b|c$d\e\f"


def escape(text: str) -> str:
    for character in "\\,|$":
        text = text.replace(character, "\\" + character)
    return text


@given(st.lists(st.text(alphabet="ab\\,|$", max_size=6), min_size=1, max_size=4))
def test_what_was_escaped_and_joined_comes_back(parts: list[str]) -> None:
    text = ",".join(escape(part) for part in parts)
    assert [unescape(part) for part in split(text, ",")] == parts
