"""Loop trees as lines, to compare two: numbers by value, triplets of CAS one by one."""

import re
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

from mappers.x12.envelope import TransactionSet
from mappers.x12.reader import read
from mappers.x12.tree import Node, Seg, Value

SAMPLES = Path(__file__).parents[5] / "shared" / "samples" / "x12"
NUMBER = re.compile(r"-?[0-9]*\.[0-9]+")


def samples(*kinds: str) -> list[Path]:
    """Return the shared samples of these kinds (`835`), none where they are not here."""
    found = [one for kind in kinds for one in SAMPLES.glob(f"{kind}_*")]
    return sorted(found)


def sample_set(path: Path) -> TransactionSet:
    """Return the only set of a sample."""
    if not path.is_file():
        pytest.skip("the shared samples are not here")
    ((_, _, one),) = read(path.read_bytes()).sets()
    return one


def lines(tree: Node) -> Iterator[str]:
    """Yield a tree, one line a segment, a CAS or PLB one line a triplet or pair."""
    for segment in tree.segments:
        for values in _parts(segment):
            yield f"{tree.id} {'*'.join(_trimmed([_text(one) for one in values]))}"
    for child in tree.children:
        yield from lines(child)


def _parts(segment: Seg) -> Iterator[list[Value]]:
    values = list(segment.values)
    if segment.id == "CAS":
        for at in range(1, len(values), 3):
            yield [segment.id, values[0], *values[at : at + 3]]
    elif segment.id == "PLB":
        for at in range(2, len(values), 2):
            yield [segment.id, *values[:2], *values[at : at + 2]]
    else:
        yield [segment.id, *values]


def _text(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "^".join(_text(one) for one in value)
    if isinstance(value, tuple):
        return ":".join(_trimmed([_text(one) for one in value]))
    said = str(value)
    return format(Decimal(said).normalize(), "f") if NUMBER.fullmatch(said) else said


def _trimmed(texts: list[str]) -> list[str]:
    while texts and not texts[-1]:
        texts.pop()
    return texts
