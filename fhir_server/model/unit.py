"""The units of care, each as a number of other units: what `model.ucum` computes with.

Source: the Unified Code for Units of Measure, https://ucum.org/ucum (case-sensitive codes). Beside
the seven base units of UCUM each row without a definition is a dimension of its own. So are those
that UCUM calls arbitrary (units of biological effect), and, unlike UCUM, amount of substance,
equivalents and osmoles: a mole of calcium is two equivalents, and neither is a mere number.
"""

from collections.abc import Mapping
from typing import NamedTuple


class Unit(NamedTuple):
    """A unit: so many of other units; `metric` ones take prefixes; no definition: a base unit."""

    value: str = "1"
    of: str = ""
    metric: bool = False


class Scale(NamedTuple):
    """A scale with a zero of its own: so many kelvins for each degree, counted from a kelvin."""

    zero: str
    degree: str


PREFIXES: Mapping[str, int] = {
    "Y": 24,
    "Z": 21,
    "E": 18,
    "P": 15,
    "T": 12,
    "G": 9,
    "M": 6,
    "k": 3,
    "h": 2,
    "da": 1,
    "d": -1,
    "c": -2,
    "m": -3,
    "u": -6,
    "n": -9,
    "p": -12,
    "f": -15,
    "a": -18,
    "z": -21,
    "y": -24,
}
"""Powers of ten by prefix."""

SCALES: Mapping[str, Scale] = {
    "Cel": Scale("273.15", "1"),
    "[degF]": Scale("45967/180", "5/9"),
    "[degRe]": Scale("273.15", "5/4"),
}
"""Temperatures that are no multiples of a kelvin; they stand alone, without prefix or exponent."""

