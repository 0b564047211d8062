"""The Prefer header."""

import pytest

from fhir_server.interactions.preference import Preference, parse_preference


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, Preference()),
        ("return=minimal", Preference("minimal")),
        ("return=representation", Preference("representation")),
        ("Return=OperationOutcome", Preference("OperationOutcome")),
        ("handling=lenient", Preference(is_lenient=True)),
        ("handling=strict, return=minimal", Preference("minimal")),
        ("respond-async; return=minimal", Preference("minimal", is_async=True)),
        ('return="minimal"', Preference("minimal")),
        ("wait=10, foo", Preference()),
        ("return=minimal, return=representation", Preference("minimal")),
    ],
)
def test_preference_is_read_and_the_unknown_ignored(
    header: str | None, expected: Preference
) -> None:
    assert parse_preference(header) == expected
