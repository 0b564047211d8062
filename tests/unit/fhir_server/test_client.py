"""The client's models keep the digits and members they were given."""

from datetime import date
from decimal import Decimal

from fhir.resources.R4B.claim import Claim
from fhir.resources.R4B.encounter import Encounter
from fhir.resources.R4B.observation import Observation

from demo.practice import claim
from demo.roster import VISITS
from fhir_server.client import as_json, diagnostics
from fhir_server.model.codec import encode


def observation(value: str) -> Observation:
    return Observation.model_validate(
        {
            "status": "final",
            "code": {"text": "lithium"},
            "effectiveDateTime": "2026-11",
            "valueQuantity": {"value": Decimal(value), "unit": "mmol/L"},
        }
    )


def test_decimals_keep_their_digits() -> None:
    assert b'"value":0.70,' in encode(as_json(observation("0.70")))


def test_partial_dates_stay_partial() -> None:
    assert as_json(observation("1"))["effectiveDateTime"] == "2026-11"


def test_members_named_as_python_words_are_written_as_fhir_names_them() -> None:
    made = Encounter.model_validate(
        {"status": "planned", "class": {"system": "urn:x", "code": "AMB"}}
    )
    assert as_json(made)["class"] == {"system": "urn:x", "code": "AMB"}


def test_money_in_lists_keeps_its_cents() -> None:
    made: Claim = claim(VISITS[0], date(2026, 11, 21))
    assert encode(as_json(made)).count(b'"value":210.00') == 3


def test_plain_json_travels_as_it_is() -> None:
    given = {"resourceType": "Basic", "code": {"text": "x"}}
    assert as_json(given) is given  # type: ignore[arg-type]


def test_diagnostics_name_their_place() -> None:
    outcome = {"issue": [{"diagnostics": "is missing", "expression": ["Claim.total"]}]}
    assert diagnostics(outcome) == ["Claim.total: is missing"]  # type: ignore[arg-type]