METRIC = Unit(metric=True)
ALONE = (
    "deg",
    "[USP'U]",
    "[arb'U]",
    "[AU]",
    "[BAU]",
    "[GPL'U]",
    "[MPL'U]",
    "[APL'U]",
    "[beth'U]",
    "[anti'Xa'U]",
    "[todd'U]",
    "[dye'U]",
    "[ka'U]",
    "[knk'U]",
    "[mclg'U]",
    "[tb'U]",
    "[CCID_50]",
    "[TCID_50]",
    "[EID_50]",
    "[PFU]",
    "[FFU]",
    "[CFU]",
    "[D'ag'U]",
    "[pH]",
    "[hnsf'U]",
)
"""Units that no other unit converts to, and that take no prefix: most of them of an assay."""
UNITS: Mapping[str, Unit] = {
    # base
    "m": METRIC,
    "s": METRIC,
    "g": METRIC,
    "K": METRIC,
    "C": METRIC,
    "cd": METRIC,
    "rad": METRIC,
    "mol": METRIC,
    "eq": METRIC,
    "osm": METRIC,
    # numbers
    "10*": Unit("10", "1"),
    "10^": Unit("10", "1"),
    "%": Unit("1/100", "1"),
    "[ppth]": Unit("1/1000", "1"),
    "[ppm]": Unit("1/1000000", "1"),
    "[ppb]": Unit("1/1000000000", "1"),
    "[pptr]": Unit("1/1000000000000", "1"),
    # time
    "min": Unit("60", "s"),
    "h": Unit("60", "min"),
    "d": Unit("24", "h"),
    "wk": Unit("7", "d"),
    "a": Unit("365.25", "d"),
    "a_j": Unit("365.25", "d"),
    "a_g": Unit("365.2425", "d"),
    "a_t": Unit("365.24219", "d"),
    "mo": Unit("30.4375", "d"),
    "mo_j": Unit("30.4375", "d"),
    "mo_g": Unit("30.436875", "d"),
    "mo_s": Unit("29.53059", "d"),
    "Hz": Unit("1", "/s", metric=True),
    # length, area, volume
    "[in_i]": Unit("2.54", "cm"),
    "[ft_i]": Unit("12", "[in_i]"),
    "[yd_i]": Unit("3", "[ft_i]"),
    "[mi_i]": Unit("5280", "[ft_i]"),
    "[nmi_i]": Unit("1852", "m"),
    "[in_us]": Unit("100/3937", "m"),
    "[ft_us]": Unit("1200/3937", "m"),
    "Ao": Unit("0.1", "nm"),
    "[Ch]": Unit("1/3", "mm"),
    "[sin_i]": Unit("1", "[in_i]2"),
    "[sft_i]": Unit("1", "[ft_i]2"),
    "[diop]": Unit("1", "/m"),
    "L": Unit("1", "dm3", metric=True),
    "l": Unit("1", "dm3", metric=True),
    "[gal_us]": Unit("231", "[in_i]3"),
    "[qt_us]": Unit("1/4", "[gal_us]"),
    "[pt_us]": Unit("1/8", "[gal_us]"),
    "[gil_us]": Unit("1/32", "[gal_us]"),
    "[foz_us]": Unit("1/128", "[gal_us]"),
    "[fdr_us]": Unit("1/1024", "[gal_us]"),
    "[cup_us]": Unit("1/16", "[gal_us]"),
    "[tbs_us]": Unit("1/2", "[foz_us]"),
    "[tsp_us]": Unit("1/3", "[tbs_us]"),
    "[foz_m]": Unit("30", "mL"),
    "[cup_m]": Unit("240", "mL"),
    "[tbs_m]": Unit("15", "mL"),
    "[tsp_m]": Unit("5", "mL"),
    "[drp]": Unit("1/20", "mL"),
    # mass
    "t": Unit("1000", "kg", metric=True),
    "[gr]": Unit("64.79891", "mg"),
    "[lb_av]": Unit("7000", "[gr]"),
    "[oz_av]": Unit("1/16", "[lb_av]"),
    "[dr_av]": Unit("1/16", "[oz_av]"),
    "[stone_av]": Unit("14", "[lb_av]"),
    "[car_m]": Unit("0.2", "g"),
    "u": Unit("1.66053906660e-24", "g", metric=True),
    "Da": Unit("1.66053906660e-24", "g", metric=True),
    # force, pressure, energy, power
    "N": Unit("1", "kg.m/s2", metric=True),
    "dyn": Unit("1", "g.cm/s2", metric=True),
    "Pa": Unit("1", "N/m2", metric=True),
    "bar": Unit("100000", "Pa", metric=True),
    "atm": Unit("101325", "Pa"),
    "m[Hg]": Unit("133.322", "kPa", metric=True),
    "Torr": Unit("133.322", "Pa"),
    "m[H2O]": Unit("9.80665", "kPa", metric=True),
    "[psi]": Unit("6.894757293168", "kPa"),
    "J": Unit("1", "N.m", metric=True),
    "erg": Unit("1", "dyn.cm", metric=True),
    "W": Unit("1", "J/s", metric=True),
    "cal": Unit("4.184", "J", metric=True),
    "cal_th": Unit("4.184", "J", metric=True),
    "cal_IT": Unit("4.1868", "J", metric=True),
    "[Cal]": Unit("1", "kcal_th"),
    "P": Unit("1", "dyn.s/cm2", metric=True),
    # electricity, light, radiation
    "A": Unit("1", "C/s", metric=True),
    "V": Unit("1", "J/C", metric=True),
    "Ohm": Unit("1", "V/A", metric=True),
    "S": Unit("1", "/Ohm", metric=True),
    "F": Unit("1", "C/V", metric=True),
    "Wb": Unit("1", "V.s", metric=True),
    "T": Unit("1", "Wb/m2", metric=True),
    "H": Unit("1", "Wb/A", metric=True),
    "lm": Unit("1", "cd.sr", metric=True),
    "lx": Unit("1", "lm/m2", metric=True),
    "sr": Unit("1", "rad2", metric=True),
    "Bq": Unit("1", "/s", metric=True),
    "Ci": Unit("37000000000", "Bq", metric=True),
    "Gy": Unit("1", "J/kg", metric=True),
    "RAD": Unit("0.01", "Gy", metric=True),
    "Sv": Unit("1", "J/kg", metric=True),
    "REM": Unit("0.01", "Sv", metric=True),
    # enzymes and effects
    "kat": Unit("1", "mol/s", metric=True),
    "U": Unit("1", "umol/min", metric=True),
    "[IU]": METRIC,
    "[iU]": Unit("1", "[IU]", metric=True),
    "[LPF]": Unit("100", "1"),
    "[HPF]": Unit("1", "1"),
    **dict.fromkeys(ALONE, Unit()),
}
"""Every unit known, by its code."""
