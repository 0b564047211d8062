"""The same set in every form senders give it: its loops are the same, its oddity is a finding."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from mappers.x12.check import check
from mappers.x12.grammar import Guide
from mappers.x12.lexer import Delimiters
from mappers.x12.reader import Document, read
from mappers.x12.sets import ATTACHMENT_275, ATTACHMENT_275_6020, GUIDES
from mappers.x12.tree import rewritable
from mappers.x12.writer import SetBody, write
from tests.unit.mappers.x12.example import ENVELOPE
from tests.unit.mappers.x12.generated import Maker
from tests.unit.mappers.x12.test_guide import shape

PLAIN = tuple(one for one in GUIDES if one not in (ATTACHMENT_275, ATTACHMENT_275_6020))
TREES = {guide.kind: Maker(0.3).tree(guide) for guide in GUIDES}
Form = Callable[[bytes], bytes]


def written(guide: Guide, delimiters: Delimiters = ENVELOPE.delimiters, control: int = 7) -> bytes:
    envelope = replace(ENVELOPE, delimiters=delimiters, interchange_control=control)
    return write(guide, [SetBody("0001", TREES[guide.kind])], envelope)


def shapes(document: Document) -> list[object]:
    return [shape(rewritable(one.root)) for _, _, one in document.sets()]


def findings(data: bytes) -> set[str]:
    return {one.id for one in read(data).findings}


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        (lambda data: data, set[str]()),
        (lambda data: data.replace(b"~", b"~\n"), set[str]()),
        (lambda data: data.replace(b"~", b"~\r\n"), set[str]()),
        (lambda data: data.replace(b"~", b"\r\n"), set[str]()),
        (lambda data: data.replace(b"~", b"\n"), set[str]()),
        (lambda data: data.replace(b"~", b"\x1c"), set[str]()),
        (lambda data: data + b"\r\n\x00\x1a", set[str]()),
        (lambda data: b"\xef\xbb\xbf" + data, {"byte-order-mark"}),
        (lambda data: b" \t\r\n" + data, {"segment-indented"}),
        (lambda data: data.replace(b"~", b"~\n\t "), {"segment-indented"}),
        (lambda data: data[:-1], {"terminator-missing"}),
        (lambda data: data.replace(b"CLINIC         ", b"CLINIC", 1), {"interchange-header-width"}),
        (lambda data: data[106 : data.index(b"IEA*")], {"interchange-header-missing"}),
    ],
    ids=[
        "as written",
        "lines",
        "windows lines",
        "windows line end as terminator",
        "line end as terminator",
        "file separator as terminator",
        "padded end",
        "byte order mark",
        "blanks before",
        "indented",
        "no last terminator",
        "narrow header",
        "no interchange",
    ],
)
def test_form_of_a_file_does_not_change_its_loops(form: Form, expected: set[str]) -> None:
    for guide in PLAIN:
        data = form(written(guide))
        assert shapes(read(data)) == [shape(TREES[guide.kind])], guide.kind
        assert findings(data) == expected, guide.kind
        assert read(data).emit() == data


@pytest.mark.parametrize(
    "delimiters",
    [
        Delimiters("|", ">", "!", "\n"),
        Delimiters("\x1d", "\x1f", "\x1e", "\x1c"),
        Delimiters("^", "<", "{", "'"),
        Delimiters(",", ";", "", "%"),
    ],
    ids=["bars", "control characters", "carets", "no repetition"],
)
def test_delimiters_are_those_of_the_interchange(delimiters: Delimiters) -> None:
    for guide in GUIDES:
        if not delimiters.repetition and guide.kind in {"270", "271", "834"}:
            continue  # these repeat elements
        data = written(guide, delimiters)
        assert shapes(read(data)) == [shape(TREES[guide.kind])], guide.kind
        assert findings(data) == set(), guide.kind


def test_interchanges_of_one_file_have_each_their_own_delimiters() -> None:
    marks = (ENVELOPE.delimiters, Delimiters("|", ">", "!", "\n"), Delimiters("^", "<", "{", "'"))
    data = b"".join(
        written(guide, marks[number % 3], number) for number, guide in enumerate(GUIDES, 1)
    )
    document = read(data)
    assert [one.kind for _, _, one in document.sets()] == [guide.kind for guide in GUIDES]
    assert document.findings == []
    assert document.emit() == data


def test_isa11_u_means_that_a_caret_is_data() -> None:
    data = (
        written(GUIDES[0]).replace(b"*^*00501", b"*U*00501").replace(b"NM1*40*2*", b"NM1*40*2*A^")
    )
    assert findings(data) == set()
    assert read(data).interchanges[0].delimiters.repetition == ""


@pytest.mark.parametrize("kind", [guide.kind for guide in GUIDES])
def test_every_beginning_of_a_file_gets_a_verdict(kind: str) -> None:
    data = written(next(one for one in GUIDES if one.kind == kind))
    for end in range(0, len(data) - 1, max(len(data) // 12, 1)):
        cut = data[:end]
        assert read(cut).emit() == cut
        assert check(cut, "file").verdict == "rejected"
