"""Dates become spans as wide as their precision, and bad dates stay bad."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from fhir_server.model.date import (
    DAY,
    HIGHEST,
    LOWEST,
    MINUTE,
    SECOND,
    Span,
    date_span,
    microseconds,
    period_span,
    time_span,
    timing_span,
)

NEW_YORK = ZoneInfo("America/New_York")


def at(*parts: int) -> int:
    year, month, day, *clock = parts
    hour, minute, second = (*clock, 0, 0, 0)[:3]
    return microseconds(datetime(year, month, day, hour, minute, second, tzinfo=UTC))


@pytest.mark.parametrize(
    ("text", "low", "next_low"),
    [
        ("2020", at(2020, 1, 1), at(2021, 1, 1)),
        ("2020-02", at(2020, 2, 1), at(2020, 3, 1)),
        ("2020-12", at(2020, 12, 1), at(2021, 1, 1)),
        ("2020-02-29", at(2020, 2, 29), at(2020, 3, 1)),
        ("2020-12-31", at(2020, 12, 31), at(2021, 1, 1)),
        ("0001-01-01", LOWEST, at(1, 1, 2)),
        ("9999-12-31", at(9999, 12, 31), HIGHEST + 1),
        ("9999-12", at(9999, 12, 1), HIGHEST + 1),
        ("9999", at(9999, 1, 1), HIGHEST + 1),
        ("2020-05-01T10:20Z", at(2020, 5, 1, 10, 20), at(2020, 5, 1, 10, 21)),
        ("2020-05-01T10:20:30Z", at(2020, 5, 1, 10, 20, 30), at(2020, 5, 1, 10, 20, 31)),
        ("2020-05-01T10:20:30+05:30", at(2020, 5, 1, 4, 50, 30), at(2020, 5, 1, 4, 50, 31)),
        ("2020-05-01T23:00:00-02:00", at(2020, 5, 2, 1), at(2020, 5, 2, 1, 0, 1)),
        ("2016-12-31T23:59:60Z", at(2017, 1, 1), at(2017, 1, 1, 0, 0, 1)),
        ("2020-01-01T00:00:00.5Z", at(2020, 1, 1) + 500_000, at(2020, 1, 1) + 600_000),
        ("2020-01-01T00:00:00.123456789Z", at(2020, 1, 1) + 123_456, at(2020, 1, 1) + 123_457),
    ],
)
def test_a_date_is_as_wide_as_written(text: str, low: int, next_low: int) -> None:
    assert date_span(text) == Span(low, next_low - 1)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2020-02-30",
        "2019-02-29",
        "2020-13",
        "2020-00",
        "0000",
        "20",
        "2020-1-1",
        "20200101",
        "2020-01-01T",
        "2020-01-01T10",
        "2020-01-01T24:00:00Z",
        "2020-01-01T10:60:00Z",
        "2020-01-01T10:00:61Z",
        "2020-01-01T10:00:00+15:00",
        "2020-01-01T10:00:00+14:30",
        "2020-01-01T10:00:00+01:60",
        "2020-01T10:00:00Z",
        " 2020",
        "2020\n",
        "٢٠٢٠",
        "now",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a|must be|out of range"):
        date_span(text)


def test_a_text_without_offset_is_in_the_zone_given() -> None:
    assert date_span("2020-07-01", NEW_YORK).low == at(2020, 7, 1, 4)
    assert date_span("2020-01-01T10:00:00", NEW_YORK).low == at(2020, 1, 1, 15)


def test_an_offset_is_stronger_than_the_zone_given() -> None:
    assert date_span("2020-07-01T00:00:00Z", NEW_YORK) == date_span("2020-07-01T00:00:00Z")


def test_a_day_of_changing_clocks_is_as_long_as_it_is() -> None:
    span = date_span("2020-03-08", NEW_YORK)
    assert span.high - span.low + 1 == 23 * 60 * MINUTE


@pytest.mark.parametrize(
    ("text", "low", "width"),
    [
        ("00:00:00", 0, SECOND),
        ("10:30", 630 * MINUTE, MINUTE),
        ("23:59:59.25", DAY - SECOND + 250_000, 10_000),
    ],
)
def test_a_time_counts_from_midnight(text: str, low: int, width: int) -> None:
    assert time_span(text) == Span(low, low + width - 1)


@pytest.mark.parametrize("text", ["24:00:00", "1:00", "10:00:00Z", "10:00:00.", "10"])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a FHIR time"):
        time_span(text)


def test_a_period_covers_both_its_ends() -> None:
    span = period_span({"start": "2020-01", "end": "2020-02"})
    assert span == Span(at(2020, 1, 1), at(2020, 3, 1) - 1)


def test_a_missing_end_of_a_period_is_open() -> None:
    assert period_span({"start": "2020"}) == Span(at(2020, 1, 1), HIGHEST)
    assert period_span({"end": "2020"}) == Span(LOWEST, at(2021, 1, 1) - 1)


def test_a_period_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="before it starts"):
        period_span({"start": "2021", "end": "2020"})


def test_a_period_of_something_else_is_refused() -> None:
    with pytest.raises(ValueError, match="JSON string"):
        period_span({"start": 2020})


def test_a_timing_reaches_from_its_first_to_its_last_moment() -> None:
    timing = timing_span(
        {"event": ["2020-05-05", "2020-01-01"], "repeat": {"boundsPeriod": {"end": "2020-06"}}}
    )
    assert timing == Span(LOWEST, at(2020, 7, 1) - 1)


def test_a_timing_without_moments_has_no_span() -> None:
    assert timing_span({"repeat": {"frequency": 2, "period": 1, "periodUnit": "d"}}) is None
    assert timing_span({"code": {"text": "twice a day"}}) is None
