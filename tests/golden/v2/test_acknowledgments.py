"""Acknowledgments of every version, mode and disposition, as text.

`python -m tests.golden.v2.test_acknowledgments` writes the expected file anew; read the difference.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from hl7.acknowledgment import Disposition, Mode, acknowledge, read_receipt
from hl7.check import check
from hl7.dictionary import supported_versions
from hl7.message import parse

EXPECTED = Path(__file__).with_name("acknowledgments.txt")
NOW = datetime(2026, 3, 11, 12, 0, tzinfo=UTC)
MODES: tuple[Mode, ...] = ("original", "commit", "application")
DISPOSITIONS: tuple[Disposition, ...] = ("accept", "error", "reject")


def sent(version: str, mode: Mode) -> bytes:
    """Return a message with a wrong date of birth, in the form of its version."""
    kind = "ADT^A01^ADT_A01" if version >= "2.3.1" else "ADT^A01"
    wanted = "" if mode == "original" else "|||AL|AL"
    event = "EVN||20260101" if version >= "2.7" else "EVN|A01|20260101"
    header = f"MSH|^~\\&|LIS|LAB^1.2^ISO|PARITY|CLINIC|20260101||{kind}|C\\T\\1|P|{version}{wanted}"
    return f"{header}\r{event}\rPID|1||7||Quill^Nora||19909999\rPV1|1|I|W".encode()


def answers() -> Iterator[str]:
    """Yield each acknowledgment under a heading."""
    for version in supported_versions():
        for mode in MODES:
            data = sent(version, mode)
            findings = check(data).findings
            for disposition in DISPOSITIONS:
                reply = acknowledge(
                    parse(data),
                    disposition,
                    control_id="R1",
                    now=NOW,
                    mode=mode,
                    findings=findings,
                )
                lines = reply.decode().replace("\r", "\n")
                yield f"# {version} {mode} {disposition}\n{lines}"


def test_acknowledgments_are_those_expected() -> None:
    assert "\n".join(answers()) == EXPECTED.read_text(encoding="utf-8")


def test_every_acknowledgment_is_read_back_and_well_formed() -> None:
    for text in answers():
        _, _, told = text.partition("\n")
        data = told.replace("\n", "\r").encode()
        receipt = read_receipt(data)
        assert receipt.control_id == "C&1"
        assert receipt.accepted is (" accept" in text.partition("\n")[0])
        report = check(data)
        worst = {one.kind.severity for one in report.findings if one.segment != "ERR"}
        assert "error" not in worst, (text, report.findings)


if __name__ == "__main__":
    EXPECTED.write_text("\n".join(answers()), encoding="utf-8")
