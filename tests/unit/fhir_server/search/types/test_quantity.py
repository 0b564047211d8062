from decimal import Decimal

import pytest

from fhir_server.model.resource import JsonObject
from fhir_server.outcome import BadRequest, NotSupported
from tests.unit.fhir_server.search.sample import finds, observation, query

UCUM = "http://unitsofmeasure.org"
GLUCOSE: JsonObject = {
    "value": Decimal("5.4"),
    "unit": "milligram",
    "system": UCUM,
    "code": "mg",
}


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("5.4", True),
        ("5", True),
        ("5.40", True),
        ("5.45", False),
        ("5.4||mg", True),
        ("5.4||milligram", True),
        ("5.4||g", False),
        (f"5.4|{UCUM}|mg", True),
        (f"5.4|{UCUM}|milligram", False),
        ("5.4|urn:other|mg", False),
        ("5.4||", True),
        (f"gt5|{UCUM}|mg", True),
        (f"gt6|{UCUM}|mg", False),
        (f"gt5|{UCUM}|g", False),
        ("lt6", True),
        ("7||g,5.4||mg", True),
    ],
)
def test_quantity_is_found_with_and_without_unit(value: str, found: bool) -> None:
    assert finds(observation(valueQuantity=GLUCOSE), "value-quantity", value) is found


@pytest.mark.parametrize(
    ("comparator", "value", "found"),
    [
        ("<", "lt1", True),
        ("<", "gt6", False),
        ("<=", "5.4", False),
        (">", "gt1000", True),
        (">=", "lt5", False),
        (">=", "ge5.4", True),
    ],
)
def test_comparator_opens_the_range(comparator: str, value: str, found: bool) -> None:
    resource = observation(valueQuantity={**GLUCOSE, "comparator": comparator})
    assert finds(resource, "value-quantity", value) is found


def test_money_has_its_currency_for_a_unit() -> None:
    invoice: JsonObject = {
        "resourceType": "Invoice",
        "totalNet": {"value": Decimal("80.00"), "currency": "USD"},
    }
    assert finds(invoice, "totalnet", "80.00||USD")
    assert finds(invoice, "totalnet", "80|urn:iso:std:iso:4217|USD")
    assert not finds(invoice, "totalnet", "80||EUR")


def test_series_reaches_from_lowest_to_highest_sample() -> None:
    series: JsonObject = {
        "origin": {"value": 10, "code": "mm", "system": UCUM},
        "factor": Decimal("0.5"),
        "data": "-4 E 2 U 20",
    }
    resource = observation(valueSampledData=series)
    assert finds(resource, "value-quantity", "gt19||mm")
    assert not finds(resource, "value-quantity", "gt20||mm")
    assert finds(resource, "value-quantity", "lt9||mm")
    assert not finds(resource, "value-quantity", "lt8||mm")


def test_series_without_numbers_has_no_range() -> None:
    resource = observation(valueSampledData={"origin": {"value": 1}, "data": "E L U NaN"})
    assert finds(resource, "value-quantity:missing", "true")


def test_range_has_the_unit_of_its_ends() -> None:
    condition: JsonObject = {
        "resourceType": "Condition",
        "onsetRange": {"high": {"value": 50, "code": "a", "system": UCUM}},
    }
    assert finds(condition, "onset-age", "lt5||a")
    assert not finds(condition, "onset-age", "gt50||a")


@pytest.mark.parametrize("value", ["", "mg", "5.4|mg", f"5.4|{UCUM}|", "|||", "5|a|b|c"])
def test_what_is_no_quantity_is_refused(value: str) -> None:
    with pytest.raises(BadRequest, match="value-quantity"):
        query("Observation", ("value-quantity", value))


def test_modifiers_are_refused() -> None:
    with pytest.raises(NotSupported, match="value-quantity:exact"):
        query("Observation", ("value-quantity:exact", "1"))
