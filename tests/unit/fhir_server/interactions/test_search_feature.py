import pytest

from fhir_server.interactions.search_feature import (
    EVERYWHERE,
    search_parameters,
    search_words,
)
from fhir_server.search.kind import MODIFIERS
from fhir_server.search.options import Options
from fhir_server.search.parse import parse_types
from fhir_server.settings import Settings
from tests.unit.fhir_server.search.sample import REGISTRY, TENANT, query
from tests.unit.fhir_server.terminology.sample import (
    ANIMALS,
    KINGDOM,
    PETS,
    Memory,
    including,
    value_set,
)

EXAMPLES = {
    "date": ("Patient", "birthdate", "2000"),
    "number": ("RiskAssessment", "probability", "0.5"),
    "quantity": ("Observation", "value-quantity", "5"),
    "reference": ("Observation", "subject", "1"),
    "string": ("Patient", "name", "a"),
    "token": ("Condition", "code", "http://snomed.info/sct|1"),
    "uri": ("Questionnaire", "url", "urn:x"),
    "special": ("Location", "near", "1|2"),
    "identifier": ("Patient", "identifier", "a|b|c"),
}
PETS_SET = including("cat", "lion")
TERMS = Memory((KINGDOM, value_set(PETS, PETS_SET)))
VALUES = {
    ("reference", "missing"): "true",
    ("reference", "identifier"): "a|b",
    ("string", "missing"): "true",
    ("date", "missing"): "true",
    ("number", "missing"): "true",
    ("quantity", "missing"): "true",
    ("token", "missing"): "true",
    ("uri", "missing"): "true",
    ("special", "missing"): "true",
    ("token", "of-type"): "a|b|c",
    ("token", "in"): PETS,
    ("token", "not-in"): PETS,
    ("token", "above"): f"{ANIMALS}|lion",
    ("token", "below"): f"{ANIMALS}|cat",
}


@pytest.mark.parametrize(
    ("type", "modifier"), [(type, one) for type, names in MODIFIERS.items() for one in names]
)
def test_every_modifier_told_of_is_answered(type: str, modifier: str) -> None:
    resource, code, value = EXAMPLES["identifier" if modifier == "of-type" else type]
    spelled = modifier.replace("[type]", "Patient")
    value = VALUES.get((type, modifier), value)
    given = Options(0, terminology=TERMS, words=lambda: None)
    assert query(resource, (f"{code}:{spelled}", value), given=given).criteria


def test_every_parameter_told_of_everywhere_is_answered() -> None:
    asked = {
        "_has": ("_has:Provenance:target:agent", "1"),
        "_list": ("_list", "1"),
        "_filter": ("_filter", "_id eq 1"),
        "_type": ("_type", "Patient,Group"),
    }
    assert [row[0] for row in EVERYWHERE] == list(asked)
    for pair in asked.values():
        found = parse_types([pair], ("Patient", "Group"), TENANT, REGISTRY, Options(0))
        assert found.parameters == (pair,)


def test_words_tell_the_limits_in_force() -> None:
    words = search_words(Settings(search_or_limit=17))
    assert "a parameter 17 values" in words
    assert all(f"{type} :missing" in words for type, names in MODIFIERS.items() if names)
    assert len(search_parameters()) == len(EVERYWHERE)
