from collections.abc import Sequence
from dataclasses import dataclass

from mappers.apply import Call, Untranslated, Vocabulary, apply
from mappers.codes import Code, CodeMap, Row, index_maps
from mappers.document import document_codes, document_page, document_table
from mappers.path import JsonObject, JsonValue, read, text
from mappers.rule import AllOf, AnyOf, Empty, Is, Not, Rule, Table, Valued, When

GENDER = CodeMap("sex", "FHIR", "urn:x", (Row("female", "F"), Row("male", "M"), Row("other", "")))


@dataclass(frozen=True, slots=True)
class JsonSource:
    tree: JsonObject

    def nodes(self, path: str) -> Sequence[JsonValue]:
        return read(self.tree, path)

    def texts(self, path: str) -> Sequence[str]:
        return [text(value) for value in self.nodes(path)]


def plain(node: JsonValue, _call: Call[str]) -> JsonValue:
    return text(node) or None


def upper(node: JsonValue, call: Call[str]) -> JsonValue:
    return call.context + text(node).upper()


def translated(node: JsonValue, call: Call[str]) -> JsonValue:
    found = call.translate(text(node))
    return found.code if found else None


VOCABULARY: Vocabulary[JsonValue, str] = Vocabulary(
    {"text": plain, "upper": upper, "code": translated}, index_maps((GENDER,))
)
PATIENT: JsonObject = {
    "name": [{"family": "Doe", "given": ["Jo", "Ann"]}],
    "gender": "female",
    "active": True,
}


def table(*rules: Rule) -> Table:
    return Table("Patient", "Person", rules)


def test_rules_write_their_targets() -> None:
    rules = (
        Rule("name.family", "last", using="upper"),
        Rule("name.given", "first[]"),
        Rule("name.given", "initial"),
        Rule("gender", "sex", using="code", codes="sex"),
        Rule("", "kind", constant="person"),
    )
    tree, trace = apply(table(*rules), JsonSource(PATIENT), VOCABULARY, "*")
    assert tree == {
        "last": "*DOE",
        "first": ["Jo", "Ann"],
        "initial": "Jo",
        "sex": "F",
        "kind": "person",
    }
    assert ("name.family", "last") in trace.written
    assert ("", "kind") in trace.written


def test_first_rule_wins_and_the_other_is_traced() -> None:
    rules = (Rule("name.family", "x"), Rule("gender", "x"), Rule("name.family", "x"))
    tree, trace = apply(table(*rules), JsonSource(PATIENT), VOCABULARY, "")
    assert tree == {"x": "Doe"}
    assert trace.overruled == [("gender", "x")]


def test_code_without_a_target_is_traced_and_never_guessed() -> None:
    rules = (Rule("gender", "sex", using="code", codes="sex", required=True),)
    tree, trace = apply(table(*rules), JsonSource({"gender": "other"}), VOCABULARY, "")
    assert tree == {}
    assert trace.untranslated == [Untranslated("gender", "sex", "other")]
    assert trace.unwritten == trace.missing == [("gender", "sex")]


def test_required_rule_is_missing_only_where_its_condition_holds() -> None:
    rules = (
        Rule("birthDate", "a", required=True),
        Rule("birthDate", "b", required=True, when=Valued("birthDate")),
    )
    _, trace = apply(table(*rules), JsonSource(PATIENT), VOCABULARY, "")
    assert trace.missing == [("birthDate", "a")]


def test_conditions() -> None:
    female, doe = Is("gender", ("female",)), Valued("name.family")
    conditions: dict[str, When] = {
        "is": female,
        "valued": doe,
        "empty": Empty("birthDate"),
        "all": AllOf((female, doe)),
        "any": AnyOf((Empty("gender"), doe)),
        "boolean": Is("active", ("true",)),
        "not": Not(female),
        "none": AnyOf((Empty("gender"), Empty("name"))),
        "some": AllOf((female, Empty("gender"))),
    }
    rules = [Rule("", name, constant=1, when=one) for name, one in conditions.items()]
    tree, _ = apply(table(*rules), JsonSource(PATIENT), VOCABULARY, "")
    assert list(tree) == ["is", "valued", "empty", "all", "any", "boolean"]


def test_code_map_knows_what_has_no_target() -> None:
    assert GENDER.translate("female") == Code("F", "urn:x")
    assert GENDER.translate("other") is None
    assert GENDER.knows("other")
    assert not GENDER.knows("x")
    kept = CodeMap("kept", "s", "urn:x", (), keep_unknown=True)
    assert kept.translate("x") == Code("x", "urn:x")


def test_documents_show_every_rule_and_code() -> None:
    rule = Rule("gender", "sex", "code", "sex", when=Valued("gender"), required=True, note="a|b")
    mapping = Table("P", "Q", (rule, Rule("", "kind", constant="x")), structural=("id",))
    page = document_page("Title", "Words.", (mapping,), (GENDER,))
    row = "| gender | sex (required) | code | sex | gender is valued | a\\|b |"
    assert row in document_table(mapping)
    assert '| "x" | kind | constant |' in document_table(mapping)
    assert "| other | none |  |" in document_codes(GENDER)
    assert page.startswith("# Title\n\nWords.\n")
    assert row in page
    assert "Structure only: id." in page
