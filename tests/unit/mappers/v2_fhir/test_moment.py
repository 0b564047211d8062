from datetime import UTC, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest

from mappers.v2_fhir.moment import to_date, to_datetime, to_instant, to_time, zone_of

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ("2026", "2026"),
        ("202602", "2026-02"),
        ("20260203", "2026-02-03"),
        ("2026020304", "2026-02-03T04:00:00-05:00"),
        ("202607030405", "2026-07-03T04:05:00-04:00"),
        ("20260203040506", "2026-02-03T04:05:06-05:00"),
        ("20260203040506.1234+0530", "2026-02-03T04:05:06.1234+05:30"),
        ("20260230", None),
        ("20261301", None),
        ("2026020325", None),
        ("yesterday", None),
        ("", None),
    ],
)
def test_moment_keeps_its_precision(sent: str, meant: str | None) -> None:
    assert to_datetime(sent, NEW_YORK) == meant


def test_date_instant_and_time() -> None:
    assert to_date("202602030405") == "2026-02-03"
    assert to_date("2026") == "2026"
    assert to_date("bad") is None
    assert to_instant("202602030405", UTC) == "2026-02-03T04:05:00+00:00"
    assert to_instant("20260203", UTC) is None
    assert [to_time(text) for text in ("10", "1005", "100506.5", "2460", "x")] == [
        "10:00:00",
        "10:05:00",
        "10:05:06.5",
        None,
        None,
    ]


def test_zone_of_the_header() -> None:
    assert zone_of("20260203040506-0530") == timezone(timedelta(hours=-5, minutes=-30))
    assert zone_of("20260203040506") is None
    assert zone_of("x") is None
