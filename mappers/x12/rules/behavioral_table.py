"""What behavioral-health billing knows of codes, as dated rows: add-ons, units, levels of care.

Facts in our own words, codes bare. A row holds for services from `since` to `until`. Payers differ:
what a row says is a warning, and a partner's overlay may grade it anew.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

_ALWAYS = date(2000, 1, 1)
_CPT_2013 = date(2013, 1, 1)  # the year psychotherapy got add-on codes
Unit = Literal["session", "day", "quarter-hour", "hour", "week"]


def _codes(text: str) -> frozenset[str]:
    return frozenset(text.split())


@dataclass(frozen=True, slots=True)
class AddOn:
    """A code billed only beside one of its bases, for the same day, in the same claim."""

    code: str
    bases: frozenset[str]
    since: date = _ALWAYS
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Codes that are not billed for the same day as another."""

    code: str
    others: frozenset[str]
    since: date = _ALWAYS
    until: date | None = None


@dataclass(frozen=True, slots=True)
class UnitBasis:
    """What one unit of codes stands for, and how many a day are believable."""

    unit: Unit
    codes: frozenset[str]
    most: int
    since: date = _ALWAYS
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Program:
    """A program of care on a facility bill: its revenue codes, procedures and bill types.

    `condition` is the condition code Medicare asks for.
    """

    name: str
    revenue: frozenset[str]
    procedures: frozenset[str]
    bill_types: frozenset[str]
    condition: str = ""
    since: date = _ALWAYS
    until: date | None = None


EVALUATION = _codes(
    "99202 99203 99204 99205 99211 99212 99213 99214 99215 99221 99222 99223 99231 99232 99233 "
    "99234 99235 99236 99238 99239 99242 99243 99244 99245 99252 99253 99254 99255 99281 99282 "
    "99283 99284 99285 99304 99305 99306 99307 99308 99309 99310 99341 99342 99344 99345 99347 "
    "99348 99349 99350"
)
INDIVIDUAL = _codes("90791 90792 90832 90833 90834 90836 90837 90838 90839 90840 90845")
COMPLEXITY_BASES = _codes("90791 90792 90832 90833 90834 90836 90837 90838 90853")
CRISIS = _codes("90839")

ADD_ONS: tuple[AddOn, ...] = (
    AddOn("90833", EVALUATION, _CPT_2013),
    AddOn("90836", EVALUATION, _CPT_2013),
    AddOn("90838", EVALUATION, _CPT_2013),
    AddOn("90840", CRISIS, _CPT_2013),
    AddOn("90785", COMPLEXITY_BASES, _CPT_2013),
    AddOn("96131", _codes("96130"), date(2019, 1, 1)),
    AddOn("96133", _codes("96132"), date(2019, 1, 1)),
    AddOn("96137", _codes("96136"), date(2019, 1, 1)),
    AddOn("96139", _codes("96138"), date(2019, 1, 1)),
    AddOn("99417", _codes("99205 99215 99245 99345 99350"), date(2021, 1, 1)),
    AddOn(
        "G2211", _codes("99202 99203 99204 99205 99211 99212 99213 99214 99215"), date(2024, 1, 1)
    ),
)
EXCLUSIONS: tuple[Exclusion, ...] = (
    Exclusion("90785", _codes("90839 90840 90846 90847 90849"), _CPT_2013),
    Exclusion(
        "90839",
        _codes("90791 90792 90832 90833 90834 90836 90837 90838 90846 90847 90785"),
        _CPT_2013,
    ),
    Exclusion("90791", _codes("90832 90834 90837 99213 99214 99215"), _CPT_2013),
)
UNITS: tuple[UnitBasis, ...] = (
    UnitBasis(
        "session",
        _codes(
            "90791 90792 90832 90833 90834 90836 90837 90838 90839 90846 90847 90849 90785 H0001 "
            "H0031"
        ),
        1,
    ),
    UnitBasis(
        "day",
        _codes(
            "H0008 H0009 H0010 H0011 H0012 H0013 H0014 H0015 H0017 H0018 H0019 H0035 H2001 H2013 "
            "H2018 H2034 H2036 S0201 S9475 S9480 S9485 T1024 T2048"
        ),
        1,
    ),
    UnitBasis(
        "quarter-hour",
        _codes(
            "H0004 H0036 H0038 H0039 H2011 H2014 H2015 H2017 H2019 H2021 H2023 H2025 H2027 T1016 "
            "T1017 97151 97152 97153 97154 97155 97156 97157 97158"
        ),
        40,
    ),
    UnitBasis("hour", _codes("H2012 H2035 96130 96132 99416"), 24),
    UnitBasis(
        "week",
        _codes("G2067 G2068 G2069 G2070 G2071 G2072 G2073 G2074 G2075 G0137 G0533"),
        1,
        date(2020, 1, 1),
    ),
)
PROGRAMS: tuple[Program, ...] = (
    Program(
        "intensive outpatient, mental health",
        _codes("0905"),
        _codes("S9480 90791 90792 90832 90834 90837 90846 90847 90849 90853 G0410 G0411"),
        _codes("13 76 85 89"),
        "92",
    ),
    Program(
        "intensive outpatient, substance use",
        _codes("0906"),
        _codes("H0015 H0004 H0005 90853 90832 90834 90837"),
        _codes("13 76 85 89"),
        "92",
    ),
    Program(
        "partial hospitalization",
        _codes("0912 0913"),
        _codes("H0035 S0201 H2001 G0410 G0411 G0129 G0176 G0177"),
        _codes("11 13 76 85 89"),
        "41",
    ),
    Program(
        "residential",
        _codes("1000 1001 1002 1003 1004 1005"),
        _codes("H0010 H0011 H0017 H0018 H0019 H2034 H2036 T2048"),
        _codes("11 18 65 66 86 89"),
    ),
)
TELEHEALTH_PLACES = frozenset({"02", "10"})
TELEHEALTH_MODIFIERS = frozenset({"95", "GT", "93", "GQ", "FQ"})
GROUP_PROCEDURES = _codes("90853 90849 H0005 H2014 G0410 G0411")
DISTINCT = frozenset({"59", "76", "77", "XE", "XP", "XS", "XU", "91"})
PRICING_MODIFIERS = _codes(
    "26 TC 50 52 53 22 AH AJ AF AG SA HO HN HM HP HL TD TE HQ HA HB U1 U2 U3 U4 U5 U6 U7 U8 U9 UA "
    "UB UC UD"
)
"""Modifiers that change the price: they stand before those that only inform."""
INFORMING_MODIFIERS = _codes("95 93 GT GQ FQ FR KX GA GX GY GZ HE HF HG HH HR HS CR")
TRAINEE_TAXONOMY = "390200000X"
TRAINEE_MODIFIERS = frozenset({"HL"})
