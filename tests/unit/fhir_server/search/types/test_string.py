# ruff: noqa: RUF001 - letters that look alike are what these tests tell apart
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_server.outcome import BadRequest, NotSupported
from fhir_server.search.fold import fold
from fhir_server.search.types.string import PASSAGE
from tests.unit.fhir_server.search.sample import finds, observation, patient, query

NAMED = patient(
    name=[{"family": "von Ångström", "given": ["José  María", "X"], "prefix": ["Dr."]}],
    address=[{"line": ["Main St. 5"], "city": "Zürich", "postalCode": "8001"}],
)


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("name", "von ang", True),
        ("name", "ÅNGSTRÖM", False),
        ("name", "jose maria", True),
        ("name", "jose maria x von angstrom", True),
        ("name", "x", True),
        ("name", "dr", True),
        ("name", "maria", False),
        ("family", "VON", True),
        ("family", "jose", False),
        ("given", "José", True),
        ("given", "von,x", True),
        ("address", "zur", True),
        ("address", "main st", True),
        ("address", "800", True),
        ("address-city", "Zürich", True),
        ("address-city", "8001", False),
    ],
)
def test_text_is_found_by_its_beginning(name: str, value: str, found: bool) -> None:
    assert finds(NAMED, name, value) is found


def test_whole_name_is_found_as_it_was_given() -> None:
    assert finds(patient(name=[{"text": "Weber, Anna"}]), "name", r"weber\, an")


@pytest.mark.parametrize(
    ("value", "found"),
    [("von Ångström", True), ("von angstrom", False), ("von", False), ("von Ångström ", False)],
)
def test_exact_compares_as_written(value: str, found: bool) -> None:
    assert finds(NAMED, "family:exact", value) is found


@pytest.mark.parametrize(
    ("value", "found"),
    [("ANGST", True), ("on ang", True), ("strom", True), ("%", False), ("_", False), ("x", False)],
)
def test_contains_finds_text_inside(value: str, found: bool) -> None:
    assert finds(NAMED, "family:contains", value) is found


@given(st.integers(0, 600 - PASSAGE), st.integers(1, PASSAGE))
def test_contains_finds_every_passage_of_a_long_text(start: int, length: int) -> None:
    text = "".join(f"{number:x}." for number in range(200))[:600]
    assert finds(observation(valueString=text), "value-string:contains", text[start:][:length])


def test_contains_refuses_passages_it_could_miss() -> None:
    with pytest.raises(BadRequest, match="contains"):
        query("Patient", ("family:contains", "a" * (PASSAGE + 1)))


def test_beginning_of_a_long_text_finds_it() -> None:
    text = "word " * 100
    assert finds(observation(valueString=text), "value-string", text[:300])
    assert not finds(observation(valueString=text), "value-string", "ord")


def test_other_modifiers_are_refused() -> None:
    with pytest.raises(NotSupported, match="name:text"):
        query("Patient", ("name:text", "a"))


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="aÅéß ", max_size=10))
def test_case_does_not_count(text: str) -> None:
    assert fold(text.upper().lower()) == fold(text.lower())


@pytest.mark.parametrize(
    ("stored", "asked", "found"),
    [
        ("Große", "GROSSE", True),
        ("GROẞE", "große", True),
        ("Straße", "strasse", True),
        ("İstanbul", "istanbul", True),
        ("istanbul", "İSTANBUL", True),
        ("Işık", "isik", True),
        ("e\u0301te\u0301", "\u00e9t\u00e9", True),
        ("Nguyễn", "nguyen", True),
        ("Łukasz", "lukasz", True),
        ("Sørensen", "Sorensen", True),
        ("Ægir", "aegir", True),
        ("ΆΝΝΑ", "αννα", True),
        ("Ёлкин", "елкин", True),
        ("山田太郎", "山田", True),
        ("山田太郎", "太郎", False),
        ("ｱﾝﾅ", "アンナ", True),
        ("Ａｎｎａ", "anna", True),
        ("がくせい", "かくせい", False),
        ("がくせい", "か\u3099く", True),
        ("한국", "한", True),
        ("한국", "하", False),
        ("\u1112\u1161\u11ab국", "한국", True),
        ("ﬁnch", "finch", True),
    ],
)
def test_case_and_accents_do_not_count_but_letters_do(stored: str, asked: str, found: bool) -> None:
    assert finds(patient(name=[{"family": stored}]), "family", asked) is found
    inside = patient(name=[{"family": f"x{stored}"}])
    assert finds(inside, "family:contains", asked) or not found
    assert finds(patient(name=[{"family": stored}]), "family:exact", asked) is (stored == asked)


@pytest.mark.parametrize("name", ["name", "name:contains"])
@pytest.mark.parametrize("value", [" ", "\t", "a, ", "\u0301"])
def test_nothing_but_space_or_accents_is_no_value(name: str, value: str) -> None:
    """Every text would begin with it: a delete by such a condition would take everyone."""
    with pytest.raises(BadRequest):
        query("Patient", (name, value))
