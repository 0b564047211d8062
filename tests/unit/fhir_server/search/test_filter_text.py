import pytest

from fhir_server.outcome import BadRequest
from fhir_server.search.filter_text import Compared, Expression, Joined, Negated, parse_filter


def written(expression: Expression) -> str:
    """Return an expression with every parenthesis written."""
    match expression:
        case Joined(word=word, parts=parts):
            return "(" + f" {word} ".join(map(written, parts)) + ")"
        case Negated(part=part):
            return f"not {written(part)}"
        case Compared():
            path = ".".join(
                step.name if step.condition is None else f"{step.name}[{written(step.condition)}]"
                for step in expression.steps
            )
            return f"{path} {expression.operator} <{expression.value}>"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('name co "pet"', "name co <pet>"),
        ("  birthdate   ge   2014-10-10 ", "birthdate ge <2014-10-10>"),
        ("code eq http://loinc.org|1234-5", "code eq <http://loinc.org|1234-5>"),
        ('name eq "a \\"b\\" ) ] \\u00e9"', 'name eq <a "b" ) ] é>'),
        ("a eq 1 and b eq 2 or c eq 3", "((a eq <1> and b eq <2>) or c eq <3>)"),
        ("a eq 1 or b eq 2 and c eq 3", "(a eq <1> or (b eq <2> and c eq <3>))"),
        ("(a eq 1 or b eq 2) and c eq 3", "((a eq <1> or b eq <2>) and c eq <3>)"),
        ("a eq 1 and not (b eq 2)", "(a eq <1> and not b eq <2>)"),
        ("not(a eq 1 or(b eq 2))", "not (a eq <1> or b eq <2>)"),
        ("a.b.c pr true", "a.b.c pr <true>"),
        ("subject:Patient.name sw x", "subject:Patient.name sw <x>"),
        ("_has:Observation:patient:code eq x", "_has:Observation:patient:code eq <x>"),
        ('a[b eq "x" and c eq y].d re E/4', "a[(b eq <x> and c eq <y>)].d re <E/4>"),
        ("and eq or and or eq and", "(and eq <or> and or eq <and>)"),
    ],
)
def test_filter_is_read_as_the_standard_has_it(text: str, expected: str) -> None:
    assert written(parse_filter(text)) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "a search parameter expected at character 1"),
        ("name", "an operator such as eq expected at character 5"),
        ("name like x", "an operator such as eq expected at character 6"),
        ("name eq", "a value expected at character 8"),
        ('name eq "x', "a value expected at character 9"),
        ('name eq ""', "a value before this expected"),
        ('name eq "\\q"', "a JSON string before this expected"),
        ("name eq x y", "and, or, or the end expected at character 11"),
        ("(name eq x", r"\) expected at character 11"),
        ("name eq x)", "and, or, or the end expected at character 10"),
        ("a[b eq x] eq y", "a dot and a parameter expected at character 11"),
        ("a[b eq x.c eq y", "expected at character"),
        ("not name eq x", "an operator such as eq expected at character 5"),
        ("a eq 1 and", "and, or, or the end expected at character 8"),
        ("(" * 40 + "a eq 1" + ")" * 40, "more than 32 levels at character 33"),
    ],
)
def test_what_is_no_filter_is_refused_with_its_position(text: str, told: str) -> None:
    with pytest.raises(BadRequest, match=told):
        parse_filter(text)
