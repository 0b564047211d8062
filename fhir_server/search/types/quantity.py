"""Quantity parameters: numbers with their unit.

Source: https://hl7.org/fhir/R4/search.html#quantity. A quantity has a row without its unit and
one for each way to name it: `system|code`, its code alone, its printed unit. A code of UCUM that
is known stands in base units under its dimension, so that `5.4|http://unitsofmeasure.org|mg` finds
0.0054 g; all other units are compared as written. A comparator (`<`, `>=`) opens the range on its
side; a sampled series reaches from its lowest to its highest sample.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import ColumnElement, and_

from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.series import series_span
from fhir_server.model.ucum import SYSTEM, canonical
from fhir_server.outcome import BadRequest
from fhir_server.search.disjunction import any_of
from fhir_server.search.escape import split, unescape
from fhir_server.search.expression import Source
from fhir_server.search.interval import CLOSED, LARGEST, Interval, bounded, read_interval
from fhir_server.search.options import Options
from fhir_server.search.parameter import Parameter, Slot
from fhir_server.search.rows import NumberRow, Rows
from fhir_server.search.value import Binds, Columns, Sink, Table

Index = Callable[[JsonValue, Sink], None]
Number = Decimal | int
QUANTITIES = ("Quantity", "Age", "Duration", "Count", "Distance")
MODIFIERS: tuple[str, ...] = ()
CURRENCY = "urn:iso:std:iso:4217"
FORMS = "takes number, number|system|code or number||code"


def index(source: Source, slot: Slot) -> Index | None:
    """Return how a source's values become rows; None for types that are no quantities."""
    if source.type in QUANTITIES:
        return lambda value, sink: _quantity(value, slot, sink)
    if source.type == "Money":
        return lambda value, sink: _money(value, slot, sink)
    if source.type == "Range":
        return lambda value, sink: _range(value, slot, sink)
    if source.type == "SampledData":
        return lambda value, sink: _series(value, slot, sink)
    return None


def _quantity(value: JsonValue, slot: Slot, sink: Sink) -> None:
    number = _number(value)
    if number is None or not isinstance(value, dict):
        return
    comparator = value.get("comparator")
    low = None if comparator in {"<", "<="} else number
    high = None if comparator in {">", ">="} else number
    _gather(low, high, value, slot, sink)


def _money(value: JsonValue, slot: Slot, sink: Sink) -> None:
    number = _number(value)
    if number is None or not isinstance(value, dict):
        return
    unit: JsonObject = {"system": CURRENCY, "code": value.get("currency")}
    _gather(number, number, unit, slot, sink)


def _range(value: JsonValue, slot: Slot, sink: Sink) -> None:
    """Index a Range; a missing end is open, and the unit is that of either end."""
    if not isinstance(value, dict):
        return
    start, end = value.get("low"), value.get("high")
    low, high = _number(start), _number(end)
    unit = start if low is not None else end
    if isinstance(unit, dict) and (low is not None or high is not None):
        _gather(low, high, unit, slot, sink)


def _series(value: JsonValue, slot: Slot, sink: Sink) -> None:
    span = series_span(value) if isinstance(value, dict) else None
    if span is not None:
        _gather(span.low, span.high, span.origin, slot, sink)


def _number(value: JsonValue) -> Number | None:
    number = value.get("value") if isinstance(value, dict) else None
    return number if isinstance(number, int | Decimal) else None


def _gather(
    low: Number | None, high: Number | None, unit: JsonObject, slot: Slot, sink: Sink
) -> None:
    """Add the rows of a range; an end that is None is open."""
    ends = _lower(low), _upper(high)
    sink.num.append((slot.own_key, *ends))
    system, code, printed = unit.get("system"), unit.get("code"), unit.get("unit")
    if isinstance(code, str):
        sink.num.append((slot.key("", code), *ends))
        if isinstance(system, str):
            sink.num.append(_measured(low, high, system, code, slot))
    if isinstance(printed, str):
        sink.num.append((slot.key("", printed), *ends))


def _measured(
    low: Number | None, high: Number | None, system: str, code: str, slot: Slot
) -> NumberRow:
    """Return the row of a range in base units, or as written where the unit is not known."""
    unit = canonical(code) if system == SYSTEM else None
    if unit is not None:
        try:
            start = None if low is None else unit.convert(low)
            end = None if high is None else unit.convert(high)
        except ValueError:
            return (slot.key(system, code), _lower(low), _upper(high))
        return (slot.key(SYSTEM, unit.dimension), _lower(start), _upper(end))
    return (slot.key(system, code), _lower(low), _upper(high))


def _lower(number: Number | Fraction | None) -> float:
    return -LARGEST if number is None else bounded(number)


def _upper(number: Number | Fraction | None) -> float:
    return LARGEST if number is None else bounded(number)


@dataclass(frozen=True, slots=True)
class Quantities:
    """Keys that hold the unit, with intervals; each pair is an alternative."""

    alternatives: tuple[tuple[int, Interval], ...]
    table: Table = "num"
    exact: bool = False

    @property
    def open(self) -> bool:
        """Whether a prefix leaves an end open."""
        return any(
            one.prefix not in CLOSED for one in (interval for _, interval in self.alternatives)
        )

    @property
    def shape(self) -> Hashable:
        """The prefixes."""
        return tuple(one.prefix for _, one in self.alternatives)

    @property
    def bound(self) -> tuple[int | float, ...]:
        """The key and the ends of each alternative."""
        return tuple(part for key, one in self.alternatives for part in (key, one.low, one.high))

    def where(self, columns: Columns, binds: Binds) -> ColumnElement[bool]:
        """Return the test on the rows of `ix_num`."""
        tests = (
            and_(columns["key"] == next(binds), one.where(columns, binds))
            for _, one in self.alternatives
        )
        return any_of(tests)

    def matches(self, rows: Rows) -> bool:
        """Whether a quantity of a resource passes."""
        return any(
            row == key and one.holds(low, high)
            for row, low, high in rows.num
            for key, one in self.alternatives
        )


def parse(
    texts: Sequence[str], modifier: str | None, parameter: Parameter, options: Options
) -> Quantities:
    """Read numbers with prefix and unit, each an alternative. Raises BadRequest."""
    del options, modifier
    return Quantities(tuple(_alternative(text, parameter) for text in texts))


def _alternative(text: str, parameter: Parameter) -> tuple[int, Interval]:
    parts = [unescape(part) for part in split(text, "|")]
    system, code = parts[1:] if len(parts) == 3 else ("", "")
    if len(parts) not in {1, 3} or (system and not code):
        raise BadRequest(f"{parameter.code} {FORMS}")
    unit = canonical(code) if system == SYSTEM else None
    try:
        interval = read_interval(parts[0], unit)
    except ValueError:
        raise BadRequest(f"{parameter.code} {FORMS}") from None
    if unit is not None:
        return parameter.slot.key(SYSTEM, unit.dimension), interval
    return parameter.slot.key(system, code) if code else parameter.slot.own_key, interval
