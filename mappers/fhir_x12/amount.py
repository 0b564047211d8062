"""Numbers and days of X12 as FHIR writes them: exact, and nothing where they cannot be read."""

import re
from datetime import date
from decimal import Decimal
from functools import lru_cache

_NUMBER = re.compile(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)")
_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")

_MANY = 8192
"""Texts remembered with what they say: amounts and days of a file come again and again."""
_CENT = Decimal("0.01")


@lru_cache(_MANY)
def amount(text: str) -> Decimal | None:
    """Return an R or N number exactly as written; None where the text is none."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


@lru_cache(_MANY)
def day(text: str) -> str:
    """Return CCYYMMDD as CCYY-MM-DD; empty where there is no such day."""
    found = _DAY.match(text)
    try:
        return date(*map(int, found.groups())).isoformat() if found else ""
    except ValueError:
        return ""


@lru_cache(_MANY)
def dollars(text: str) -> Decimal | None:
    """Return an amount of dollars with its two places; None where the text is no number."""
    found = amount(text)
    return None if found is None else cents(found)


def cents(value: Decimal) -> Decimal:
    """Return an amount of dollars with its two places, more only where it has more."""
    return value if -(int(value.as_tuple().exponent)) > 2 else value.quantize(_CENT)
