from decimal import Decimal

import pytest

from fhir_server.model.resource import JsonObject
from fhir_server.outcome import BadRequest, NotSupported
from tests.unit.fhir_server.search.sample import finds, query


def risk(number: str) -> JsonObject:
    return {
        "resourceType": "RiskAssessment",
        "prediction": [{"probabilityDecimal": Decimal(number)}],
    }


@pytest.mark.parametrize(
    ("number", "value", "found"),
    [
        ("100", "100", True),
        ("99.5", "100", True),
        ("100.49", "100", True),
        ("100.5", "100", False),
        ("99.49", "100", False),
        ("100.004", "100.00", True),
        ("100.005", "100.00", False),
        ("95", "1e2", True),
        ("104.9", "1e2", True),
        ("105", "1e2", False),
        ("100.2", "ne100", False),
        ("101", "ne100", True),
        ("100.2", "gt100", True),
        ("100", "gt100", False),
        ("100", "ge100", True),
        ("99.9", "ge100", False),
        ("99.9", "lt100", True),
        ("100", "lt100", False),
        ("100", "le100", True),
        ("100.1", "le100", False),
        ("100.1", "sa100", True),
        ("99.9", "eb100", True),
        ("91", "ap100", True),
        ("89", "ap100", False),
        ("-5", "-5", True),
        ("-5", "lt0", True),
        ("7", "5,7", True),
        ("0.1", "0.1", True),
    ],
)
def test_digits_say_how_wide_a_number_is(number: str, value: str, found: bool) -> None:
    assert finds(risk(number), "probability", value) is found


@pytest.mark.parametrize(
    ("range", "value", "found"),
    [
        ({"low": {"value": 1}, "high": {"value": 3}}, "gt2", True),
        ({"low": {"value": 1}, "high": {"value": 3}}, "lt2", True),
        ({"low": {"value": 1}, "high": {"value": 3}}, "2", False),
        ({"low": {"value": 1}}, "gt1000000", True),
        ({"high": {"value": 3}}, "lt-1000000", True),
        ({}, "gt0", False),
    ],
)
def test_range_reaches_from_end_to_end(range: JsonObject, value: str, found: bool) -> None:
    resource: JsonObject = {
        "resourceType": "RiskAssessment",
        "prediction": [{"probabilityRange": range}],
    }
    assert finds(resource, "probability", value) is found


@pytest.mark.parametrize("value", ["", "x", "1,", "1.2.3", "NaN", "Infinity", "xx1", "1e9999"])
def test_what_is_no_number_is_refused(value: str) -> None:
    with pytest.raises(BadRequest, match="probability"):
        query("RiskAssessment", ("probability", value))


def test_huge_numbers_are_bounded() -> None:
    assert not finds(risk("5"), "probability", "gt1e400")
    assert finds(risk("1e400"), "probability", "gt5")


def test_modifiers_are_refused() -> None:
    with pytest.raises(NotSupported, match="probability:exact"):
        query("RiskAssessment", ("probability:exact", "1"))
