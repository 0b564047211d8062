"""Spans of partial dates nest, order and never invent a moment."""

from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from fhir_server.model.date import date_span, microseconds
from fhir_server.validation.primitive import PRIMITIVES

MOMENTS = st.datetimes(min_value=datetime(1, 1, 3), max_value=datetime(9999, 12, 29))  # noqa: DTZ001 - drawn without a zone
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m)))
DATES = st.from_regex(
    r"[0-9]{4}(-[0-9]{2}(-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?)?)?", fullmatch=True
)


@given(MOMENTS, OFFSETS)
def test_a_full_dateTime_is_its_moment(moment: datetime, offset: timezone) -> None:  # noqa: N802 - the type's name
    aware = moment.replace(tzinfo=offset)
    span = date_span(aware.isoformat(timespec="microseconds"))
    assert span.low == span.high == microseconds(aware)


@given(MOMENTS)
def test_coarser_precision_holds_the_finer(moment: datetime) -> None:
    text = moment.replace(tzinfo=UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    spans = [date_span(text[:length]) for length in (4, 7, 10)] + [date_span(text)]
    for wide, narrow in pairwise(spans):
        assert wide.low <= narrow.low <= narrow.high <= wide.high


@given(MOMENTS)
def test_a_day_begins_where_the_day_before_ends(moment: datetime) -> None:
    before = moment - timedelta(days=1)
    assert date_span(f"{moment:%Y-%m-%d}".zfill(10)).low == 1 + (
        date_span(f"{before:%Y-%m-%d}".zfill(10)).high
    )


@given(DATES)
def test_a_text_has_a_span_exactly_when_it_is_a_dateTime(text: str) -> None:  # noqa: N802 - the type's name
    try:
        date_span(text)
        has_span = True
    except ValueError:
        has_span = False
    assert has_span == PRIMITIVES["dateTime"].has_format(text)
