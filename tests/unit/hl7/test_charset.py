import pytest

from hl7.charset import codec_of
from hl7.check import check
from hl7.message import parse

ROUTE = "LAB|MAIN|CLINIC|WEST|20260101||ADT^A01|C1|P|2.5"


def message(charset: str, name: str, codec: str) -> bytes:
    return f"MSH|^~\\&|{ROUTE}||||||{charset}\rPID|1||7||{name}".encode(codec)


@pytest.mark.parametrize(
    ("charset", "codec", "name"),
    [
        ("", "utf-8", "Müller"),
        ("ASCII", "ascii", "Miller"),
        ("8859/1", "latin-1", "Müller"),
        ("8859/2", "iso8859-2", "Łódź"),
        ("8859/5", "iso8859-5", "Иван"),
        ("8859/7", "iso8859-7", "Νίκος"),
        ("8859/8", "iso8859-8", "דוד"),
        ("8859/15", "iso8859-15", "Œuvre"),
        ("ISO-8859-1", "latin-1", "Müller"),
        ("ISO IR100", "latin-1", "Müller"),
        ("UNICODE UTF-8", "utf-8", "李小龍"),
        ("UTF8", "utf-8", "李小龍"),
        ("GB 18030-2000", "gb18030", "李小龙"),
        ("BIG-5", "big5", "李小龍"),
        ("KS X 1001", "euc-kr", "김철수"),
        ("ISO IR87", "iso2022_jp", "山田"),
        ("~ISO IR87", "iso2022_jp", "山田"),
        ("Shift_JIS", "shift_jis", "山田"),
        ("WINDOWS-1252", "cp1252", "O\u2019Neil"),
    ],
)
def test_declared_character_set_is_read_and_written(charset: str, codec: str, name: str) -> None:
    data = message(charset, name, codec)
    read = parse(data)
    assert read.segments[1].value(5) == name
    assert read.emit() == data + b"\r"
    assert read.notes == ()


def test_wide_character_set_is_read() -> None:
    read = parse(message("UNICODE UTF-16", "李小龍", "utf-16"))
    assert read.segments[1].value(5) == "李小龍"


def test_feed_says_the_character_set_where_the_message_does_not_or_lies() -> None:
    silent, lying = message("", "Łódź", "iso8859-2"), message("8859/1", "Łódź", "iso8859-2")
    assert parse(silent, "8859/2").segments[1].value(5) == "Łódź"
    assert parse(lying, "8859/2").segments[1].value(5) != "Łódź"
    assert parse(lying, "8859/2", overrides=True).segments[1].value(5) == "Łódź"


def test_unknown_character_set_loses_nothing_and_is_told() -> None:
    data = message("KLINGON", "M\xfcller", "latin-1")
    assert parse(data).segments[1].value(5) == "Müller"
    assert "charset" in {one.kind.id for one in check(data).findings}
    assert codec_of("KLINGON") is None


def test_nul_bytes_are_blanks_and_told() -> None:
    read = parse(message("", "Mil\0ler", "utf-8"))
    assert read.segments[1].value(5) == "Mil ler"
    assert [one.id for one in read.notes] == ["nul"]
