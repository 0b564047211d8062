"""What may be asked of words, and how both databases are asked it."""

import pytest

from fhir_server.outcome import BadRequest
from fhir_server.search.text.asked import MOST, Either, Every, Phrase, beginning, read_asked
from fhir_server.search.text.spelling import fts5, tsquery
from fhir_server.search.text.word import words_of

TEXTS = ("Knee pain since May", "no fever", "Diabetes mellitus type 2")
PASSAGES = tuple(map(words_of, TEXTS))


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("knee", True),
        ("KNEE Fever", True),
        ("knee elbow", False),
        ("elbow OR fever", True),
        ("elbow | fever", True),
        ("elbow OR hip", False),
        ("knee AND fever", True),
        ("knee -elbow", True),
        ("knee -fever", False),
        ("knee NOT fever", False),
        ("knee NOT elbow", True),
        ('"knee pain"', True),
        ('"pain knee"', False),
        ('"may no"', False),
        ('knee -"knee pain"', False),
        ("diab*", True),
        ("iabetes*", False),
        ('"diabetes mell"*', True),
        ('"diabetes mell"', False),
        ("(elbow OR knee) fever", True),
        ("(elbow OR hip) fever", False),
        ("fever -(knee elbow)", True),
        ("fever -(knee OR elbow)", False),
        ("elbow fever OR knee", True),
        ("type-2", True),
        ("2-type", False),
        ("fever & knee", True),
    ],
)
def test_question(asked: str, found: bool) -> None:
    assert read_asked(asked, "_content").holds(PASSAGES) is found


@pytest.mark.parametrize(
    "asked",
    [
        "-knee",
        "NOT knee",
        "knee OR -pain",
        "",
        "+++",
        '"knee',
        "(knee",
        "knee)",
        "NOT",
        "knee NOT",
        "OR",
        "knee OR",
        "()",
        "(" * 12 + "a" + ")" * 12,
        "a " * (MOST + 1),
    ],
)
def test_question_without_a_sense_is_refused(asked: str) -> None:
    with pytest.raises(BadRequest, match="_content"):
        read_asked(asked, "_content")


def test_question_is_read_as_a_tree() -> None:
    assert read_asked('a "b c"* -d OR e', "_text") == Either(
        (
            Every((Phrase(("a",)), Phrase(("b", "c"), begins=True)), (Phrase(("d",)),)),
            Phrase(("e",)),
        )
    )


def test_text_beside_a_code_is_a_phrase_that_may_go_on() -> None:
    assert beginning("Head ac", "ªx") == Phrase(("ªx", "head", "ac"), begins=True)
    assert beginning("-", "ªx") is None


@pytest.mark.parametrize(
    ("asked", "postgresql", "sqlite"),
    [
        ("a", "('a')", '"a"'),
        ("a b", "(('a') & ('b'))", '("a" AND "b")'),
        ("a OR b", "(('a') | ('b'))", '("a" OR "b")'),
        ("a -b", "(('a') & !('b'))", '(("a") NOT ("b"))'),
        ('"a b"*', "('a' <-> 'b':*)", '"a b" *'),
    ],
)
def test_question_is_spelled_for_each_database(asked: str, postgresql: str, sqlite: str) -> None:
    question = read_asked(asked, "_content")
    assert tsquery(question) == postgresql
    assert fts5(question) == sqlite


def test_narrative_alone_is_asked_by_weight_and_by_column() -> None:
    question = read_asked('"a b"* c', "_text")
    assert tsquery(question, "narrative") == "(('a':A <-> 'b':*A) & ('c':A))"
    assert fts5(question, "narrative") == '{narrative} : (("a b" * AND "c"))'
