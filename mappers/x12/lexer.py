"""Segments out of bytes: delimiters found, nothing dropped, positions kept.

Bytes are read as Latin-1, so one character is one byte and offsets are byte offsets. Whatever the
input, the `raw` texts of the segments, joined, are the input again.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from mappers.x12 import binary
from mappers.x12.binary import BLANK

BLOCK = 65_536
_ISA_LENGTHS = (3, 2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)
_LOOK_AHEAD = 2048
_MOST_HEADS, _LONGEST_HEAD = 512, 8
_BATCH = 256
_FRAGMENT = re.compile(r"[A-Z][A-Z0-9]{1,2}([^A-Za-z0-9 \t\r\n])")
_OTHER_COMPOSITE = re.compile(r"(?:SVC|SV1|HI)[^A-Za-z0-9>](?:HC|BK|ABK|AD|N4|NU)>")


@dataclass(frozen=True, slots=True)
class Delimiters:
    """The four separators of an interchange; an empty repetition means that nothing repeats."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    segment: str = "~"

    @property
    def marks(self) -> str:
        """Every character that data must not contain."""
        return self.element + self.component + self.repetition + self.segment


STANDARD = Delimiters()


class Segment(NamedTuple):
    """One segment as it stood in the file.

    `elements[n]` is element n (`elements[0]` is the id); `offset` is the byte of the first letter
    of the id in the file; `ordinal` counts the segments of the file from 1; `body` is the text from
    the id to the last element, `lead` the blanks before it and `end` the terminator after it. A
    segment with an empty id is padding or an empty segment.
    """

    id: str
    elements: tuple[str, ...]
    offset: int = 0
    ordinal: int = 0
    body: str = ""
    lead: str = ""
    end: str = ""
    delimiters: Delimiters = STANDARD

    def element(self, position: int) -> str:
        """Return element `position` (from 1) or an empty text where it is absent."""
        return self.elements[position] if position < len(self.elements) else ""

    def components(self, position: int) -> tuple[str, ...]:
        """Return the components of element `position`."""
        value = self.element(position)
        return tuple(value.split(self.delimiters.component)) if value else ()

    def component(self, position: int, number: int) -> str:
        """Return component `number` (from 1) of element `position`, or an empty text."""
        parts = self.components(position)
        return parts[number - 1] if number <= len(parts) else ""

    def repetitions(self, position: int) -> tuple[str, ...]:
        """Return the repetitions of element `position`."""
        value, mark = self.element(position), self.delimiters.repetition
        if not value:
            return ()
        return tuple(value.split(mark)) if mark else (value,)

    @property
    def raw(self) -> str:
        """The text as it stood in the file, with what surrounds it."""
        return f"{self.lead}{self.body}{self.end}"

    @property
    def is_terminated(self) -> bool:
        """Whether the terminator followed; false only where a file breaks off."""
        return self.end.startswith(self.delimiters.segment)


def has_isa_widths(segment: Segment) -> bool:
    """Tell whether the elements of an ISA have their sixteen fixed widths."""
    return tuple(map(len, segment.elements)) == _ISA_LENGTHS


def detect(text: str) -> Delimiters:
    """Return the delimiters of an interchange or fragment that begins at the start of `text`.

    The sixteen separators of the ISA rule (with right widths: offsets 3, 82, 104, 105); without a
    readable ISA the delimiters are inferred from use.
    """
    if not text.startswith("ISA") or len(text) < 4:
        return _infer(text)
    mark = text[3]
    parts = text[:_LOOK_AHEAD].split(mark, 16)
    if len(parts) < 17 or len(parts[16]) < 2:
        return _infer(text)
    component, terminator, repetition = parts[16][0], parts[16][1], parts[11][:1]
    if terminator.isalnum() or len({mark, component, terminator}) < 3:
        return _infer(text)
    component = _used_component(text, mark, component)
    repeats = repetition.strip(BLANK) and not repetition.isalnum()
    is_free = repetition not in (mark, component, terminator)
    return Delimiters(mark, component, repetition if repeats and is_free else "", terminator)


