import pytest

from mappers.rule import (
    AllOf,
    AnyOf,
    Empty,
    Is,
    Not,
    Rule,
    Table,
    Valued,
    When,
    describe,
    specialize,
)

NUMBER = Is("OBX-2", ("NM", "SN"))


@pytest.mark.parametrize(
    ("condition", "words"),
    [
        (None, ""),
        (NUMBER, "OBX-2 is NM or SN"),
        (Valued("ORC-5"), "ORC-5 is valued"),
        (Empty("ORC-5"), "ORC-5 is empty"),
        (Not(NUMBER), "not (OBX-2 is NM or SN)"),
        (AllOf((Valued("A"), Empty("B"))), "A is valued and B is empty"),
        (AnyOf((Valued("A"), Empty("B"))), "A is valued or B is empty"),
    ],
)
def test_condition_in_words(condition: When | None, words: str) -> None:
    assert describe(condition) == words


def test_specialized_table_keeps_only_what_can_hold() -> None:
    table = Table(
        source="OBX",
        target="Observation",
        rules=(
            Rule("OBX-5", "a", when=NUMBER),
            Rule("OBX-5", "b", when=Is("OBX-2", ("ST",))),
            Rule("OBX-5", "c", when=Not(NUMBER)),
            Rule("OBX-5", "d", when=Valued("OBX-6")),
            Rule("OBX-5", "e"),
        ),
    )
    for_numbers = specialize(table, "OBX-2", "NM")
    assert [rule.target for rule in for_numbers.rules] == ["a", "d", "e"]
    assert [rule.when for rule in for_numbers.rules] == [None, Valued("OBX-6"), None]
    assert [rule.target for rule in specialize(table, "OBX-2", "").rules] == ["c", "d", "e"]
    assert table.name == "OBX[Observation]"
