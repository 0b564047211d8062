from datetime import UTC, datetime

import pytest

from hl7.batch import answer_batch, declared_count, is_batch, split_messages

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
ONE = "MSH|^~\\&|LAB|MAIN|CLINIC|WEST|2026||ADT^A01|1|P|2.5"
TWO = "MSH|^~\\&|LAB|MAIN|CLINIC|WEST|2026||ADT^A01|2|P|2.5"
FILE = "FHS|^~\\&|LAB|MAIN|CLINIC|WEST|20260101||name||F7"
BATCH = "BHS|^~\\&|LAB|MAIN|CLINIC|WEST|20260101||name||B7"


def envelope(*lines: str) -> bytes:
    return "\r".join((*lines, "")).encode()


@pytest.mark.parametrize("file", [True, False])
def test_batch_is_answered_with_a_batch(file: bool) -> None:
    inner = (BATCH, ONE, "PID|1", TWO, "BTS|2")
    data = envelope(FILE, *inner, "FTS|1") if file else envelope(*inner)
    assert is_batch(data)
    assert declared_count(data) == 2
    assert [text[:3] for _, text in split_messages(data)] == [b"MSH", b"MSH"]
    told = answer_batch(data, [b"MSH|one", b"", b"MSH|two\r"], control_id="R1", now=NOW)
    lines = told.decode().split("\r")
    expected = [
        "BHS|^~\\&|CLINIC|WEST|LAB|MAIN|20260304050607+0000||||R1|B7",
        "MSH|one",
        "MSH|two",
        "BTS|2",
    ]
    if file:
        head = "FHS|^~\\&|CLINIC|WEST|LAB|MAIN|20260304050607+0000||||R1|F7"
        expected = [head, *expected, "FTS|1"]
    assert lines == [*expected, ""]


def test_file_without_a_batch_keeps_its_one_envelope() -> None:
    told = answer_batch(envelope(FILE, ONE, "FTS|1"), [b"MSH|one"], control_id="R1", now=NOW)
    assert [line[:3] for line in told.split(b"\r")] == [b"FHS", b"MSH", b"FTS", b""]


@pytest.mark.parametrize(
    "data", [b"", b"FHS", b"BHS|", b"FHS|^~", b"\x0bBHS\r"], ids=["no", "a", "b", "c", "d"]
)
def test_broken_envelope_is_answered(data: bytes) -> None:
    answered = answer_batch(data, [b"MSH|one"], control_id="R1", now=NOW)
    assert b"MSH|one\r" in answered


def test_message_is_no_batch() -> None:
    assert not is_batch(envelope(ONE))
    assert declared_count(envelope(ONE)) is None
