"""Spoiled files of every guide: each gets a verdict and an answer, none raises or loses a byte.

`X12_FUZZ=50000 pytest tests/property/x12/test_fuzz.py` runs as many as it says.
"""

import os
from collections.abc import Sequence

import pytest

from mappers.x12.acknowledgments import acknowledge
from mappers.x12.check import check, check_stream
from mappers.x12.explain import explain
from mappers.x12.findings import Finding
from mappers.x12.reader import read, read_stream
from mappers.x12.sets import GUIDES
from mappers.x12.streaming import statuses_to
from mappers.x12.writer import SetBody, write
from tests.property.x12.mutation import EXAMPLES, spoiled, spoiled_small
from tests.unit.mappers.x12.example import ENVELOPE
from tests.unit.mappers.x12.generated import Maker

COUNT = int(os.environ.get("X12_FUZZ", "250"))
PARTS = 10
REPEATED = {"interchange-control-duplicate"}
"""An answer bears the control number of what it answers, spoiled or not."""
VERDICTS = {"accepted", "accepted-with-errors", "rejected"}


def judged(data: bytes) -> str:
    """Read, judge, explain and answer a file; return its verdict."""
    document = read(data)
    assert document.emit() == data
    chunks = [data[at : at + 97] for at in range(0, len(data), 97)]
    told: list[Sequence[Finding]] = []
    report = check_stream(chunks, "file", on_set=lambda _, found: told.append(found))
    assert report.verdict in VERDICTS
    assert report.verdict == "accepted" or report.findings
    assert all(one.offset is None or 0 <= one.offset <= len(data) for one in report.findings)
    assert explain(data, "file")
    assert [*read_stream(chunks)] or not data.strip()
    status = statuses_to(chunks, told, ENVELOPE.written)
    assert {one.id for one in read(status).findings} <= REPEATED or not status
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


SMALL = tuple(
    write(guide, [SetBody("0001", Maker(0.05).tree(guide))], ENVELOPE) for guide in GUIDES
)


@pytest.mark.parametrize("part", range(4))
def test_small_spoiled_file_gets_a_verdict(part: int) -> None:
    for seed in range(part, 3000, 4):
        data = spoiled_small(seed, SMALL)
        report = check(data, "file")
        assert report.verdict in VERDICTS, seed
        assert report.verdict == "accepted" or report.findings, seed
        assert read(data).emit() == data, seed


def test_examples_are_there_and_changed() -> None:
    assert len(EXAMPLES) > 18
    assert spoiled(7) == spoiled(7)
    assert len({spoiled(seed) for seed in range(200)}) > 190