def _used_component(text: str, mark: str, declared: str) -> str:
    """Return the component separator in use: some senders declare `:` in ISA16 and write `>`."""
    rest = text[110:]
    if declared in rest or mark == ">" or not _OTHER_COMPOSITE.search(rest):
        return declared
    return ">"


def _infer(text: str) -> Delimiters:
    """Guess the delimiters of a fragment: the mark after the first id, then `~` or a new line."""
    found = _FRAGMENT.match(text)
    mark = found.group(1) if found else STANDARD.element
    mark = STANDARD.element if mark == "~" else mark
    terminator = "~" if "~" in text else "\n"
    component = next((one for one in ":>" if one in text and one != mark), "")
    component = component or (":" if mark != ":" else ">")
    return Delimiters(mark, component, STANDARD.repetition if mark != "^" else "", terminator)


def segments(chunks: Iterable[bytes]) -> Iterator[Segment]:
    """Yield the segments of a file given in chunks of any size.

    Several interchanges may follow one another, each with its own delimiters. Text that remains
    after the last terminator comes last: as padding (empty id) or as an unterminated segment.
    """
    for batch in batches(chunks):
        yield from batch


def batches(chunks: Iterable[bytes]) -> Iterator[Sequence[Segment]]:
    """Yield the segments of a file as they are cut, those of one block of bytes together."""
    lexer = _Lexer()
    for chunk in chunks:
        for start in range(0, len(chunk), BLOCK):
            yield from lexer.feed(chunk[start : start + BLOCK].decode("latin-1"))
    yield from lexer.finish()


