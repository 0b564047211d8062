"""Number parameters: exact values compared with what the digits of a criterion can mean.

Source: https://hl7.org/fhir/R4/search.html#number.
"""

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from sqlalchemy import ColumnElement, and_

from fhir_server.model.resource import JsonValue
from fhir_server.outcome import BadRequest
from fhir_server.search.disjunction import any_of
from fhir_server.search.escape import unescape
from fhir_server.search.expression import Source
from fhir_server.search.interval import CLOSED, LARGEST, Interval, bounded, read_interval
from fhir_server.search.options import Options
from fhir_server.search.parameter import Parameter, Slot
from fhir_server.search.rows import Rows
from fhir_server.search.value import Binds, Columns, Sink, Table

Index = Callable[[JsonValue, Sink], None]
TYPES = ("decimal", "integer", "positiveInt", "unsignedInt")
MODIFIERS: tuple[str, ...] = ()


def index(source: Source, slot: Slot) -> Index | None:
    """Return how a source's values become rows; None for types that are no numbers."""
    if source.type in TYPES:
        return lambda value, sink: _number(value, slot, sink)
    if source.type == "Range":
        return lambda value, sink: _range(value, slot, sink)
    return None


def _number(value: JsonValue, slot: Slot, sink: Sink) -> None:
    if isinstance(value, int | Decimal) and not isinstance(value, bool):
        number = bounded(value)
        sink.num.append((slot.own_key, number, number))


def _range(value: JsonValue, slot: Slot, sink: Sink) -> None:
    """Index a Range; a missing end is open."""
    if not isinstance(value, dict):
        return
    low, high = _quantity(value.get("low")), _quantity(value.get("high"))
    if low is None and high is None:
        return
    start = -LARGEST if low is None else low
    sink.num.append((slot.own_key, start, LARGEST if high is None else high))


def _quantity(value: JsonValue) -> float | None:
    number = value.get("value") if isinstance(value, dict) else None
    return bounded(number) if isinstance(number, int | Decimal) else None


@dataclass(frozen=True, slots=True)
class Numbers:
    """Intervals, each an alternative."""

    key: int
    intervals: tuple[Interval, ...]
    table: Table = "num"
    exact: bool = False

    @property
    def open(self) -> bool:
        """Whether a prefix leaves an end open."""
        return any(one.prefix not in CLOSED for one in self.intervals)

    @property
    def shape(self) -> Hashable:
        """The prefixes."""
        return tuple(one.prefix for one in self.intervals)

    @property
    def bound(self) -> tuple[int | float, ...]:
        """The parameter's key and the ends of each interval."""
        return (self.key, *(end for one in self.intervals for end in (one.low, one.high)))

    def where(self, columns: Columns, binds: Binds) -> ColumnElement[bool]:
        """Return the test on the rows of `ix_num`."""
        own = columns["key"] == next(binds)
        return and_(own, any_of(one.where(columns, binds) for one in self.intervals))

    def matches(self, rows: Rows) -> bool:
        """Whether a number of a resource passes."""
        ranges = [(low, high) for key, low, high in rows.num if key == self.key]
        return any(one.holds(low, high) for low, high in ranges for one in self.intervals)


def parse(
    texts: Sequence[str], modifier: str | None, parameter: Parameter, options: Options
) -> Numbers:
    """Read numbers with their prefixes, each an alternative. Raises BadRequest."""
    del options, modifier
    try:
        intervals = tuple(read_interval(unescape(text)) for text in texts)
    except ValueError:
        raise BadRequest(f"{parameter.code} takes a number such as 100 or ge0.5") from None
    return Numbers(parameter.slot.own_key, intervals)
