import pytest

from fhir_server.outcome import BadRequest, FhirError, Forbidden, TooComplex, UnknownParameter
from fhir_server.search.options import Options
from fhir_server.search.query import Chain, Ids, Indexed, Query, Reverse
from tests.unit.fhir_server.search.sample import query


def asked(
    type: str,
    name: str,
    value: str = "x",
    *,
    searchable: frozenset[str] | None = None,
    lenient: bool = False,
) -> Query:
    given = Options(0, lenient=lenient, searchable=searchable, chain_limit=4, has_limit=2)
    return query(type, (name, value), given=given)


def arms(query: Query) -> list[str]:
    """Return the types a chain leads to."""
    (criterion,) = query.criteria
    assert isinstance(criterion, Chain)
    return [arm.type for arm in criterion.arms]


def test_typed_chain_leads_to_one_type() -> None:
    assert arms(asked("Observation", "subject:Patient.name")) == ["Patient"]


def test_untyped_chain_leads_to_every_target_that_has_the_parameter() -> None:
    assert arms(asked("Observation", "subject.identifier")) == [
        "Device",
        "Group",
        "Location",
        "Patient",
    ]
    assert arms(asked("Observation", "subject.name")) == ["Location", "Patient"]
    assert arms(asked("Observation", "subject.birthdate", "2020")) == ["Patient"]


def test_chain_ends_with_modifier_and_value_of_the_last_parameter() -> None:
    (criterion,) = asked("Observation", "subject:Patient.gender:not", "male").criteria
    assert isinstance(criterion, Chain)
    inner = criterion.arms[0].criterion
    assert isinstance(inner, Indexed)
    assert inner.negated


def test_reverse_chain_is_about_resources_that_refer_here() -> None:
    (criterion,) = asked("Patient", "_has:Observation:patient:_id", "1").criteria
    assert isinstance(criterion, Reverse)
    assert (criterion.arm.type, criterion.arm.criterion) == ("Observation", Ids(("1",)))


@pytest.mark.parametrize(
    ("type", "name", "words"),
    [
        ("Observation", "code.name", "not a reference"),
        ("Observation", "subject:Claim.name", "does not refer to Claim"),
        ("Observation", "subject:Nothing.name", "does not refer to Nothing"),
        ("Patient", "_has:Observation:patient", "_has takes the form"),
        ("Patient", "_has:Observation::code", "_has takes the form"),
        ("Patient", "_has:Nothing:patient:code", "not a resource type"),
        ("Patient", "_has:Observation:code:code", "not a reference"),
        ("Patient", "_has:Observation:encounter:code", "does not refer to Patient"),
        ("Observation", "subject:Patient.birthdate", "birthdate"),
    ],
)
def test_what_leads_nowhere_is_refused(type: str, name: str, words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        asked(type, name)


@pytest.mark.parametrize(
    ("type", "name", "words"),
    [
        ("Observation", "subject:Patient.nonsense", "Patient has no such.*birthdate"),
        ("Observation", "subject.nonsense", "no type that subject may refer to"),
        ("Observation", "nonsense.name", "Observation has no such"),
        ("Patient", "_has:Observation:nonsense:code", "Observation has no such"),
        ("Patient", "_has:Observation:patient:nonsense", "Observation has no such"),
        ("Patient", "organization.partof.nonsense", "Organization has no such"),
    ],
)
def test_unknown_parameter_is_refused_wherever_it_stands(type: str, name: str, words: str) -> None:
    with pytest.raises(UnknownParameter, match=words):
        asked(type, name)
    lenient = asked(type, name, lenient=True)
    assert (lenient.criteria, lenient.ignored, lenient.parameters) == ((), (name,), ())


def test_depth_is_limited_by_a_setting() -> None:
    assert asked("Organization", ".".join(["partof"] * 4 + ["name"]))
    with pytest.raises(TooComplex, match=r"at most 4 steps.*PARITY_SEARCH_CHAIN_LIMIT"):
        asked("Organization", ".".join(["partof"] * 5 + ["name"]))
    once, twice = "_has:Patient:link:", "_has:Patient:link:_has:Patient:link:"
    assert asked("Patient", f"{twice}name")
    with pytest.raises(TooComplex, match=r"at most 2 steps.*PARITY_SEARCH_HAS_LIMIT"):
        asked("Patient", f"{twice}{once}name")


def test_criteria_are_limited_by_a_setting_with_every_type_reached() -> None:
    given = Options(0, criteria_limit=20)
    assert query("Patient", *[("name", "a")] * 20, given=given)
    for pairs in ([("name", "a")] * 21, [("_has:AuditEvent:entity:entity._id", "1")]):
        with pytest.raises(TooComplex, match=r"20 criteria.*PARITY_SEARCH_CRITERIA_LIMIT"):
            query("Patient", *pairs, given=given)


@pytest.mark.parametrize(
    ("type", "name"),
    [
        ("Observation", "subject:Patient.name"),
        ("Observation", "subject:Group.member:Patient.name"),
        ("Patient", "_has:Condition:patient:code"),
        ("Patient", "_has:Observation:patient:_has:AuditEvent:entity:agent"),
        ("Observation", "encounter.length"),
    ],
)
def test_chain_is_no_way_around_the_scopes(type: str, name: str) -> None:
    scopes = frozenset({"Observation", "Group"})
    with pytest.raises(Forbidden, match="does not allow search"):
        asked(type, name, searchable=scopes)
    with pytest.raises(Forbidden):
        asked(type, name, searchable=scopes, lenient=True)


def test_untyped_chain_leads_only_to_types_that_may_be_searched() -> None:
    scopes = frozenset({"Observation", "Location"})
    assert arms(asked("Observation", "subject.name", searchable=scopes)) == ["Location"]


def test_errors_hold_no_more_of_a_name_than_can_be_read() -> None:
    with pytest.raises(FhirError) as raised:
        asked("Observation", f"subject:{'x' * 10_000}.name")
    assert len(str(raised.value)) < 300
