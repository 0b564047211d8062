"""Quantity parameters: numbers with their unit.

Source: https://hl7.org/fhir/R4/search.html#quantity. A quantity has a row without its unit and
one for each way to name it: `system|code`, its code alone, its printed unit. Units are compared
as written. A comparator (`<`, `>=`) opens the range on its side; a sampled series reaches from
its lowest to its highest sample.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from sqlalchemy import ColumnElement, and_, or_

from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import BadRequest, NotSupported
from fhir_server.search.escape import split, unescape
from fhir_server.search.expression import Source
from fhir_server.search.interval import CLOSED, LARGEST, Interval, bounded, read_interval
from fhir_server.search.options import Options
from fhir_server.search.parameter import Parameter, Slot
from fhir_server.search.rows import Rows
from fhir_server.search.value import Binds, Columns, Sink, Table

Index = Callable[[JsonValue, Sink], None]
QUANTITIES = ("Quantity", "Age", "Duration", "Count", "Distance")
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
    low = -LARGEST if comparator in {"<", "<="} else number
    high = LARGEST if comparator in {">", ">="} else number
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
        low = -LARGEST if low is None else low
        _gather(low, LARGEST if high is None else high, unit, slot, sink)


def _series(value: JsonValue, slot: Slot, sink: Sink) -> None:
    """Index SampledData from its lowest to its highest sample; letters stand for no number."""
    if not isinstance(value, dict):
        return
    origin, data, factor = value.get("origin"), value.get("data"), value.get("factor", 1)
    start = origin.get("value") if isinstance(origin, dict) else None
    if not isinstance(data, str) or not isinstance(origin, dict):
        return
    if not isinstance(start, int | Decimal) or not isinstance(factor, int | Decimal):
        return
    samples = [start + sample * factor for sample in _samples(data)]
    if samples:
        _gather(bounded(min(samples)), bounded(max(samples)), origin, slot, sink)


def _samples(data: str) -> Iterator[Decimal]:
    for word in data.split():
        try:
            sample = Decimal(word)
        except InvalidOperation:
            continue
        if sample.is_finite():
            yield sample


def _number(value: JsonValue) -> float | None:
    number = value.get("value") if isinstance(value, dict) else None
    return bounded(number) if isinstance(number, int | Decimal) else None


def _gather(low: float, high: float, unit: JsonObject, slot: Slot, sink: Sink) -> None:
    sink.num.append((slot.own_key, low, high))
    system, code, printed = unit.get("system"), unit.get("code"), unit.get("unit")
    if isinstance(code, str):
        sink.num.append((slot.key("", code), low, high))
        if isinstance(system, str):
            sink.num.append((slot.key(system, code), low, high))
    if isinstance(printed, str):
        sink.num.append((slot.key("", printed), low, high))


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
        return or_(*tests)

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
    del options
    if modifier is not None:
        raise NotSupported(f"{parameter.code}:{modifier} is not supported")
    return Quantities(tuple(_alternative(text, parameter) for text in texts))


def _alternative(text: str, parameter: Parameter) -> tuple[int, Interval]:
    parts = [unescape(part) for part in split(text, "|")]
    try:
        interval = read_interval(parts[0])
    except ValueError:
        raise BadRequest(f"{parameter.code} {FORMS}") from None
    if len(parts) == 1 or parts[1:] == ["", ""]:
        return parameter.slot.own_key, interval
    if len(parts) != 3 or not parts[2]:
        raise BadRequest(f"{parameter.code} {FORMS}")
    return parameter.slot.key(parts[1], parts[2]), interval
