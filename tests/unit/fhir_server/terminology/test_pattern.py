"""Regular expressions from outside are read only when they surely end."""

import pytest

from fhir_server.outcome import UnusableValueSet
from fhir_server.terminology.pattern import check_pattern


@pytest.mark.parametrize(
    "pattern",
    ["A.*", "[A-Z]{3}", "(LP|LA).*", r"\d+-\d", "(ab)*c", r"[()+*]+", "a?b?", r"\(a+\)+", "[]+]*"],
)
def test_plain_pattern_is_read(pattern: str) -> None:
    check_pattern(pattern)


@pytest.mark.parametrize(
    "pattern",
    ["(a+)+", "(a|a)*", "((a*))*b", "(a*){2,}", "(?=a)", r"(a)\1", "(", "a**", "x" * 501],
)
def test_costly_or_broken_pattern_is_refused(pattern: str) -> None:
    with pytest.raises(UnusableValueSet):
        check_pattern(pattern)
