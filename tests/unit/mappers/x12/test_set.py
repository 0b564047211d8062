"""The guide tables: sound, complete for the dictionary, found by version."""

from collections.abc import Iterator
from itertools import pairwise

import pytest

from mappers.x12.dictionary import DEFINITIONS
from mappers.x12.grammar import Guide, Loop, SegmentUse
from mappers.x12.sets import GUIDES, guide_of, guides_for


def loops(loop: Loop) -> Iterator[Loop]:
    yield loop
    for item in loop.items:
        if isinstance(item, Loop):
            yield from loops(item)


def rows(guide: Guide) -> Iterator[tuple[Loop, SegmentUse]]:
    for loop in loops(guide.root):
        yield from ((loop, item) for item in loop.items if isinstance(item, SegmentUse))


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.kind)
def test_every_use_fits_the_dictionary(guide: Guide) -> None:
    for _, use in rows(guide):
        elements = DEFINITIONS[use.id].elements
        for row in use.elements:
            element = elements[row.position - 1]
            assert bool(row.components) == bool(element.components), (use.id, row.position)
            assert all(one.position <= len(element.components) for one in row.components)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.kind)
def test_elements_are_listed_once_and_in_order(guide: Guide) -> None:
    for loop, use in rows(guide):
        positions = [row.position for row in use.elements]
        assert all(one < other for one, other in pairwise(positions)), (loop.id, use.id)


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.kind)
def test_loops_open_with_a_required_segment(guide: Guide) -> None:
    for loop in loops(guide.root):
        first = loop.items[0]
        assert isinstance(first, SegmentUse)
        assert first.usage == "required"


@pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.kind)
def test_uses_of_one_segment_in_a_loop_are_told_apart(guide: Guide) -> None:
    for loop in loops(guide.root):
        seen: set[tuple[str, str]] = set()
        for item in loop.items:
            use = item.items[0] if isinstance(item, Loop) else item
            assert isinstance(use, SegmentUse)
            keys = {(use.id, code) for code in _key_codes(use)}
            assert not keys & seen, (loop.id, use.id, keys & seen)
            seen |= keys


def _key_codes(use: SegmentUse) -> tuple[str, ...]:
    element, component = DEFINITIONS[use.id].key or (0, 0)
    row = next((one for one in use.elements if one.position == element), None)
    if row is None:
        return ("",)
    part = next((one for one in row.components if one.position == component), row)
    return part.codes or ("",)


@pytest.mark.parametrize(
    ("version", "set_id", "kinds"),
    [
        ("005010X222A1", "837", ["837P"]),
        ("005010X222A2", "837", ["837P"]),
        ("005010X223A2", "837", ["837I"]),
        ("005010X223A3", "837", ["837I"]),
        ("005010X221A1", "835", ["835"]),
        ("005010X279A1", "270", ["270"]),
        ("005010X279A1", "271", ["271"]),
        ("005010X212", "276", ["276"]),
        ("005010X212", "277", ["277"]),
        ("005010X214", "277", ["277CA"]),
        ("005010X217", "278", ["278-request", "278-response"]),
        ("005010X215", "278", ["278-inquiry", "278-inquiry-response"]),
        ("005010X210", "275", ["275"]),
        ("006020X314", "275", ["275-6020"]),
        ("005010X224A2", "837", ["837D"]),
        ("005010X218", "820", ["820"]),
        ("005010X220A1", "834", ["834"]),
        ("", "277", ["277", "277CA"]),
        ("005010X231A1", "999", ["999"]),
        ("005010X222A1", "835", []),
        ("005010X299", "", []),
    ],
)
def test_guide_is_found_by_version_and_set(version: str, set_id: str, kinds: list[str]) -> None:
    assert [guide.kind for guide in guides_for(version, set_id)] == kinds


def test_guide_is_found_by_kind() -> None:
    assert all(guide_of(guide.kind) is guide for guide in GUIDES)
    assert guide_of("277X") is None
