"""Every sample file: its verdict, its loops as placed, everything found wrong with it."""

import json
from pathlib import Path

import pytest

from mappers.x12.check import check
from mappers.x12.explain import explain
from mappers.x12.reader import read
from tests.unit.mappers.x12.test_reader import outline

SAMPLES = Path(__file__).parents[4] / "shared" / "samples" / "x12"
EXPECTED: dict[str, dict[str, str | list[str]]] = json.loads(
    (Path(__file__).parent / "samples.json").read_text()
)

pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample files are not here")


def seen(data: bytes, name: str) -> dict[str, str | list[str]]:
    report = check(data, name)
    found = sorted(f"{one.severity} {one.id} {one.place}" for one in report.findings)
    loops = " ".join(outline(one.root) for _, _, one in read(data).sets())
    return {"verdict": report.verdict, "loops": loops, "findings": found}


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_is_read_and_judged_as_expected(name: str) -> None:
    data = (SAMPLES / name).read_bytes()
    assert seen(data, name) == EXPECTED[name]


@pytest.mark.parametrize("name", EXPECTED)
def test_sample_is_emitted_byte_for_byte_and_explained(name: str) -> None:
    data = (SAMPLES / name).read_bytes()
    assert read(data).emit() == data
    shown = explain(data, name)
    assert all(f" {one.id} " in shown for one in read(data).segments if one.id)


def test_every_sample_is_expected() -> None:
    assert set(EXPECTED) == {one.name for one in SAMPLES.iterdir() if one.name != "LICENSE"}