class _Lexer:
    """What has been read and not yet cut, and the delimiters in force."""

    __slots__ = (
        "buffer",
        "delimiters",
        "heads",
        "is_all",
        "is_fresh",
        "offset",
        "ordinal",
        "pending",
        "waiting",
        "wanted",
    )

    def __init__(self) -> None:
        self.buffer = ""
        self.pending: list[str] = []  # text without a terminator, not yet joined
        self.waiting = self.wanted = 0  # length of the pending text; what a segment needs of it
        self.is_all = False  # the input has ended
        self.offset = 0
        self.ordinal = 0
        self.is_fresh = True  # the next segment is the one the delimiters were taken from
        self.heads: dict[str, tuple[str, str]] = {}  # how segments began: the blanks, the id
        self.delimiters: Delimiters | None = None

    def feed(self, text: str) -> Iterator[Sequence[Segment]]:
        """Take more text and yield the segments that are complete, a batch at a time."""
        self.pending.append(text)
        self.waiting += len(text)
        if self.delimiters and self.delimiters.segment not in text and not self.wanted:
            return
        if self.waiting < self.wanted:
            return
        self._gather()
        while self.delimiters or len(self.buffer.lstrip(BLANK)) >= _LOOK_AHEAD:
            yield from self._cut(self._known())
            if self.delimiters:
                return

    def finish(self) -> Iterator[Sequence[Segment]]:
        """Yield what is left at the end of the input."""
        self.is_all = True
        self._gather()
        while self.buffer:
            yield from self._cut(self._known())
            if self.delimiters and self.buffer:
                yield (self._last(self.delimiters),)

    def _gather(self) -> None:
        self.buffer += "".join(self.pending)
        self.pending.clear()
        self.waiting = self.wanted = 0

    def _known(self) -> Delimiters:
        if self.delimiters is None:
            self.delimiters = detect(self.buffer.lstrip(BLANK))
            self.is_fresh = True
        return self.delimiters

    def _cut(self, delimiters: Delimiters) -> Iterator[Sequence[Segment]]:
        """Yield every terminated segment; stop before an ISA, which brings its own delimiters."""
        text, mark, terminator = self.buffer, delimiters.element, delimiters.segment
        at, start = binary.find(text, 0, mark, terminator), 0
        while at >= 0:
            self.buffer = text[start:at]
            yield from self._cut_plain(delimiters)
            end = binary.end_of(text, at, mark, terminator, is_all=self.is_all)
            if self.delimiters is None or end < 0:
                self.buffer += text[at:]
                if self.delimiters is not None:
                    self.wanted = max(binary.needed(text, at, mark, terminator) - len(text), 0)
                return
            yield (self._with_bytes(text[at:end], delimiters),)
            start = end + 1
            at = binary.find(text, start, mark, terminator)
        self.buffer = text[start:] if start else text
        yield from self._cut_plain(delimiters)

    def _with_bytes(self, piece: str, delimiters: Delimiters) -> Segment:
        """Return the segment with bytes that stands in a piece of text, and pass beyond it."""
        body = piece.lstrip(BLANK)
        lead = piece[: len(piece) - len(body)]
        elements = binary.elements_of(body, delimiters.element)
        offset, end = self.offset + len(lead), delimiters.segment
        self.ordinal += 1
        self.offset += len(piece) + 1
        self.is_fresh = False
        return Segment(elements[0], elements, offset, self.ordinal, body, lead, end, delimiters)

    def _cut_plain(self, delimiters: Delimiters) -> Iterator[Sequence[Segment]]:
        """Yield the terminated segments of a buffer in which no segment carries bytes.

        Few at a time, so that a segment is judged while it is still near the processor.
        """
        pieces = self.buffer.split(delimiters.segment)
        rest, done = pieces.pop(), 0
        while done < len(pieces) and self.delimiters:
            cut = self._segments(pieces[done : done + _BATCH], delimiters)
            done += len(cut)
            if cut:
                yield cut
        if self.delimiters and self._head(rest, "", delimiters.element) is None:
            self.delimiters = None
        self.buffer = delimiters.segment.join([*pieces[done:], rest])

    def _segments(self, pieces: Sequence[str], delimiters: Delimiters) -> list[Segment]:
        """Return the segments of pieces, up to an ISA with its own delimiters."""
        mark, terminator = delimiters.element, delimiters.segment
        at, ordinal, heads = self.offset, self.ordinal, self.heads
        made, new = Segment, tuple.__new__
        cut: list[Segment] = []
        for piece in pieces:
            elements, body = tuple(piece.split(mark)), piece
            head = heads.get(elements[0]) or self._head(piece, elements[0], mark)
            if head is None:
                self.delimiters = None
                break
            lead, id = head
            if lead:
                at += len(lead)
                body = piece[len(lead) :]
                elements = tuple(body.split(mark))
            ordinal += 1
            # The constructor of a NamedTuple costs half as much again: one per segment of a file.
            cut.append(new(made, (id, elements, at, ordinal, body, lead, terminator, delimiters)))
            at += len(body) + 1
            self.is_fresh = False
        self.offset, self.ordinal = at, ordinal
        return cut

    def _head(self, piece: str, first: str, mark: str) -> tuple[str, str] | None:
        """Return the blanks before a piece and its id; None for an ISA with its own delimiters.

        How a segment begins is remembered: the same few ids come again and again.
        """
        body = piece.lstrip(BLANK)
        lead, id = piece[: len(piece) - len(body)], body.split(mark, 1)[0]
        if body.startswith("ISA"):
            return (lead, id) if self.is_fresh else None
        if len(lead) < len(first) <= _LONGEST_HEAD and len(self.heads) < _MOST_HEADS:
            self.heads[first] = lead, id
        return lead, id

    def _last(self, delimiters: Delimiters) -> Segment:
        text, at = self.buffer, self.offset
        rest = text.lstrip(BLANK)
        body = rest.rstrip(BLANK)
        lead, end = text[: len(text) - len(rest)], rest[len(body) :]
        elements = binary.elements_of(body, delimiters.element)
        self.buffer, self.offset = "", at + len(text)
        self.ordinal += 1
        offset = at + len(lead)
        return Segment(elements[0], elements, offset, self.ordinal, body, lead, end, delimiters)
