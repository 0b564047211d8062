"""A message as segments of fields, repetitions, components and subcomponents.

The tokenizer splits segments at once and fields when a segment is asked; deeper parts are split
and their escapes decoded at first use. It takes what senders really send: CR, LF, CRLF and
doubled line ends, a byte order mark, one to five encoding characters, any character set of
MSH-18, Z segments, lines broken inside a field. Nothing is dropped: what it had to repair is
listed in `notes`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from hl7.charset import codec_of, read_bytes
from hl7.escape import Encoding, decode

Subcomponents = tuple[str, ...]
Repetition = tuple[Subcomponents, ...]
Field = tuple[Repetition, ...]

BOM = b"\xef\xbb\xbf"
WIDE = {"utf-16", "utf-32"}
_LINE = re.compile(rb"[^\r\n]+")
_SEGMENT_ID = re.compile(r"[A-Za-z][A-Za-z0-9]{2}")
_EMPTY: Field = ()
CONTINUED = "ADD"
"""A segment that goes on with the last field of the one before it (v2.5.1 chapter 2, 2.10.2)."""


class NotHl7(ValueError):
    """The bytes hold no MSH segment, so there is no message to read."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something the tokenizer had to repair: a stable id, the segment ordinal, byte offset."""

    id: str
    ordinal: int
    offset: int


@dataclass(slots=True)
class Segment:
    """One segment. `ordinal` counts from 1, `offset` is the byte where it starts in the input."""

    id: str
    text: str
    ordinal: int
    offset: int
    encoding: Encoding
    _texts: list[str] | None = field(default=None, repr=False, compare=False)
    _fields: dict[int, Field] = field(default_factory=dict, repr=False, compare=False)

    @property
    def width(self) -> int:
        """The number of the last field present, be it empty."""
        return len(self._split()) - 1

    @property
    def valued(self) -> list[int]:
        """The numbers of the fields that hold text."""
        return [number for number, text in enumerate(self._split()) if text and number]

    def raw(self, number: int) -> str:
        """Return the text of a field as sent, escapes undecoded; `""` where it is absent."""
        texts = self._split()
        return texts[number] if 0 < number < len(texts) else ""

    def field(self, number: int) -> Field:
        """Return a field split to its leaves, escapes decoded; `()` where it is empty."""
        found = self._fields.get(number)
        if found is None:
            found = self._fields[number] = self._leaves(number)
        return found

    def value(
        self, number: int, repetition: int = 1, component: int = 1, subcomponent: int = 1
    ) -> str:
        """Return one leaf, `""` where it is absent. All counts start at 1."""
        try:
            return self.field(number)[repetition - 1][component - 1][subcomponent - 1]
        except IndexError:
            return ""

    def bytes_before(self, number: int) -> int:
        """Return how many bytes of the segment stand before a field; 0 for the segment."""
        if number <= 0:
            return 0
        separators = number - (self.id in {"MSH", "FHS", "BHS"})
        if not separators:
            return 3
        before = self.text.split(self.encoding.field, separators)[:separators]
        return len(self.encoding.field.join([*before, ""]).encode(self.encoding.charset, "replace"))

    def _split(self) -> list[str]:
        if self._texts is None:
            separator = self.encoding.field
            self._texts = self.text.split(separator)
            if self.id in {"MSH", "FHS", "BHS"}:
                self._texts.insert(1, separator)
        return self._texts

    def _leaves(self, number: int) -> Field:
        texts = self._texts or self._split()
        if not 0 < number < len(texts) or not texts[number]:
            return _EMPTY
        if number <= 2 and self.id in {"MSH", "FHS", "BHS"}:
            return (((texts[number],),),)
        return split(texts[number], self.encoding)


def split(raw: str, encoding: Encoding) -> Field:
    """Return the text of a field as repetitions of components of subcomponents, decoded."""
    if not encoding.special.search(raw):
        return (((raw,),),)
    return tuple(
        tuple(
            tuple(decode(leaf, encoding) for leaf in _cut(component, encoding.subcomponent))
            for component in _cut(repetition, encoding.component)
        )
        for repetition in _cut(raw, encoding.repetition)
    )


def _cut(text: str, separator: str) -> list[str]:
    return text.split(separator) if separator and separator in text else [text]


@dataclass(frozen=True, slots=True)
class Message:
    """One message: its segments in order, its encoding, and what had to be repaired."""

    segments: tuple[Segment, ...]
    encoding: Encoding
    notes: tuple[Note, ...] = ()

    @property
    def header(self) -> Segment:
        """The MSH segment."""
        return self.segments[0]

    @property
    def control_id(self) -> str:
        """MSH-10."""
        return self.header.value(10)

    @property
    def version(self) -> str:
        """MSH-12.1."""
        return self.header.value(12)

    @property
    def type(self) -> tuple[str, str, str]:
        """MSH-9: message code, trigger event, structure; empty where not sent."""
        value = self.header.value
        return value(9), value(9, 1, 2), value(9, 1, 3)

    def named(self, *ids: str) -> Iterator[Segment]:
        """Yield the segments with one of the ids, in order."""
        return (segment for segment in self.segments if segment.id in ids)

    def first(self, id: str) -> Segment | None:
        """Return the first segment with the id."""
        return next(self.named(id), None)

    def emit(self) -> bytes:
        """Return the message as bytes: segments ended by CR, in the character set it came in."""
        text = "".join(segment.text + "\r" for segment in self.segments)
        return text.encode(self.encoding.charset, "replace")


