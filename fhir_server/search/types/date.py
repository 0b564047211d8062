"""Date parameters: spans of time, as wide as their precision, compared with spans.

Source: https://hl7.org/fhir/R4/search.html#date. `eq` holds when the span asked for contains the
resource's, `gt` and `lt` when the resource's reaches above or below it, `sa` and `eb` when it
lies wholly after or before; `ge` and `le` are `gt` and `lt` or `eq`. `ap` is an overlap with the
span widened by a tenth of its distance from now.
"""

import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from datetime import tzinfo

from sqlalchemy import ColumnElement, and_, or_

from fhir_server.model.date import Span, date_span, period_span, timing_span
from fhir_server.model.resource import JsonValue
from fhir_server.outcome import BadRequest
from fhir_server.search.disjunction import any_of
from fhir_server.search.escape import unescape
from fhir_server.search.expression import Source
from fhir_server.search.options import Options
from fhir_server.search.parameter import Parameter, Slot
from fhir_server.search.rows import Rows
from fhir_server.search.value import Binds, Columns, Sink, Table

Index = Callable[[JsonValue, Sink], None]
TYPES = ("date", "dateTime", "instant", "Period", "Timing", "string")
MODIFIERS: tuple[str, ...] = ()
PREFIX = re.compile(r"(eq|ne|gt|lt|ge|le|sa|eb|ap)?(.*)", re.DOTALL)
CLOSED = ("eq", "ap")
"""Prefixes whose spans end on both sides."""
APPROXIMATELY = 10
"""`ap` widens by one part in so many of the distance from now."""


def index(source: Source, slot: Slot) -> Index | None:
    """Return how a source's values become rows; None for types that are no time.

    A value that cannot be read as a time has no row: no date is ever invented.
    """
    if source.type not in TYPES:
        return None

    def gather(value: JsonValue, sink: Sink) -> None:
        try:
            span = _span(value, source.type, slot.zone)
        except ValueError:
            return
        if span is not None:
            sink.date.append((slot.own_key, span.low, span.high))

    return gather


def _span(value: JsonValue, type: str, zone: tzinfo) -> Span | None:
    if isinstance(value, str):
        return date_span(value, zone)
    if not isinstance(value, dict):
        return None
    if type == "Timing":
        return timing_span(value, zone)
    return period_span(value, zone) if "start" in value or "end" in value else None


@dataclass(frozen=True, slots=True)
class Comparison:
    """A prefix and the span it compares with."""

    prefix: str
    low: int
    high: int

    def where(self, columns: Columns, binds: Binds) -> ColumnElement[bool]:
        """Return the test of a row's span; it binds `low`, then `high`."""
        start, end = next(binds), next(binds)
        low, high = columns["lo"], columns["hi"]
        within = and_(low >= start, high <= end)
        tests = {
            "eq": and_(low <= end, within),
            "ne": or_(low < start, high > end),
            "gt": high > end,
            "lt": low < start,
            "ge": and_(high >= start, or_(high > end, low >= start)),
            "le": and_(low <= end, or_(low < start, high <= end)),
            "sa": low > end,
            "eb": high < start,
            "ap": and_(low <= end, high >= start),
        }
        return tests[self.prefix]

    def holds(self, low: int, high: int) -> bool:
        """Whether a span passes."""
        start, end = self.low, self.high
        within = start <= low and high <= end
        results = {
            "eq": within,
            "ne": not within,
            "gt": high > end,
            "lt": low < start,
            "ge": high > end or within,
            "le": low < start or within,
            "sa": low > end,
            "eb": high < start,
            "ap": low <= end and high >= start,
        }
        return results[self.prefix]


@dataclass(frozen=True, slots=True)
class Dates:
    """Comparisons, each an alternative."""

    key: int
    comparisons: tuple[Comparison, ...]
    table: Table = "date"
    exact: bool = False

    @property
    def open(self) -> bool:
        """Whether a prefix leaves an end open."""
        return any(one.prefix not in CLOSED for one in self.comparisons)

    @property
    def shape(self) -> Hashable:
        """The prefixes."""
        return tuple(one.prefix for one in self.comparisons)

    @property
    def bound(self) -> tuple[int, ...]:
        """The parameter's key and the span of each comparison."""
        return (self.key, *(end for one in self.comparisons for end in (one.low, one.high)))

    def where(self, columns: Columns, binds: Binds) -> ColumnElement[bool]:
        """Return the test on the rows of `ix_date`."""
        own = columns["key"] == next(binds)
        return and_(own, any_of(one.where(columns, binds) for one in self.comparisons))

    def matches(self, rows: Rows) -> bool:
        """Whether a span of a resource passes."""
        spans = [(low, high) for key, low, high in rows.date if key == self.key]
        return any(one.holds(low, high) for low, high in spans for one in self.comparisons)


def parse(
    texts: Sequence[str], modifier: str | None, parameter: Parameter, options: Options
) -> Dates:
    """Read dates with their prefixes, each an alternative. Raises BadRequest."""
    del modifier
    slot = parameter.slot
    return Dates(slot.own_key, tuple(_comparison(text, slot, options) for text in texts))


def _comparison(text: str, slot: Slot, options: Options) -> Comparison:
    match = PREFIX.fullmatch(unescape(text))
    prefix, date = match.groups() if match else (None, text)
    try:
        span = date_span(date.replace(" ", "+"), slot.zone)  # a form writes + as a space
    except ValueError:
        raise BadRequest(f"{slot.code} takes a date such as 2026-01-31 or ge2026-01") from None
    if prefix != "ap":
        return Comparison(prefix or "eq", span.low, span.high)
    distance = max(0, span.low - options.now, options.now - span.high)
    width = distance // APPROXIMATELY
    return Comparison("ap", span.low - width, span.high + width)
