"""Segments with bytes are cut by the length they state, whatever the bytes are."""

from itertools import pairwise

import pytest

from mappers.x12.check import check
from mappers.x12.explain import explain
from mappers.x12.lexer import segments
from mappers.x12.reader import read
from mappers.x12.sets import ATTACHMENT_275, ATTACHMENT_275_6020
from mappers.x12.tree import Node, Seg, node, rewritable, seg
from mappers.x12.writer import SetBody, write
from tests.unit.mappers.x12.example import BILLING_NPI, ENVELOPE

NASTY = bytes(range(256)) + b"~SE*1*1~ISA*00*~BIN*3*abc~\r\n~" + b"*" * 3
INNER = write(ATTACHMENT_275, [], ENVELOPE)


def papers(*content: Seg, kind: str = "2110A") -> Node:
    """Return a 275 with one paper."""
    return node(
        "275",
        [seg("BGN", "02", "PAPER1", "20260304", "1030")],
        [
            node("1000A", [seg("NM1", "PR", "2", "ACME HEALTH", *[None] * 4, "PI", "ACME1")]),
            node("1000B", [seg("NM1", "41", "2", "RIVER CLINIC", *[None] * 4, "46", "CLINIC")]),
            node("1000C", [seg("NM1", "1P", "2", "RIVER CLINIC", *[None] * 4, "XX", BILLING_NPI)]),
            node(
                "1000D",
                [
                    seg("NM1", "QC", "1", "DOE", "JO", *[None] * 3, "MI", "MEMBER1"),
                    seg("REF", "EJ", "CLAIM1"),
                    seg("DTP", "472", "D8", "20260301"),
                ],
            ),
            node(
                "2000A",
                [seg("LX", 1), seg("TRN", "1", "ACN1"), seg("DTP", "368", "D8", "20260304")],
                [node(kind, [seg("CAT", "OZ", "TX"), *content])],
            ),
        ],
    )


def paper_file(data: bytes) -> bytes:
    """Return an interchange with a 275 that holds these bytes."""
    text = data.decode("latin-1")
    tree = papers(seg("EFI", "05"), seg("BIN", len(data), text))
    return write(ATTACHMENT_275, [SetBody("0001", tree)], ENVELOPE)


def stated(data: bytes, length: str) -> bytes:
    """Return the file with another length before the bytes."""
    at = data.index(b"BIN*") + 4
    return data[:at] + length.encode() + data[data.index(b"*", at) :]


@pytest.mark.parametrize(
    "data",
    [b"a", b"~", b"*~*", NASTY, INNER, NASTY * 2000],
    ids=["letter", "terminator", "separators", "all bytes", "an interchange", "large"],
)
def test_bytes_are_kept_and_nothing_is_read_out_of_them(data: bytes) -> None:
    file = paper_file(data)
    document = read(file)
    assert document.emit() == file
    assert check(file, "file").verdict == "accepted"
    found = next(one for one in document.segments if one.id == "BIN")
    assert found.elements == ("BIN", str(len(data)), data.decode("latin-1"))
    assert len(document.interchanges) == 1


def test_what_was_read_is_written_again() -> None:
    file = paper_file(NASTY)
    root = next(read(file).sets())[2].root
    assert write(ATTACHMENT_275, [SetBody("0001", rewritable(root))], ENVELOPE) == file


def test_encoded_bytes_of_6020_are_cut_by_their_length_too() -> None:
    tree = papers(seg("OOI", "1", "47", "ATTACHMENT"), seg("BDS", "ASC", 5, "a~b*c"))
    file = write(ATTACHMENT_275_6020, [SetBody("0001", tree)], ENVELOPE)
    assert check(file, "file").verdict == "accepted"
    assert next(read(file).sets())[2].kind == "275-6020"
    assert [one.elements for one in read(file).segments if one.id == "BDS"] == [
        ("BDS", "ASC", "5", "a~b*c")
    ]


@pytest.mark.parametrize("size", [1, 2, 7, 64, 1000])
def test_chunks_make_no_difference(size: int) -> None:
    file = paper_file(NASTY) + paper_file(b"~~")
    chunks = [file[at : at + size] for at in range(0, len(file), size)]
    assert list(segments(chunks)) == list(segments([file]))


def test_segments_follow_one_another_without_a_gap() -> None:
    file = paper_file(NASTY) + b"\r\n" + paper_file(b"~")
    cut = list(segments([file]))
    assert all(
        one.offset + len(one.body) + len(one.end) + len(other.lead) == other.offset
        for one, other in pairwise(cut)
    )
    assert [one.ordinal for one in cut] == list(range(1, len(cut) + 1))


def test_long_bytes_are_gathered_once() -> None:
    data = b"~" * 3_000_000
    file = paper_file(data)
    cut = list(segments(file[at : at + 4096] for at in range(0, len(file), 4096)))
    assert [len(one.elements[2]) for one in cut if one.id == "BIN"] == [len(data)]


@pytest.mark.parametrize("length", ["2", "4", "400", "x", "", "-3", "9" * 20])
def test_wrong_length_is_told_and_the_rest_is_read(length: str) -> None:
    file = stated(paper_file(b"abc"), length)
    report = check(file, "file")
    assert read(file).emit() == file
    assert "element-binary-length" in {one.id for one in report.findings}
    assert report.verdict == "rejected"
    assert read(file).segments[-1].id == "IEA"


@pytest.mark.parametrize("left", [1, 50, 200])
def test_file_that_breaks_off_in_the_bytes_is_truncated(left: int) -> None:
    file = paper_file(b"a~b" * 200)
    cut = file[: file.index(b"BIN*") + 8 + left]
    report = check(cut, "file")
    assert read(cut).emit() == cut
    assert "file-truncated" in {one.id for one in report.findings}
    assert [one.id for one in read(cut).segments].count("BIN") == 1


def test_name_that_ends_in_bin_is_no_segment_with_bytes() -> None:
    text = "ST*837*0001~NM1*IL*1*ROBIN*9*A~SE*3*0001~"
    assert [one.id for one in segments([text.encode()])] == ["ST", "NM1", "SE"]


def test_bytes_are_not_shown() -> None:
    assert "secret" not in explain(paper_file(b"secret"), "file")
    assert "6 bytes" in explain(paper_file(b"secret"), "file")


def test_a_6020_interchange_may_say_so() -> None:
    file = paper_file(b"a").replace(b"*00501*", b"*00602*")
    assert check(file, "file").verdict == "accepted"


def test_many_papers_in_one_block_cost_no_more_than_their_bytes() -> None:
    wrong = stated(paper_file(b"a"), "99999999")
    data = wrong[: wrong.index(b"SE*")] + b"BIN*1*~~" * 20_000 + b"SE*9*0001~"
    assert sum(one.id == "BIN" for one in segments([data])) == 20_001
