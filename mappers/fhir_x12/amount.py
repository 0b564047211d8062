"""Numbers and days of X12 as FHIR writes them: exact, and nothing where they cannot be read."""

import re
from datetime import date
from decimal import Decimal

_NUMBER = re.compile(r"-?([0-9]+\.?[0-9]*|\.[0-9]+)")
_DAY = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})")


def amount(text: str) -> Decimal | None:
    """Return an R or N number exactly as written; None where the text is none."""
    return Decimal(text) if _NUMBER.fullmatch(text) else None


def day(text: str) -> str:
    """Return CCYYMMDD as CCYY-MM-DD; empty where there is no such day."""
    found = _DAY.match(text)
    try:
        return date(*map(int, found.groups())).isoformat() if found else ""
    except ValueError:
        return ""


def cents(value: Decimal) -> Decimal:
    """Return an amount of dollars with its two places, more only where it has more."""
    return value if -(int(value.as_tuple().exponent)) > 2 else value.quantize(Decimal("0.01"))
