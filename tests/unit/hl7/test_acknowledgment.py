from datetime import UTC, datetime, timedelta, timezone

import pytest

from hl7.acknowledgment import (
    Disposition,
    Mode,
    acknowledge,
    is_wanted,
    mode_of,
    read_receipt,
    refuse,
)
from hl7.check import check
from hl7.message import NotHl7, parse

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)


def header(version: str = "2.5.1", tail: str = "", kind: str = "ADT^A01^ADT_A01") -> bytes:
    route = "LAB|MAIN^1.2^ISO|CLINIC|WEST|20260101"
    return f"MSH|^~\\&|{route}||{kind}|C\\T\\1|P|{version}{tail}".encode()


def answer(data: bytes, disposition: Disposition = "accept", mode: Mode = "original") -> list[str]:
    message = parse(data)
    findings = check(data).findings
    reply = acknowledge(
        message, disposition, control_id="R1", now=NOW, mode=mode, findings=findings
    )
    return reply.decode().split("\r")


def test_broken_line_in_the_header_does_not_break_the_answer() -> None:
    lines = answer(header() + b"\rPI\rOB")
    assert lines[0].endswith("|P|2.5.1")
    assert [line[:3] for line in lines] == ["MSH", "MSA", ""]
    assert "\n" not in "".join(lines)


def test_acceptance_swaps_sender_and_receiver_and_names_the_message() -> None:
    assert answer(header()) == [
        "MSH|^~\\&|CLINIC|WEST|LAB|MAIN^1.2^ISO|20260304050607+0000||ACK^A01^ACK|R1|P|2.5.1",
        "MSA|AA|C\\T\\1",
        "",
    ]


@pytest.mark.parametrize(
    ("version", "kind", "expected"),
    [
        ("2.1", "ADT^A01", "ACK"),
        ("2.2", "ADT^A01", "ACK^A01"),
        ("2.3", "ADT^A01", "ACK^A01"),
        ("2.3.1", "ADT^A01", "ACK^A01^ACK"),
        ("2.8.2", "ORU^R01^ORU_R01", "ACK^R01^ACK"),
        ("2.5.1", "ORU", "ACK"),
    ],
)
def test_message_type_follows_the_version(version: str, kind: str, expected: str) -> None:
    assert answer(header(version, kind=kind))[0].split("|")[8] == expected


@pytest.mark.parametrize(
    ("mode", "disposition", "code"),
    [
        ("original", "accept", "AA"),
        ("original", "error", "AE"),
        ("original", "reject", "AR"),
        ("commit", "accept", "CA"),
        ("commit", "error", "CE"),
        ("commit", "reject", "CR"),
        ("application", "error", "AE"),
    ],
)
def test_code_follows_mode_and_disposition(mode: Mode, disposition: Disposition, code: str) -> None:
    assert answer(header(), disposition, mode)[1].startswith(f"MSA|{code}|")


def test_error_names_the_place_since_2_5() -> None:
    data = header() + b"\rEVN||20269999\rPID|1||7||DOE\rPV1|1|I"
    errors = [line for line in answer(data, "error") if line.startswith("ERR")]
    text = "EVN-2.1 Recorded date time: The value does not have the format of its data type."
    assert errors == [f"ERR||EVN^1^2^1^1|102^Data type error^HL70357|E||||{text}"]


def test_error_names_the_place_before_2_5() -> None:
    data = header("2.3.1") + b"\rEVN||20269999\rPID|1||7||DOE\rPV1|1|I"
    errors = [line for line in answer(data, "error") if line.startswith("ERR")]
    assert errors == ["ERR|EVN^1^2^102&Data type error&HL70357"]


def test_text_becomes_an_error_where_nothing_was_found() -> None:
    reply = acknowledge(
        parse(header()), "error", control_id="R1", now=NOW, text="a | separator"
    ).decode()
    assert "MSA|AE|C\\T\\1|a \\F\\ separator\r" in reply
    assert "ERR|||207^Application internal error^HL70357|E||||a \\F\\ separator\r" in reply


def test_other_delimiters_and_character_set_are_answered_alike() -> None:
    data = "MSH#*!%@#LÄB#A#B#C###ADT*A01#9#P#2.3######8859/1".encode("latin-1")
    reply = acknowledge(parse(data), "accept", control_id="R", now=NOW)
    assert reply.startswith(
        b"MSH#*!%@#B#C#L\xc4B#A#20260304050607+0000##ACK*A01#R#P#2.3######8859/1"
    )


def test_clock_keeps_its_offset() -> None:
    east = datetime(2026, 3, 4, 5, 6, 7, tzinfo=timezone(timedelta(hours=-5)))
    reply = acknowledge(parse(header()), "accept", control_id="R", now=east)
    assert b"|20260304050607-0500|" in reply


@pytest.mark.parametrize(
    ("tail", "mode", "disposition", "wanted"),
    [
        ("", "original", "accept", True),
        ("|||AL|NE", "commit", "accept", True),
        ("|||AL|NE", "application", "reject", False),
        ("|||ER|AL", "commit", "accept", False),
        ("|||ER|AL", "commit", "error", True),
        ("|||SU|SU", "application", "accept", True),
        ("|||SU|SU", "application", "error", False),
        ("||||AL", "commit", "accept", False),
    ],
)
def test_enhanced_mode_answers_as_asked(
    tail: str, mode: Mode, disposition: Disposition, *, wanted: bool
) -> None:
    message = parse(header(tail=tail))
    assert mode_of(message) == ("commit" if tail else "original")
    assert is_wanted(message, mode, disposition) is wanted


def test_an_acknowledgment_is_never_acknowledged() -> None:
    message = parse(header(kind="ACK^A01^ACK") + b"\rMSA|AA|1")
    assert not is_wanted(message, "original", "accept")


@pytest.mark.parametrize("data", [b"", b"garbage", b"\x00\x01", b"PID|1"])
def test_bytes_without_a_header_are_refused(data: bytes) -> None:
    reply = refuse(data, control_id="R1", now=NOW, text="no MSH segment")
    receipt = read_receipt(reply)
    assert (receipt.code, receipt.accepted, receipt.text) == ("AR", False, "no MSH segment")


def test_refusal_is_addressed_as_far_as_it_can_be_read() -> None:
    receipt = read_receipt(refuse(header(), control_id="R1", now=NOW, text="too large"))
    assert (receipt.code, receipt.control_id) == ("AR", "C&1")


def test_what_is_no_acknowledgment_is_no_receipt() -> None:
    with pytest.raises(NotHl7):
        read_receipt(header())
