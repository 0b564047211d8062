"""Searches for many values at once: as many as the settings allow, on either database."""

from decimal import Decimal

import pytest

from fhir_server.model.resource import JsonObject
from fhir_server.outcome import TooComplex
from fhir_server.search.options import Options
from fhir_server.search.types import near
from fhir_server.store.unit_of_work import Store
from tests.integration.search.sample import create, ids, query, search

MOST = Options(0).or_limit
RISK: JsonObject = {
    "resourceType": "RiskAssessment",
    "id": "1",
    "status": "final",
    "subject": {"reference": "Patient/1"},
    "prediction": [{"probabilityDecimal": Decimal("0.25")}],
}
OBSERVATION: JsonObject = {
    "resourceType": "Observation",
    "id": "1",
    "status": "final",
    "code": {"coding": [{"system": "s", "code": "c"}]},
    "subject": {"reference": "Patient/1"},
    "valueQuantity": {"value": 5, "unit": "mg", "system": "u", "code": "mg"},
    "component": [{"code": {"coding": [{"code": "d"}]}, "valueQuantity": {"value": 7}}],
}
PATIENT: JsonObject = {
    "resourceType": "Patient",
    "id": "1",
    "identifier": [{"value": "a"}],
    "name": [{"family": "Weber"}],
    "birthDate": "1980-05-01",
}
PLACE: JsonObject = {
    "resourceType": "Location",
    "id": "1",
    "position": {"latitude": Decimal("10.5"), "longitude": Decimal("20.5")},
}
VALUE_SET: JsonObject = {"resourceType": "ValueSet", "id": "1", "url": "http://x/y/z"}
CASES = [
    (PATIENT, "birthdate", "{}-01-01", "1980"),
    (PATIENT, "birthdate", "sa{}-01-01", "lt1990"),
    (PATIENT, "name", "n{}", "web"),
    (PATIENT, "name:contains", "n{}", "ebe"),
    (PATIENT, "name:exact", "n{}", "Weber"),
    (PATIENT, "identifier", "n{}", "a"),
    (PATIENT, "_id", "n{}", "1"),
    (PATIENT, "_lastUpdated", "{}-01-01", "ge2000"),
    (RISK, "probability", "{}", "0.25"),
    (OBSERVATION, "value-quantity", "{}|u|mg", "5|u|mg"),
    (OBSERVATION, "subject", "Patient/{}", "Patient/1"),
    (OBSERVATION, "code-value-quantity", "c${}", "c$5"),
    (OBSERVATION, "component-code-value-quantity", "d${}", "d$7"),
    (OBSERVATION, "combo-code-value-quantity", "d${}", "d$7"),
    (OBSERVATION, "patient.birthdate", "{}-01-01", "1980"),
    (PLACE, "near", "1|{}|1", "10.5|20.5|1"),
    (VALUE_SET, "url:below", "http://n/{}", "http://x/y"),
]


@pytest.mark.parametrize(("resource", "name", "form", "found"), CASES)
def test_one_of_very_many_values_is_found(
    store: Store, resource: JsonObject, name: str, form: str, found: str
) -> None:
    create(store, PATIENT, *([] if resource is PATIENT else [resource]))
    most = near.MOST if name == "near" else MOST
    others = [form.format(n / 100 if name == "near" else 2000 + n) for n in range(most)]
    type = str(resource["resourceType"])
    asked = ",".join([found, *others[1:]])
    assert ids(search(store, type, (name, asked))) == ["1"]
    assert ids(search(store, type, (name, ",".join(others)))) == []


def test_more_places_than_are_weighed_are_refused() -> None:
    with pytest.raises(TooComplex):
        query("Location", [("near", ",".join(["1|2"] * (near.MOST + 1)))])
