from decimal import Decimal
from fractions import Fraction

import pytest

from fhir_server.model.ucum import canonical
from fhir_server.model.unit import SCALES, UNITS

SAME = [
    ("5400", "mg", "5.4", "g"),
    ("5.4", "mg", "0.0054", "g"),
    ("1", "kg", "1000", "g"),
    ("1", "[lb_av]", "453.59237", "g"),
    ("16", "[oz_av]", "1", "[lb_av]"),
    ("90", "mg/dL", "0.9", "g/L"),
    ("5.5", "mmol/L", "5500", "umol/L"),
    ("5.5", "mmol/L", "5.5", "mmol/l"),
    ("7.5", "10*3/uL", "7.5", "10*9/L"),
    ("7.5", "10^3/uL", "7500", "/uL"),
    ("120", "mm[Hg]", "15.99864", "kPa"),
    ("10", "cm[H2O]", "0.980665", "kPa"),
    ("37", "Cel", "98.6", "[degF]"),
    ("0", "Cel", "273.15", "K"),
    ("180", "cm", "1.8", "m"),
    ("1", "[in_i]", "2.54", "cm"),
    ("1", "h", "3600", "s"),
    ("60", "/min", "1", "/s"),
    ("60", "{beats}/min", "1", "Hz"),
    ("40", "U/L", "40", "umol/min/L"),
    ("1", "kat", "1", "mol/s"),
    ("140", "meq/L", "0.14", "eq/L"),
    ("5", "m[IU]/L", "5", "u[IU]/mL"),
    ("50", "%", "0.5", "1"),
    ("7", "%", "70", "mg/g"),
    ("1", "1", "100", "%"),
    ("25", "kg/m2", "2.5", "g/cm2"),
    ("1", "kcal", "4.184", "kJ"),
    ("1", "mL/min/{1.73_m2}", "60", "mL/h"),
    ("2", "mg/(kg.d)", "2", "mg/kg/d"),
    ("1", "(mg/dL)/10", "1", "mg/L"),
    ("1", "g.m/s2", "1", "mN"),
    ("3", "10*-3.g", "3", "mg"),
    ("1", "dag", "10", "g"),
    ("1", "d", "24", "h"),
    ("1", "a", "12", "mo"),
]


@pytest.mark.parametrize(("one", "unit", "other", "of"), SAME)
def test_same_amount_is_the_same_number_exactly(one: str, unit: str, other: str, of: str) -> None:
    first, second = canonical(unit), canonical(of)
    assert first is not None
    assert second is not None
    assert first.dimension == second.dimension
    assert first.convert(Decimal(one)) == second.convert(Decimal(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("mg", "mL"),
        ("mg/dL", "mmol/L"),
        ("mmol/L", "meq/L"),
        ("[IU]/L", "U/L"),
        ("mm[Hg]", "mm"),
        ("/min", "min"),
        ("m[IU]", "m"),
        ("Cel", "1"),
        ("osm/L", "mol/L"),
        ("kg/m2", "kg"),
        ("[pH]", "1"),
    ],
)
def test_different_kinds_of_amount_are_told_apart(one: str, other: str) -> None:
    first, second = canonical(one), canonical(other)
    assert first is not None
    assert second is not None
    assert first.dimension != second.dimension


@pytest.mark.parametrize(
    "code",
    [
        *(
            "",
            "foo",
            "mEq",
            "MG",
            "mg/",
            "mg//dL",
            ".mg",
            "(mg",
            "mg)",
            "mg dL",
            "{a",
            "da",
            "mmin",
        ),
        *("mCel", "Cel/min", "10*999999999", "0", "mg/0", "9" * 50, "k" * 200, "mg\x00", "(" * 90),
        *("{a}{b}", "m[", "/", "mg^2", "+", "5mg"),
    ],
)
def test_of_what_is_no_unit_nothing_is_said(code: str) -> None:
    assert canonical(code) is None


def test_number_beyond_measure_is_refused() -> None:
    unit = canonical("mg")
    assert unit is not None
    with pytest.raises(ValueError, match="beyond"):
        unit.convert(Decimal("1E+999999999"))


def test_every_unit_of_the_table_is_defined_by_others() -> None:
    for code in (*UNITS, *SCALES):
        found = canonical(code)
        assert found is not None, code
        assert found.factor > 0
    assert canonical("[degF]") == canonical("[degF]")
    fahrenheit = canonical("[degF]")
    assert fahrenheit is not None
    assert fahrenheit.convert(32) == Fraction("273.15")
