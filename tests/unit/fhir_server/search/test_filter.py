from decimal import Decimal

import pytest

from fhir_server.model.resource import JsonObject
from fhir_server.outcome import BadRequest, Forbidden, TooComplex, UnknownParameter
from fhir_server.search.options import Options
from tests.unit.fhir_server.search.sample import finds, observation, patient, query

PERSON: JsonObject = patient(
    name=[{"family": "O'Hara, Müller", "given": ["Peter"]}],
    gender="male",
    birthDate="1980-05-01",
    identifier=[{"system": "urn:x", "value": "1"}],
    managingOrganization={"reference": "Organization/7"},
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('given eq "peter"', True),
        ("given eq pete", False),
        ("given ne peter", False),
        ("given ne paul", True),
        ('family co "muller"', True),
        ('family sw "o\'hara, m"', True),
        ("family ew ÜLLER", True),
        ("family ew mull", False),
        ("given sw eter", False),
        ("gender eq MALE", True),
        ("gender ne male", False),
        ("gender eq http://hl7.org/fhir/administrative-gender|male", True),
        ("identifier eq urn:x|1", True),
        ('identifier eq "urn:x|2"', False),
        ("birthdate eq 1980", True),
        ("birthdate ne 1980", False),
        ("birthdate ge 1980-05-01", True),
        ("birthdate gt 1980-05-01", False),
        ("birthdate lt 1981 and birthdate gt 1979", True),
        ("birthdate sa 1979", True),
        ("birthdate eb 1980", False),
        ("birthdate po 1980", True),
        ("birthdate po 1980-05-01T12:00:00Z", True),
        ("birthdate po 1981", False),
        ("birthdate pr true", True),
        ("birthdate pr false", False),
        ("organization re Organization/7", True),
        ("organization eq 8", False),
        ("organization pr false", False),
        ("_id eq 1", True),
        ("not (gender eq male)", False),
        ("gender eq female or given eq peter and birthdate eq 1980", True),
        ("(gender eq female or given eq peter) and birthdate eq 1981", False),
        ("not (gender eq female) and not (birthdate lt 1980)", True),
    ],
)
def test_filter_finds_what_it_says(text: str, found: bool) -> None:
    assert finds(PERSON, "_filter", text) is found


def test_filter_compares_quantities() -> None:
    resource = observation(valueQuantity={"value": Decimal("5.4"), "unit": "mg"})
    assert finds(resource, "_filter", "value-quantity ge 5")
    assert not finds(resource, "_filter", "value-quantity gt 6 or value-quantity lt 5")


@pytest.mark.parametrize(
    ("type", "text", "told"),
    [
        ("Patient", "gender co x", "co does not go with gender, a token; .*character 1"),
        ("Patient", "gender eq male and name gt x", "gt does not go with name.*character 20"),
        ("Patient", "birthdate eq x", "birthdate takes a date.*character 1"),
        ("Patient", "birthdate pr maybe", "pr takes true or false"),
        ("Patient", "name po 2020", "po does not go with name"),
        ("Patient", "name[gender eq x].family eq y", "not a reference"),
        ("Patient", f"name ew {'x' * 65}", "at most 64 characters"),
        ("Patient", "name", "an operator such as eq expected at character 5"),
    ],
)
def test_what_a_filter_cannot_mean_is_refused_with_its_position(
    type: str, text: str, told: str
) -> None:
    with pytest.raises(BadRequest, match=told):
        query(type, ("_filter", text))


def test_unknown_parameter_in_a_filter_is_refused_or_all_of_it_ignored() -> None:
    pair = ("_filter", "gender eq male or nonsense eq 1")
    with pytest.raises(UnknownParameter, match=r"birthdate.*character 19"):
        query("Patient", pair)
    lenient = query("Patient", pair, ("name", "a"), given=Options(0, lenient=True))
    assert (lenient.ignored, lenient.parameters) == (("_filter",), (("name", "a"),))


def test_filter_is_limited_in_size_and_criteria_by_settings() -> None:
    given = Options(0, filter_limit=100, criteria_limit=5, chain_limit=1)
    with pytest.raises(TooComplex, match=r"100 characters.*PARITY_SEARCH_FILTER_LIMIT"):
        query("Patient", ("_filter", f"name eq {'x' * 100}"), given=given)
    many = " or ".join(["name eq x"] * 6)
    with pytest.raises(TooComplex, match="PARITY_SEARCH_CRITERIA_LIMIT"):
        query("Patient", ("_filter", many), given=given)
    with pytest.raises(TooComplex, match="PARITY_SEARCH_CHAIN_LIMIT"):
        query("Organization", ("_filter", "partof.partof.name eq x"), given=given)


def test_filter_is_no_way_around_the_scopes() -> None:
    given = Options(0, searchable=frozenset({"Observation"}))
    for text in (
        "subject:Patient.name eq x",
        "subject:Patient[name eq x].gender eq male",
        "not (_has:AuditEvent:entity:agent eq 1)",
    ):
        with pytest.raises(Forbidden):
            query("Observation", ("_filter", text), given=given)