def parse(data: bytes, charset: str = "", offset: int = 0, *, overrides: bool = False) -> Message:
    """Return the message in the bytes.

    `charset` is the name (HL7 table 0211) to use where MSH-18 is empty, or always where it
    `overrides`; `offset` where the bytes start in a larger input. Raises NotHl7 where there is no
    MSH segment.
    """
    notes: list[Note] = []
    lines, codec = _lines(data, charset, notes, overrides=overrides)
    lines = [(offset + at, line) for at, line in lines] if offset else lines
    start = next((at for at, line in enumerate(lines) if line[1].startswith("MSH")), None)
    if start is None or len(lines[start][1]) < 5:
        raise NotHl7("no MSH segment with a field separator and encoding characters")
    if start:
        notes.append(Note("before-header", 1, lines[0][0]))
    encoding = _encoding(lines[start][1], codec)
    return Message(tuple(_segments(lines[start:], encoding, notes)), encoding, tuple(notes))


def _lines(
    data: bytes, charset: str, notes: list[Note], *, overrides: bool
) -> tuple[list[tuple[int, str]], str]:
    """Return each line with its byte offset, and the codec that read them."""
    converted = data[:2] in {b"\xff\xfe", b"\xfe\xff"}
    if converted:
        data = data.decode("utf-16", "replace").encode()
        notes.append(Note("utf-16", 1, 0))
    declared = charset if overrides and charset else _declared(data) or charset
    if b"\0" in data and (converted or codec_of(declared) not in WIDE):
        data = data.replace(b"\0", b" ")
        notes.append(Note("nul", 1, 0))
    skip = len(BOM) if data.startswith(BOM) else 0
    if skip:
        notes.append(Note("byte-order-mark", 1, 0))
    reading = read_bytes(data[skip:], "UNICODE UTF-8" if skip or converted else declared)
    if not reading.faithful:
        notes.append(Note("charset", 1, 0))
    if reading.codec in WIDE:
        return [(0, line) for line in re.findall(r"[^\r\n]+", reading.text)], "utf-8"
    spans = ((match.start(), match[0]) for match in _LINE.finditer(data, skip))
    return [(at, line.decode(reading.codec, "replace")) for at, line in spans], reading.codec


def _declared(data: bytes) -> str:
    """Return MSH-18, read from the bytes of the header before their character set is known."""
    start = data.find(b"MSH")
    if start < 0:
        return ""
    end = min(
        (at for at in (data.find(b"\r", start), data.find(b"\n", start)) if at > 0), default=-1
    )
    header = data[start:] if end < 0 else data[start:end]
    fields = header.split(header[3:4] or b"|")
    if len(fields) < 18:
        return ""
    declared = fields[17].decode("latin-1")
    repetition = fields[1][1:2].decode("latin-1") or "~"
    names = [name.strip() for name in declared.split(repetition)]
    switching = (name for name in names if (codec_of(name) or "").startswith("iso2022"))
    return next(switching, names[0])


def _encoding(header: str, charset: str) -> Encoding:
    """Return the delimiters of an MSH line; MSH-2 may hold one to five characters."""
    separator = header[3]
    characters = header[4:].split(separator, 1)[0][:5]
    names = ("component", "repetition", "escape", "subcomponent", "truncation")
    chosen = dict.fromkeys(names, "") | dict(zip(names, characters, strict=False))
    if len(characters) == 3 and "\\" not in characters:
        chosen |= {"escape": "", "subcomponent": characters[2]}
    return Encoding(field=separator, charset=charset, **chosen)


def _segments(lines: list[tuple[int, str]], encoding: Encoding, notes: list[Note]) -> list[Segment]:
    segments: list[Segment] = []
    for offset, line in lines:
        if not line.strip():
            continue
        if line[:3] == CONTINUED and segments and line[3:4] == encoding.field:
            notes.append(Note("continued", len(segments), offset))
            segments[-1].text += line[4:]
        elif _starts_segment(line, encoding.field):
            segments.append(Segment(line[:3], line, len(segments) + 1, offset, encoding))
        else:
            notes.append(Note("broken-line", len(segments), offset))
            segments[-1].text += f"\n{line}"
    return segments


def _starts_segment(line: str, separator: str) -> bool:
    """Say whether the line is a segment, not the rest of a field broken by a line end."""
    return _SEGMENT_ID.match(line) is not None and (len(line) == 3 or line[3] == separator)
