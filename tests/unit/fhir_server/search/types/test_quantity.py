from decimal import Decimal

import pytest

from fhir_server.model.resource import JsonObject
from fhir_server.outcome import BadRequest, NotSupported
from tests.unit.fhir_server.search.sample import finds, observation, query, rows

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
        (f"0.0054|{UCUM}|g", True),
        (f"5400|{UCUM}|ug", True),
        (f"gt0.005|{UCUM}|g", True),
        (f"5.4|{UCUM}|mL", False),
        ("0.0054||g", False),
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


def ucum(value: str, code: str) -> JsonObject:
    return observation(valueQuantity={"value": Decimal(value), "system": UCUM, "code": code})


@pytest.mark.parametrize(
    ("value", "code", "asked", "found"),
    [
        ("37", "Cel", "98.6|[degF]", True),
        ("98.6", "[degF]", "37.0|Cel", True),
        ("37", "Cel", "gt100|[degF]", False),
        ("120", "mm[Hg]", "16|kPa", True),
        ("120", "mm[Hg]", "ap15|kPa", True),
        ("120", "mm[Hg]", "lt15|kPa", False),
        ("7.5", "10*3/uL", "7.5|10*9/L", True),
        ("90", "mg/dL", "5|mmol/L", False),
        ("90", "mg/dL", "0.90|g/L", True),
        ("90", "mg/dL", "ne0.90|g/L", False),
        ("90", "mg/dL", "ne0.80|g/L", True),
        ("3", "TAB", "3|TAB", True),
        ("3", "TAB", "3|CAP", False),
        ("3", "TAB", "3|1", False),
    ],
)
def test_units_of_ucum_are_converted(value: str, code: str, asked: str, found: bool) -> None:
    number, _, unit = asked.partition("|")
    assert finds(ucum(value, code), "value-quantity", f"{number}|{UCUM}|{unit}") is found


def test_base_units_take_the_place_of_the_code_as_written() -> None:
    assert len(rows(ucum("5.4", "mg")).num) == 3
    assert len(rows(ucum("5.4", "TAB")).num) == 3
    named = {**GLUCOSE, "unit": "mg"}
    assert len(rows(observation(valueQuantity=named)).num) == 3


def test_open_end_stays_open_in_base_units() -> None:
    resource = observation(valueQuantity={**GLUCOSE, "comparator": ">"})
    assert finds(resource, "value-quantity", f"gt1|{UCUM}|kg")
    assert not finds(resource, "value-quantity", f"lt5|{UCUM}|mg")


def test_number_too_large_to_convert_is_compared_as_written() -> None:
    resource = observation(valueQuantity={**GLUCOSE, "value": Decimal("1E+400")})
    assert finds(resource, "value-quantity", "gt5||mg")
