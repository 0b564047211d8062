"""The pattern of a use is the fast judge, the diagnosis the exact one: they must agree."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappers.x12.diagnosis import diagnose, is_date, is_period
from mappers.x12.dictionary import DEFINITIONS
from mappers.x12.grammar import Element, ElementUse, Loop, SegmentUse
from mappers.x12.lexer import STANDARD, Segment
from mappers.x12.pattern import matcher
from mappers.x12.sets import CLAIM_837P, GUIDES, PAYMENT_835


def uses(loop: Loop) -> Iterator[SegmentUse]:
    for item in loop.items:
        if isinstance(item, Loop):
            yield from uses(item)
        else:
            yield item


USES = [use for guide in GUIDES for use in uses(guide.root)]


def simple(element: Element, row: ElementUse) -> st.SearchStrategy[str]:
    """Return values near what an element takes, right and wrong."""
    if row.codes:
        return st.sampled_from([*row.codes, "", "ZQ9"])
    near = {
        "N": ["1", "12", "-3", "x", "1.0"],
        "R": ["1", "0.5", ".5", "-2.25", "1.", "1.2.3", "x", "1" * 19],
        "DT": ["20240229", "20230229", "20261301", "2026"],
        "TM": ["1030", "2530", "103059", "10305999"],
        "PERIOD": ["20240229", "20260101-20260102", "20260101-2026", "1030"],
    }.get(element.kind, ["A", "AB", "ABC", "A B", "\x01", "\xe9"])
    length = min(element.maximum + 1, 90)
    return st.sampled_from([*near, "", "A" * length, "A" * max(element.minimum - 1, 0)])


def value(element: Element, row: ElementUse | None) -> st.SearchStrategy[str]:
    if row is None:
        return st.sampled_from(["", "", "", "A"])
    if not element.components:
        return simple(element, row)
    rows = {one.position: one for one in row.components}
    parts = [
        simple(one, rows[at]) if at in rows else st.sampled_from(["", "", "", "A"])
        for at, one in enumerate(element.components, 1)
    ]
    return st.tuples(*parts).map(lambda found: ":".join(found).rstrip(":"))


@st.composite
def segments(draw: st.DrawFn) -> tuple[SegmentUse, Segment]:
    use = draw(st.sampled_from(USES))
    rows = {row.position: row for row in use.elements}
    values = [
        draw(value(element, rows.get(at)))
        for at, element in enumerate(DEFINITIONS[use.id].elements, 1)
    ]
    while values and not values[-1]:
        values.pop()
    elements = (use.id, *values)
    return use, Segment(use.id, elements, body="*".join(elements), delimiters=STANDARD)


@given(segments())
def test_what_the_pattern_takes_has_no_defect(drawn: tuple[SegmentUse, Segment]) -> None:
    use, segment = drawn
    is_sound = matcher(use, STANDARD).matches(segment)
    defects = list(diagnose(use, segment, ""))
    assert is_sound == (not defects), (segment.body, defects)


def found(use: SegmentUse, body: str) -> list[tuple[str, int | None, int | None]]:
    elements = tuple(body.split("*"))
    segment = Segment(use.id, elements, body=body)
    assert matcher(use, STANDARD).matches(segment) == (not list(diagnose(use, segment, "")))
    return [(one.code, one.element, one.component) for one in diagnose(use, segment, "")]


SERVICE = next(use for use in uses(CLAIM_837P.root) if use.id == "SV1")
DIAGNOSES = next(use for use in uses(CLAIM_837P.root) if use.name == "diagnoses")
CAS = next(use for use in uses(PAYMENT_835.root) if use.id == "CAS")
CITY = next(use for use in uses(CLAIM_837P.root) if use.id == "N4")


@pytest.mark.parametrize(
    ("use", "body", "expected"),
    [
        (SERVICE, "SV1*HC:90837*150*UN*1***1", []),
        (SERVICE, "SV1*HC:90837*1,50*UN*1***1", [("6", 2, None)]),
        (SERVICE, "SV1*HC*150*UN*1***1", [("1", 1, 2)]),
        (SERVICE, "SV1*HC:90837:9*150*UN*1***1", [("4", 1, 3)]),
        (SERVICE, "SV1*HC:90837*150*UN*1***1:2:3:4:5", [("13", 7, 5)]),
        (SERVICE, "SV1*HC:90837:*150*UN*1***1", [("3", 1, 3)]),
        (SERVICE, "SV1*HC:90837*150*UN*1*", [("1", 7, None), ("3", 5, None)]),
        (SERVICE, "SV1*HC:90837^HC:90834*150*UN*1***1", [("12", 1, None)]),
        (DIAGNOSES, "HI*ABF:F331", [("7", 1, 1)]),
        (CAS, "CAS*CO*45*10**3*5", []),
        (CAS, "CAS*CO*45*10***5", [("2", 6, None)]),
        (CITY, "N4*PARIS*IL***75001", [("I10", 5, None)]),
        (CITY, "N4*TORONTO*ON*M5V*CA***ON", [("10", 2, None)]),
    ],
)
def test_defects_are_named_by_their_codes(
    use: SegmentUse, body: str, expected: list[tuple[str, int | None, int | None]]
) -> None:
    codes = found(use, body)
    assert [one for one in expected if one not in codes] == []
    assert bool(codes) == bool(expected)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("20240229", True), ("19000229", False), ("20260431", False), ("2026043", False), ("", False)],
)
def test_day_of_the_calendar(text: str, expected: bool) -> None:
    assert is_date(text) == expected


@pytest.mark.parametrize(
    ("text", "form", "expected"),
    [
        ("20260101-20260102", "RD8", True),
        ("20260101", "RD8", False),
        ("202601011030", "DT", True),
        ("1030", "TM", True),
        ("2460", "TM", False),
        ("whatever", "XX", True),
    ],
)
def test_period_has_the_form_its_qualifier_names(text: str, form: str, expected: bool) -> None:
    assert is_period(text, form) == expected
