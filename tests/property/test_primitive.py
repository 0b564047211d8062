"""The pattern of a primitive type and its twin in Python are the same test."""

import re
import tracemalloc

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fhir_server.validation.primitive import PRIMITIVES

TWINS = sorted(name for name, rule in PRIMITIVES.items() if rule.pattern and rule.form)
PIECES = st.sampled_from(
    [*"AZaz09+/= \t\n\r\x0b\x1f\x7f.-_é\u00a0", "urn:oid:", "QUJD", "1.2", "00"]
)


@pytest.mark.parametrize("name", TWINS)
def test_pattern_and_twin_agree(name: str) -> None:
    rule = PRIMITIVES[name]

    @given(st.lists(PIECES, max_size=14).map("".join))
    @example("urn:oid:1.2.0.34")
    @example("urn:oid:1")
    @example("QUJDRA==")
    @example("Q Q = =")
    @example("QUJDRA==QUJD")
    @example("QR==")
    def agree(text: str) -> None:
        assert rule.has_format(text) == bool(re.fullmatch(rule.pattern or "", text))

    agree()


@pytest.mark.parametrize("name", sorted(PRIMITIVES))
def test_memory_is_in_proportion_to_the_text(name: str) -> None:
    pieces = {"base64Binary": "QUJD ", "code": "a ", "oid": ".1", "xhtml": "<p>"}
    text = {"oid": "urn:oid:1"}.get(name, "") + pieces.get(name, "1") * 100_000
    tracemalloc.start()
    try:
        PRIMITIVES[name].has_format(text)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 40 * len(text)
