import pytest

from hl7.check import check
from hl7.message import Message, NotHl7, parse
from hl7.path import Address, parse_address, value_at

HEADER = "MSH|^~\\&|LAB|MAIN|CLINIC|WEST|20260102030405+0000||ORU^R01^ORU_R01|C1|P|2.5.1"


def text_of(message: Message) -> list[str]:
    return [segment.text for segment in message.segments]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\r\r", "\n\r\n"])
def test_every_line_end_separates_segments(end: str) -> None:
    message = parse(end.join((HEADER, "PID|1||7", "ZZZ|kept", "")).encode())
    assert text_of(message) == [HEADER, "PID|1||7", "ZZZ|kept"]
    assert message.notes == ()


def test_header_fields_are_numbered_from_the_separator() -> None:
    header = parse(HEADER.encode()).header
    assert [header.value(n) for n in (1, 2, 3, 10, 12)] == ["|", "^~\\&", "LAB", "C1", "2.5.1"]
    assert header.width == 12


def test_leaves_are_split_and_decoded_by_level() -> None:
    message = parse(f'{HEADER}\rPID|1||a&b^c~d^e\\T\\f||||||""'.encode())
    pid = message.segments[1]
    assert pid.field(3) == ((("a", "b"), ("c",)), (("d",), ("e&f",)))
    assert pid.value(3, 2, 2) == "e&f"
    assert pid.value(3, 9) == pid.value(99) == pid.value(2) == ""
    assert pid.raw(9) == '""'
    assert pid.valued == [1, 3, 9]


def test_byte_order_mark_is_skipped_and_noted() -> None:
    message = parse(b"\xef\xbb\xbf" + f"{HEADER}\rPID|1".encode())
    assert message.control_id == "C1"
    assert [note.id for note in message.notes] == ["byte-order-mark"]
    assert message.segments[1].offset == 3 + len(HEADER) + 1


@pytest.mark.parametrize(
    ("characters", "field", "leaves"),
    [
        ("^", "a^b~c", ((("a",), ("b~c",)),)),
        ("^~", "a^b~c&d", ((("a",), ("b",)), (("c&d",),))),
        ("^~&", "a^b~c&d", ((("a",), ("b",)), (("c", "d"),))),
        ("^~\\", "a^b\\R\\~c&d", ((("a",), ("b~",)), (("c&d",),))),
        ("^~\\&#", "a^b&c", ((("a",), ("b", "c")),)),
    ],
)
def test_one_to_five_encoding_characters(
    characters: str, field: str, leaves: tuple[tuple[tuple[str, ...], ...], ...]
) -> None:
    message = parse(f"MSH|{characters}|A\rZZZ|{field}".encode())
    assert message.segments[1].field(1) == leaves


@pytest.mark.parametrize(
    ("declared", "codec"),
    [("8859/1", "latin-1"), ("8859/2", "iso8859-2"), ("UNICODE UTF-8", "utf-8"), ("", "utf-8")],
)
def test_declared_character_set_reads_the_bytes(declared: str, codec: str) -> None:
    data = f"{HEADER}||||||{declared}\rPID|1||7||MÜLLER".encode(codec)
    message = parse(data)
    assert value_at(message, "PID-5") == "MÜLLER"
    assert message.notes == ()
    assert message.emit() == data + b"\r"


def test_bytes_that_do_not_fit_are_read_and_noted() -> None:
    message = parse(f"{HEADER}||||||UNICODE UTF-8\rPID|1||7||MÜLLER".encode("latin-1"))
    assert value_at(message, "PID-5") == "MÜLLER"
    assert [note.id for note in message.notes] == ["charset"]


def test_utf_16_is_read() -> None:
    message = parse(f"{HEADER}\rPID|1||7||MÜLLER".encode("utf-16"))
    assert value_at(message, "PID-5") == "MÜLLER"


def test_line_broken_inside_a_field_is_joined_and_noted() -> None:
    message = parse(f"{HEADER}\rNTE|1||first\nsecond line\rPID|1".encode())
    assert message.segments[1].value(3) == "first\nsecond line"
    assert [segment.id for segment in message.segments] == ["MSH", "NTE", "PID"]
    assert [(note.id, note.ordinal) for note in message.notes] == [("broken-line", 2)]


def test_text_before_the_header_is_noted() -> None:
    message = parse(f"garbage\r{HEADER}".encode())
    assert [note.id for note in message.notes] == ["before-header"]


@pytest.mark.parametrize("data", [b"", b"MSH", b"MSH|", b"PID|1", b"\x00\xff", b"\r\n\r\n"])
def test_bytes_without_a_header_are_no_message(data: bytes) -> None:
    with pytest.raises(NotHl7):
        parse(data)


def test_field_offset_counts_bytes_of_the_input() -> None:
    data = f"{HEADER}\rPID|ü||7||X".encode()
    segment = parse(data).segments[1]
    at = segment.offset + segment.bytes_before(5)
    assert data[at:] == b"X"
    header = parse(data).header
    assert data[header.bytes_before(10) :].startswith(b"C1|")


def test_addresses_are_read_and_written() -> None:
    assert parse_address("OBX(2)-5(3).1.4") == Address("OBX", 2, 5, 3, 1, 4)
    for text in ("PID", "PID-3", "PID-3(2).4", "OBX(3)-5.1.2"):
        assert str(parse_address(text)) == text
    with pytest.raises(ValueError, match="not an address"):
        parse_address("PID.3")


def test_value_at_an_address() -> None:
    message = parse(f"{HEADER}\rOBX|1||A^B\rOBX|2||C~D^E".encode())
    assert value_at(message, "OBX(2)-3(2).2") == "E"
    assert value_at(message, "OBX(3)-3") == value_at(message, "QQQ-1") == ""


def test_segment_that_goes_on_in_add_is_one() -> None:
    read = parse(b"MSH|^~\\&|A\rOBX|1|TX|N||first \rADD|second|||||\rADD| third\rNTE|1")
    assert [one.id for one in read.segments] == ["MSH", "OBX", "NTE"]
    assert read.segments[1].value(5) == "first second"
    assert read.segments[1].raw(10) == " third"
    assert [one.id for one in read.notes] == ["continued", "continued"]


def test_message_that_goes_on_in_another_is_told() -> None:
    report = check(b"MSH|^~\\&|A|B|C|D|2026||ADT^A01|1|P|2.5\rPID|1||7||Q\rDSC|4711|F")
    assert "goes-on" in {one.kind.id for one in report.findings}
