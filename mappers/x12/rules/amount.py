"""Amounts of a set as exact numbers."""

from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation

from mappers.x12.rules.view import View


def number(text: str) -> Decimal | None:
    """Return a number of the R type; None where the text is none (syntax tells that)."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return value if value.is_finite() else None


def total(texts: Iterable[str]) -> Decimal | None:
    """Return the exact sum of numbers, empty ones as zero; None where one is no number."""
    result = Decimal(0)
    for text in texts:
        if text:
            value = number(text)
            if value is None:
                return None
            result += value
    return result


def adjustment_texts(view: View) -> Iterator[str]:
    """Yield every amount of the CAS segments of one loop."""
    for segment in view.segments.get("CAS", ()):
        yield from segment.elements[3:20:3]
