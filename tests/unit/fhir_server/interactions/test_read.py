"""Moments in If-Modified-Since."""

import pytest

from fhir_server.interactions.read import read_moment

SECOND = 1_000_000


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Thu, 01 Jan 1970 00:00:01 GMT", SECOND),
        ("1970-01-01T01:00:01+01:00", SECOND),
        ("1970-01-01T00:00:01.500Z", SECOND + SECOND // 2),
        ("", None),
        ("yesterday", None),
        ("1970-13-01T00:00:00Z", None),
        ("Thu, 01 Jan 1970 00:00:01", None),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None),
        ("Mon, 01 Jan 2024 00:00:00 +99999999999999", None),
    ],
)
def test_moment_is_read_or_passed_over(text: str, moment: int | None) -> None:
    assert read_moment(text) == moment
