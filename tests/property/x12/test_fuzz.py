"""Spoiled files of every guide: each gets a verdict and an answer, none raises or loses a byte.

`X12_FUZZ=50000 pytest tests/property/x12/test_fuzz.py` runs as many as it says.
"""

import os

import pytest

from mappers.x12.acknowledgments import acknowledge
from mappers.x12.check import check
from mappers.x12.explain import explain
from mappers.x12.reader import read, read_stream
from tests.property.x12.mutation import EXAMPLES, spoiled
from tests.unit.mappers.x12.example import ENVELOPE

COUNT = int(os.environ.get("X12_FUZZ", "500"))
PARTS = 10
VERDICTS = {"accepted", "accepted-with-errors", "rejected"}


def judged(data: bytes) -> str:
    """Read, judge, explain and answer a file; return its verdict."""
    document = read(data)
    assert document.emit() == data
    report = check(data, "file")
    assert report.verdict in VERDICTS
    assert report.verdict == "accepted" or report.findings
    assert all(one.offset is None or 0 <= one.offset <= len(data) for one in report.findings)
    assert explain(data, "file")
    chunks = [data[at : at + 97] for at in range(0, len(data), 97)]
    assert [*read_stream(chunks)] or not data.strip()
    for interchange in document.interchanges:
        answer = acknowledge(
            interchange, interchange_control=1, group_control=1, written=ENVELOPE.written
        )
        assert answer is None or read(answer).findings == []
    return report.verdict


@pytest.mark.parametrize("part", range(PARTS))
def test_spoiled_file_gets_a_verdict_and_an_answer(part: int) -> None:
    for seed in range(part, COUNT, PARTS):
        try:
            judged(spoiled(seed))
        except Exception as error:
            error.add_note(f"seed {seed}")
            raise


def test_examples_are_there_and_changed() -> None:
    assert len(EXAMPLES) > 18
    assert spoiled(7) == spoiled(7)
    assert len({spoiled(seed) for seed in range(200)}) > 190
