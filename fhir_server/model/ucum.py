"""Units of measure by their UCUM codes: which of them measure the same, and how they convert.

Source: https://ucum.org/ucum, section 2 (grammar). A code is a product of units with prefixes and
exponents; what stands in braces says nothing about the size. All arithmetic is exact. The units
known are those of `model.unit`; of a code with any other nothing is said.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache

from fhir_server.model.unit import PREFIXES, SCALES, UNITS

SYSTEM = "http://unitsofmeasure.org"
LONGEST = 100
"""Characters of the longest code that is read."""
MAGNITUDE = 300
"""Decimal places before or behind the point beyond which a number is not converted."""
TOKEN = re.compile(
    r"(?P<brace>\{[^{}]*\})|(?P<mark>[./()])"
    r"|(?P<unit>10[*^]|(?:[^\d\s./(){}\[\]+\-]|\[[^\[\]]*\])+)(?P<exponent>[+-]?\d{1,2}(?!\d))?"
    r"|(?P<number>\d{1,10}(?![\d*^]))"
)


@dataclass(frozen=True, slots=True)
class Canonical:
    """A unit in base units: `factor` of them for each, counted from `zero`.

    `dimension` names the base units with their exponents (`g.m-3`; `1` for a pure number); two
    units measure the same when theirs are the same.
    """

    dimension: str
    factor: Fraction
    zero: Fraction = Fraction(0)

    def convert(self, number: Decimal | int) -> Fraction:
        """Return a number of this unit in base units. Raises ValueError for one too large."""
        if isinstance(number, Decimal) and abs(number.adjusted()) > MAGNITUDE:
            raise ValueError("beyond what is converted")
        return self.zero + Fraction(number) * self.factor


@lru_cache(maxsize=4096)
def canonical(code: str) -> Canonical | None:
    """Return a unit in base units, None for one that is not known."""
    scale = SCALES.get(code)
    if scale is not None:
        return Canonical("K", Fraction(scale.degree), Fraction(scale.zero))
    if not code or len(code) > LONGEST:
        return None
    try:
        reader = _Reader(code)
        product = reader.term()
        reader.end()
    except ValueError:
        return None
    powers = sorted((name, power) for name, power in product.powers.items() if power)
    names = ".".join(name + ("" if power == 1 else str(power)) for name, power in powers)
    return Canonical(names or "1", product.factor)


@dataclass(frozen=True, slots=True)
class _Product:
    """A number of base units, each with its exponent."""

    factor: Fraction
    powers: Mapping[str, int]

    def times(self, other: "_Product", exponent: int = 1) -> "_Product":
        powers = dict(self.powers)
        for name, power in other.powers.items():
            powers[name] = powers.get(name, 0) + power * exponent
        return _Product(self.factor * other.factor**exponent, powers)


ONE = _Product(Fraction(1), {})


class _Reader:
    """Reads the code of a unit from left to right; raises ValueError for what is none."""

    def __init__(self, code: str) -> None:
        self._tokens = list(TOKEN.finditer(code))
        self._at = 0
        if "".join(token[0] for token in self._tokens) != code:
            raise ValueError("not a unit")

    def term(self) -> _Product:
        """Read components joined by `.` and `/`, which may also come first."""
        product, exponent = ONE, 1
        if self._take("/"):
            exponent = -1
        while True:
            product = product.times(self._component(), exponent)
            if self._take("."):
                exponent = 1
            elif self._take("/"):
                exponent = -1
            else:
                return product

    def end(self) -> None:
        """Refuse what is left over."""
        if self._at < len(self._tokens):
            raise ValueError("not a unit")

    def _component(self) -> _Product:
        if self._take("("):
            inner = self.term()
            if not self._take(")"):
                raise ValueError("a parenthesis is left open")
            return inner
        token = self._next()
        if token["brace"]:
            return ONE
        if token["number"]:
            found = _Product(Fraction(int(token["number"])), {})
        elif token["unit"]:
            found = ONE.times(_unit(token["unit"]), int(token["exponent"] or 1))
        else:
            raise ValueError("a unit is missing")
        if self._at < len(self._tokens) and self._tokens[self._at]["brace"]:
            self._at += 1
        if not found.factor:
            raise ValueError("nothing is no unit")
        return found

    def _next(self) -> re.Match[str]:
        if self._at == len(self._tokens):
            raise ValueError("a unit is missing")
        self._at += 1
        return self._tokens[self._at - 1]

    def _take(self, mark: str) -> bool:
        taken = self._at < len(self._tokens) and self._tokens[self._at][0] == mark
        self._at += taken
        return taken


@lru_cache(maxsize=1024)
def _unit(code: str) -> _Product:
    """Return a unit with or without prefix. Raises ValueError for one that is not known."""
    if code in UNITS:
        return _defined(code)
    for prefix, power in PREFIXES.items():
        rest = code.removeprefix(prefix)
        if rest != code and rest in UNITS and UNITS[rest].metric:
            found = _defined(rest)
            return _Product(Fraction(10) ** power * found.factor, found.powers)
    raise ValueError("not a unit that is known")


def _defined(code: str) -> _Product:
    unit = UNITS[code]
    if not unit.of:
        return _Product(Fraction(1), {code: 1})
    return _Product(Fraction(unit.value), {}).times(_Reader(unit.of).term())
