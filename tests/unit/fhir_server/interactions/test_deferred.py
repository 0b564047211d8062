"""Requests that are answered later."""

import pytest

from fhir_server.interactions.deferred import without_async


@pytest.mark.parametrize(
    ("header", "rest"),
    [
        ("respond-async", ""),
        ("respond-async, return=minimal", "return=minimal"),
        ("handling=lenient; Respond-Async", "handling=lenient"),
        ("return=representation", "return=representation"),
    ],
)
def test_job_does_not_defer_again(header: str, rest: str) -> None:
    assert without_async(header) == rest
