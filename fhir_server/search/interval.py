"""What the digits of a number in a criterion can mean, and how it compares with a stored range.

Source: https://hl7.org/fhir/R4/search.html#prefix and #number. `100` means 99.5 to 100.5, the
upper end left out; `1e2` means 95 to 105, as the standard's own example has it. All prefixes but
`eq`, `ne` and `ap` take the number as it is. Bounds are 64-bit floats, like the index: numbers
that differ past the 15th digit are not told apart.
"""

import re
import sys
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import ColumnElement, and_, or_

from fhir_server.model.ucum import Canonical
from fhir_server.search.value import Binds, Columns

LARGEST = sys.float_info.max
NUMBER = re.compile(
    r"(eq|ne|gt|lt|ge|le|sa|eb|ap)?([+-]?[0-9]{1,40}(?:\.[0-9]{1,40})?(?:[eE][+-]?[0-9]{1,3})?)"
)
CLOSED = ("eq", "ap")
"""Prefixes whose ranges end on both sides."""
HALF, TENTH = Decimal("0.5"), Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Interval:
    """A prefix with the number it compares with, as a range whose upper end is left out.

    For prefixes that take the number as it is, both ends are the number.
    """

    prefix: str
    low: float
    high: float

    def where(self, columns: Columns, binds: Binds) -> ColumnElement[bool]:
        """Return the test of a row's range; it binds `low`, then `high`."""
        start, end = next(binds), next(binds)
        low, high = columns["lo"], columns["hi"]
        tests = {
            "eq": and_(low >= start, low < end, high < end),
            "ne": or_(low < start, high >= end),
            "gt": high > end,
            "lt": low < start,
            "ge": high >= end,
            "le": low <= start,
            "sa": low > end,
            "eb": high < start,
            "ap": and_(low <= end, high >= start),
        }
        return tests[self.prefix]

    def holds(self, low: float, high: float) -> bool:
        """Whether a range passes."""
        start, end = self.low, self.high
        results = {
            "eq": start <= low and high < end,
            "ne": low < start or high >= end,
            "gt": high > end,
            "lt": low < start,
            "ge": high >= end,
            "le": low <= start,
            "sa": low > end,
            "eb": high < start,
            "ap": low <= end and high >= start,
        }
        return results[self.prefix]


def read_interval(text: str, unit: Canonical | None = None) -> Interval:
    """Return the interval of a number with or without prefix, in base units of its unit.

    Raises ValueError.
    """
    match = NUMBER.fullmatch(text)
    if match is None:
        raise ValueError("not a number")
    prefix, number = match[1] or "eq", Decimal(match[2])
    width = Decimal(0)
    if prefix in {"eq", "ne", "ap"}:
        width = _half_unit(number)
    if prefix == "ap":
        width = max(abs(number) * TENTH, width)
    low, high = number - width, number + width
    if unit is None:
        return Interval(prefix, bounded(low), bounded(high))
    return Interval(prefix, bounded(unit.convert(low)), bounded(unit.convert(high)))


def read_number(text: str) -> Decimal:
    """Return a number without prefix. Raises ValueError."""
    match = NUMBER.fullmatch(text)
    if match is None or match[1]:
        raise ValueError("not a number")
    return Decimal(match[2])


def bounded(number: Decimal | Fraction | int) -> float:
    """Return the nearest 64-bit float, the largest for what is beyond it."""
    try:
        return max(-LARGEST, min(LARGEST, float(number)))
    except OverflowError:
        return LARGEST if number > 0 else -LARGEST


def _half_unit(number: Decimal) -> Decimal:
    """Return half of the unit of the last digit that was written."""
    exponent = number.as_tuple().exponent
    if not isinstance(exponent, int):
        raise ValueError("not a number")  # noqa: TRY004 - the caller knows bad numbers by it
    return HALF.scaleb(exponent - 1 if exponent > 0 else exponent)
