"""Our own synthetic messages with the transaction and the acknowledgment they must become.

`python -m tests.golden.v2.test_golden` writes the expected files anew; read the difference.
"""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from hl7.acknowledgment import Disposition, acknowledge, mode_of
from hl7.check import check
from hl7.message import parse
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.message import map_message

FOLDER = Path(__file__).parent
MESSAGES = sorted(FOLDER.glob("*.hl7"))
FEED = Feed("golden", {"PARITY": "https://parity.example/fhir/sid/order"})
NOW = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
DISPOSITIONS: tuple[tuple[Disposition, str], ...] = (
    ("accept", ""),
    ("error", "the store did not answer"),
)
ENCODER = msgspec.json.Encoder(decimal_format="number")


def bundle_of(path: Path) -> str:
    """Return the transaction and the ledger, indented."""
    mapped = map_message(parse(path.read_bytes()), FEED)
    result = {
        "bundle": mapped.to_bundle(),
        "eventTime": mapped.event_time,
        "unmapped": [f"{row.path} {row.reason}" for row in mapped.unmapped],
    }
    return msgspec.json.format(ENCODER.encode(result), indent=1).decode() + "\n"


def answer_to(path: Path) -> str:
    """Return the verdict, then an acceptance and a refusal as lines."""
    data = path.read_bytes()
    report = check(data)
    (message,) = report.messages
    answers = [
        acknowledge(
            message,
            disposition,
            control_id="R0001",
            now=NOW,
            mode=mode_of(message),
            findings=report.findings,
            text=text,
        )
        for disposition, text in DISPOSITIONS
    ]
    lines = [f"verdict: {report.verdict}", *(one.decode().replace("\r", "\n") for one in answers)]
    return "\n".join(lines)


@pytest.mark.parametrize("path", MESSAGES, ids=lambda path: path.stem)
def test_message_becomes_the_expected_transaction(path: Path) -> None:
    expected = path.with_suffix(".json").read_text(encoding="utf-8")
    assert json.loads(bundle_of(path), parse_float=Decimal) == (
        json.loads(expected, parse_float=Decimal)
    )
    assert bundle_of(path) == expected


@pytest.mark.parametrize("path", MESSAGES, ids=lambda path: path.stem)
def test_message_gets_the_expected_answer(path: Path) -> None:
    assert answer_to(path) == path.with_suffix(".ack").read_text(encoding="utf-8")


def test_there_are_golden_messages() -> None:
    assert len(MESSAGES) >= 2


if __name__ == "__main__":
    for message in MESSAGES:
        message.with_suffix(".json").write_text(bundle_of(message), encoding="utf-8")
        message.with_suffix(".ack").write_text(answer_to(message), encoding="utf-8")
