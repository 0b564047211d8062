"""Every sample message is read, judged and answered; results and admissions become valid R4."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from fhir.resources.R4B.bundle import Bundle

from hl7.acknowledgment import acknowledge, read_receipt
from hl7.check import check
from hl7.explain import explain
from hl7.message import Message, parse
from mappers.v2_fhir.feed import Feed
from mappers.v2_fhir.message import MESSAGES, map_message
from mappers.v2_fhir.source import Leaf, leaves_of

FOLDER = Path(__file__).parents[3].parent / "shared/samples/hl7v2"
GOLDEN = Path(__file__).parents[2] / "golden/v2"
FILES = sorted([*FOLDER.glob("*.hl7"), *GOLDEN.glob("*.hl7")])
FEED = Feed("sample")
ENCODER = msgspec.json.Encoder(decimal_format="number")


def mappable(path: Path) -> bool:
    return parse(path.read_bytes()).type[:2] in MESSAGES


MAPPABLE = [path for path in FILES if mappable(path)]


def name(path: Path) -> str:
    return path.stem


def test_there_are_samples() -> None:
    assert len(MAPPABLE) >= 2


@pytest.mark.parametrize("path", FILES, ids=name)
def test_sample_is_read_and_written_again(path: Path) -> None:
    message = parse(path.read_bytes())
    again = parse(message.emit())
    assert [one.text for one in again.segments] == [one.text for one in message.segments]
    assert message.emit() == again.emit()


@pytest.mark.parametrize("path", FILES, ids=name)
def test_sample_gets_a_verdict_and_an_answer(path: Path) -> None:
    report = check(path.read_bytes())
    assert report.verdict in {"accepted", "accepted-with-errors"}
    assert explain(report).endswith(f"verdict: {report.verdict}\n")
    (message,) = report.messages
    reply = acknowledge(
        message,
        "error",
        control_id="R",
        now=datetime(2026, 1, 1, tzinfo=UTC),
        findings=report.findings,
    )
    assert read_receipt(reply).control_id == message.control_id
    assert check(reply).verdict != "rejected"


@pytest.mark.parametrize("path", FILES, ids=name)
def test_finding_points_into_its_segment(path: Path) -> None:
    data = path.read_bytes()
    report = check(data)
    starts = {segment.ordinal: segment.offset for segment in report.messages[0].segments}
    for finding in report.findings:
        if finding.ordinal and finding.kind.id != "byte-order-mark":
            segment = data[starts[finding.ordinal] :]
            assert segment.startswith(finding.segment.encode())
            assert starts[finding.ordinal] <= finding.offset <= len(data)


@pytest.mark.parametrize("path", MAPPABLE, ids=name)
def test_sample_becomes_a_valid_transaction(path: Path) -> None:
    bundle = map_message(parse(path.read_bytes()), FEED).to_bundle()
    Bundle.model_validate_json(ENCODER.encode(bundle))


def lost(message: Message, listed: set[str], read: frozenset[Leaf]) -> list[str]:
    """Return the valued leaves that were neither read nor listed."""
    counts: dict[str, int] = {}
    missing = []
    for segment in message.segments:
        counts[segment.id] = counts.get(segment.id, 0) + 1
        place = segment.id if counts[segment.id] == 1 else f"{segment.id}({counts[segment.id]})"
        for number in segment.valued:
            for leaf, _ in leaves_of(segment, number):
                field = f"{place}-{number}"
                repeated = field + (f"({leaf[2]})" if leaf[2] > 1 else "")
                exact = f"{repeated}.{leaf[3]}" + (f".{leaf[4]}" if leaf[4] > 1 else "")
                if leaf not in read and not listed & {place, field, exact}:
                    missing.append(exact)
    return missing


@pytest.mark.parametrize("path", MAPPABLE, ids=name)
def test_nothing_valued_is_lost(path: Path) -> None:
    message = parse(path.read_bytes())
    mapped = map_message(message, FEED)
    assert lost(message, {row.path for row in mapped.unmapped}, mapped.read) == []
