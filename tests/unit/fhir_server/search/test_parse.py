import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_server.outcome import BadRequest, NotSupported, UnknownParameter
from fhir_server.search.options import Options
from fhir_server.search.query import Ids, Include
from tests.unit.fhir_server.search.sample import options, query


def test_parameters_of_one_name_must_all_hold() -> None:
    asked = query("Patient", ("given", "a"), ("given", "b"), ("birthdate", "2013"))
    assert len(asked.criteria) == 3


def test_unknown_parameter_is_refused_with_those_known() -> None:
    with pytest.raises(UnknownParameter, match="birthdate"):
        query("Patient", ("birthday", "2013"))


def test_lenient_search_tells_what_it_ignored() -> None:
    asked = query("Patient", ("birthday", "1"), ("name", "a"), given=options(lenient=True))
    assert asked.ignored == ("birthday",)
    assert asked.parameters == (("name", "a"),)
    assert len(asked.criteria) == 1


def test_lenient_search_still_refuses_bad_values() -> None:
    with pytest.raises(BadRequest, match="birthdate"):
        query("Patient", ("birthdate", "x"), given=options(lenient=True))


@pytest.mark.parametrize(
    "name",
    [
        "_text",
        "_content",
        "_contained",
        "_id:exact",
        "_lastUpdated:exact",
        "code-value-quantity:missing",
        "code-value-quantity:not",
    ],
)
def test_what_is_not_answered_is_refused_by_name(name: str) -> None:
    with pytest.raises(NotSupported, match=name.partition(":")[0].partition(".")[0]):
        query("Observation", (name, "true"))


@pytest.mark.parametrize(
    ("text", "count"), [(None, 50), ("0", 0), ("7", 7), ("1000", 1000), ("99999999999999", 1000)]
)
def test_count_is_kept_within_its_limit(text: str | None, count: int) -> None:
    pairs = [] if text is None else [("_count", text)]
    assert query("Patient", *pairs).count == count


@pytest.mark.parametrize("text", ["-1", "x", "", "1.5", "²"])
def test_count_that_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="_count"):
        query("Patient", ("_count", text))


@pytest.mark.parametrize(
    ("pair", "total", "only"),
    [
        (("_summary", "count"), "", True),
        (("_count", "0"), "", True),
        (("_total", "accurate"), "accurate", False),
        (("_total", "estimate"), "estimate", False),
        (("_total", "none"), "none", False),
        (("_summary", "false"), "", False),
    ],
)
def test_total_is_counted_when_asked_for(pair: tuple[str, str], total: str, only: bool) -> None:
    asked = query("Patient", pair)
    assert (asked.total, asked.only_count) == (total, only)


@pytest.mark.parametrize(
    ("name", "value"),
    [("_summary", "some"), ("_total", "all"), ("_sort", "birthday")],
)
def test_odd_shaping_is_refused(name: str, value: str) -> None:
    with pytest.raises(BadRequest):
        query("Patient", (name, value))


@pytest.mark.parametrize("name", ["_count", "_sort", "_summary", "_total"])
def test_shaping_twice_is_refused(name: str) -> None:
    with pytest.raises(BadRequest, match="once"):
        query("Patient", (name, "1"), (name, "1"))


def test_ids_are_alternatives() -> None:
    assert query("Patient", ("_id", "a,b,a")).criteria == (Ids(("a", "b")),)


def test_alternatives_are_limited() -> None:
    with pytest.raises(BadRequest, match="at most 3"):
        query("Patient", ("gender", "a,b,c,d"), given=options(or_limit=3))


def test_links_repeat_what_was_understood() -> None:
    pairs = (("name:exact", "A,b"), ("_count", "5"), ("_sort", "-birthdate"), ("_format", "json"))
    assert query("Patient", *pairs).parameters == pairs


def test_include_names_the_reference_to_follow() -> None:
    asked = query("Observation", ("_include", "Observation:subject:Patient"))
    (include,) = asked.includes
    assert include == Include("Observation", "subject", "Patient")


def test_same_include_counts_once() -> None:
    pair = ("_revinclude", "Observation:subject")
    assert len(query("Patient", pair, pair).revincludes) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("_include", "Observation"),
        ("_include", "Observation:"),
        ("_include", "Observation:nothing"),
        ("_include", "Observation:code"),
        ("_include", "Observation:subject:Claim"),
        ("_include", "Claim:patient"),
        ("_include", "Nothing:patient"),
        ("_include", "a:b:c:d"),
        ("_revinclude", "Claim:insurer"),
        ("_revinclude", "Observation:subject:Group"),
    ],
)
def test_include_that_leads_nowhere_is_refused(name: str, value: str) -> None:
    type = "Observation" if name == "_include" else "Patient"
    with pytest.raises(BadRequest, match=name):
        query(type, (name, value))


@pytest.mark.parametrize("name", ["name", "_id", "identifier", "_sort", "nothing"])
@pytest.mark.parametrize("value", ["a\x00", "\ud800"])
def test_text_that_cannot_be_stored_is_refused(name: str, value: str) -> None:
    with pytest.raises(BadRequest, match=name):
        query("Patient", (name, value))


NAMES = st.sampled_from(
    ["name", "gender", "birthdate", "identifier", "link", "_sort", "_count", "_include", "_cursor"]
)
MODIFIERS = st.sampled_from(["", ":exact", ":missing", ":not", ":Patient", ":identifier", ":x"])


@given(NAMES, MODIFIERS, st.text(max_size=30))
def test_any_value_is_read_or_refused(name: str, modifier: str, value: str) -> None:
    try:
        asked = query("Patient", (name + modifier, value))
    except BadRequest:
        return
    assert asked.type == "Patient"


def test_defaults_are_those_of_the_options() -> None:
    given = Options(0, page_size=7, include_limit=3)
    asked = query("Patient", given=given)
    assert (asked.count, asked.include_limit) == (7, 3)
