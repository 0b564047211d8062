"""Series of samples, as devices send them.

Source: https://hl7.org/fhir/R4/datatypes.html#SampledData.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from fhir_server.model.resource import JsonObject


@dataclass(frozen=True, slots=True)
class SeriesSpan:
    """Lowest and highest sample, in the unit of the origin."""

    low: Decimal
    high: Decimal
    origin: JsonObject


def series_span(series: JsonObject) -> SeriesSpan | None:
    """Return how far SampledData reaches; None without a sample. Letters stand for no number."""
    origin, data, factor = series.get("origin"), series.get("data"), series.get("factor", 1)
    if not isinstance(data, str) or not isinstance(origin, dict):
        return None
    start = origin.get("value")
    if not isinstance(start, int | Decimal) or not isinstance(factor, int | Decimal):
        return None
    samples = [start + sample * factor for sample in _samples(data)]
    return SeriesSpan(min(samples), max(samples), origin) if samples else None


def _samples(data: str) -> Iterator[Decimal]:
    for word in data.split():
        try:
            sample = Decimal(word)
        except InvalidOperation:
            continue
        if sample.is_finite():
            yield sample
