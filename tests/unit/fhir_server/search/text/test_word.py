"""Words are the same whatever their case, accents and script."""

import pytest

from fhir_server.search.text.word import LONGEST, words_of


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Chest pain, left-sided", ("chest", "pain", "left", "sided")),
        ("Ménière\tMÜLLER", ("meniere", "muller")),
        ("2093-3 mg/dL", ("2093", "3", "mg", "dl")),
        ("snake_case", ("snake", "case")),
        ("Straße", ("strasse",)),
        ("頭痛 a", ("頭", "痛", "a")),
        ("пациент Иванов", ("пациент", "иванов")),
        (" -- ", ()),
        ("\ud800x", ("x",)),
    ],
)
def test_words_of_a_text(text: str, words: tuple[str, ...]) -> None:
    assert words_of(text) == words


def test_long_word_is_cut() -> None:
    assert words_of("a" * 500) == ("a" * LONGEST,)
