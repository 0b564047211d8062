"""`:missing` of parameters of every type."""

from decimal import Decimal

import pytest

from fhir_server.model.resource import JsonObject
from fhir_server.search.registry import OF_WORDS
from fhir_server.search.sharing import STANDARD
from tests.unit.fhir_server.search.sample import REGISTRY, TENANT, finds

FULL: JsonObject = {
    "resourceType": "Observation",
    "id": "1",
    "meta": {
        "source": "urn:feed",
        "profile": ["http://example.org/p"],
        "tag": [{"code": "t"}],
        "security": [{"code": "R"}],
        "lastUpdated": "2020-01-01T00:00:00Z",
    },
    "identifier": [{"value": "5"}],
    "status": "final",
    "code": {"text": "only a text"},
    "subject": {"display": "somebody"},
    "effectiveDateTime": "2020",
    "valueQuantity": {"value": Decimal("5.4")},
    "component": [{"code": {"text": "part"}}],
}
PRESENT = [
    *("_source", "_profile", "_tag", "_security", "identifier", "status", "code", "subject"),
    *("date", "value-quantity", "component-code", "combo-code", "combo-value-quantity"),
    *("_id", "_lastUpdated"),
]
ABSENT = ["category", "encounter", "value-string", "value-date", "combo-value-concept", "method"]


@pytest.mark.parametrize("code", PRESENT)
def test_what_has_a_value_is_not_missing(code: str) -> None:
    assert finds(FULL, f"{code}:missing", "false")
    assert not finds(FULL, f"{code}:missing", "true")


@pytest.mark.parametrize("code", ABSENT)
def test_what_has_no_value_is_missing(code: str) -> None:
    assert finds(FULL, f"{code}:missing", "true")
    assert not finds(FULL, f"{code}:missing", "false")


def test_extension_alone_is_no_value() -> None:
    patient: JsonObject = {
        "resourceType": "Patient",
        "id": "1",
        "_gender": {"extension": [{"url": "urn:x", "valueCode": "masked"}]},
    }
    assert finds(patient, "gender:missing", "true")


def test_every_parameter_that_has_no_presence_row_has_a_bit_of_its_own() -> None:
    for type in REGISTRY.definitions.resource_types:
        known = {one.slot: one for one in REGISTRY.parameters(TENANT, type).values()}
        standard = REGISTRY.definitions.search_parameters(type)
        bits = [
            one.bit
            for one in known.values()
            if one.type != "composite"
            and one.code not in OF_WORDS
            and standard[one.code].url.startswith(STANDARD)
        ]
        assert all(0 < bit < 2**62 for bit in bits)
        assert len(set(bits)) == len(bits)


def test_own_parameter_without_a_bit_has_a_row() -> None:
    url = "https://parity.example/fhir/StructureDefinition/claim-state"
    claim: JsonObject = {"resourceType": "Claim", "extension": [{"url": url, "valueCode": "sent"}]}
    assert finds(claim, "state:missing", "false")
    assert finds({"resourceType": "Claim"}, "state:missing", "true")
