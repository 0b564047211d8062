"""Every guide reads back what it writes: with every part there, and with random parts."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappers.x12.explain import explain
from mappers.x12.grammar import Guide
from mappers.x12.reader import read
from mappers.x12.sets import GUIDES, guide_of
from mappers.x12.tree import Node, rewritable
from mappers.x12.writer import SetBody, write
from tests.unit.mappers.x12.example import ENVELOPE
from tests.unit.mappers.x12.generated import Maker

KINDS = pytest.mark.parametrize("guide", GUIDES, ids=lambda guide: guide.kind)


def shape(node: Node) -> tuple[str, tuple[str, ...], tuple[object, ...]]:
    """Return loops and segments of a tree without values."""
    names = tuple(one.id for one in node.segments)
    return node.id, names, tuple(shape(one) for one in node.children)


def written(guide: Guide, tree: Node) -> bytes:
    return write(guide, [SetBody("0001", tree)], ENVELOPE)


@KINDS
def test_full_set_is_sound_and_read_into_the_same_loops(guide: Guide) -> None:
    tree = Maker().tree(guide)
    data = written(guide, tree)
    document = read(data)
    one = next(document.sets())[2]
    assert [(found.id, found.place) for found in document.findings] == []
    assert one.kind == guide.kind
    assert shape(rewritable(one.root)) == shape(tree)
    assert written(guide, rewritable(one.root)) == data
    assert document.emit() == data


@KINDS
def test_full_set_is_explained_with_its_loops(guide: Guide) -> None:
    shown = explain(written(guide, Maker().tree(guide)), "file")
    assert f"[{guide.unit}]" in shown


@given(
    st.sampled_from([guide.kind for guide in GUIDES]),
    st.integers(0, 2**32 - 1),
    st.sampled_from([0.1, 0.3, 0.6]),
)
def test_random_set_is_sound_and_written_equal(kind: str, seed: int, chance: float) -> None:
    guide = guide_of(kind)
    assert guide is not None
    tree = Maker(chance, Random(seed)).tree(guide)
    data = written(guide, tree)
    document = read(data)
    assert [(found.id, found.place) for found in document.findings] == []
    one = next(document.sets())[2]
    assert one.kind == guide.kind
    assert written(guide, rewritable(one.root)) == data
