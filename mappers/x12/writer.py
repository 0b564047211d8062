"""Write X12 strictly: loop trees into guide order, counts computed, anything wrong refused."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from mappers.x12.binary import data_position
from mappers.x12.diagnosis import diagnose
from mappers.x12.dispatch import Compiled, Place, Spot, compiled
from mappers.x12.envelope_rule import isa_findings
from mappers.x12.findings import Finding
from mappers.x12.grammar import Guide
from mappers.x12.lexer import STANDARD, Delimiters, Segment
from mappers.x12.text import simple_text
from mappers.x12.tree import Composite, Node, Seg, Value

_ISA_WIDTHS = (2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1)


class NotWritable(ValueError):
    """The tree breaks its guide; `findings` say where (types and places, no values)."""

    def __init__(self, findings: Sequence[Finding]) -> None:
        super().__init__("; ".join(f"{one.place}: {one.message}" for one in findings[:3]))
        self.findings = tuple(findings)


@dataclass(frozen=True, slots=True)
class Envelope:
    """The facts of ISA and GS. Control numbers are allocated by the caller.

    `group_sender`/`group_receiver` (GS02/GS03) repeat the interchange ids unless given.
    """

    sender_qualifier: str
    sender: str
    receiver_qualifier: str
    receiver: str
    interchange_control: int
    group_control: int
    written: datetime
    usage: Literal["P", "T"] = "P"
    acknowledgment_requested: bool = False
    group_sender: str = ""
    group_receiver: str = ""
    delimiters: Delimiters = STANDARD


@dataclass(frozen=True, slots=True)
class SetBody:
    """One transaction set to be written: ST02 and its root loop (without ST and SE)."""

    control: str
    root: Node


def write(guide: Guide, sets: Sequence[SetBody], envelope: Envelope) -> bytes:
    """Return one interchange with one group of these sets; raise NotWritable if any breaks."""
    return enclose(envelope, guide, [set_segments(guide, one, envelope.delimiters) for one in sets])


def enclose(
    envelope: Envelope,
    guide: Guide | None,
    sets: Sequence[Sequence[str]],
    answers: Sequence[str] = (),
) -> bytes:
    """Return an interchange around written sets (and TA1 segments before them)."""
    delimiters = envelope.delimiters
    lines = [_isa(envelope), *answers]
    if guide is not None and sets:
        control = str(envelope.group_control)
        lines.append(_gs(envelope, guide, control))
        lines.extend(line for one in sets for line in one)
        lines.append(_joined(("GE", str(len(sets)), control), delimiters))
    groups = "1" if guide is not None and sets else "0"
    lines.append(_joined(("IEA", groups, f"{envelope.interchange_control:09d}"), delimiters))
    return "".join(f"{line}{delimiters.segment}" for line in lines).encode("latin-1")


def set_segments(guide: Guide, body: SetBody, delimiters: Delimiters) -> list[str]:
    """Return the segments of one set, ST to SE, without terminators; raise NotWritable."""
    return _SetWriter(compiled(guide, delimiters), delimiters).write(body)


class _SetWriter:
    """Takes one tree; holds the lines so far and what is wrong with them."""

    def __init__(self, guide: Compiled, delimiters: Delimiters) -> None:
        self._guide = guide
        self._delimiters = delimiters
        self._bad = re.compile(f"[{re.escape(delimiters.marks)}]|[^ -~]")
        self._lines: list[str] = []
        self._findings: list[Finding] = []

    def write(self, body: SetBody) -> list[str]:
        guide, root = self._guide.guide, body.root
        version = (guide.version,) if guide.names_version else ()
        opening = Seg("ST", (guide.set_id, body.control, *version))
        self._loop(self._guide.root, replace(root, segments=(opening, *root.segments)))
        count = str(len(self._lines) + 1)
        self._segment(
            self._guide.root, self._guide.root.spots[-1], Seg("SE", (count, body.control))
        )
        if self._findings:
            raise NotWritable(self._findings)
        return self._lines

    def _loop(self, place: Place, node: Node) -> None:
        """Write one loop: its own segments and loops in the order of the guide."""
        items: list[tuple[int, int, Spot, Seg | Node]] = []
        number, last, is_sorted = 0, -1, True
        for segment in node.segments:
            spot = self._spot(place, segment)
            if spot is not None:
                is_sorted = is_sorted and spot.index >= last
                last, number = spot.index, number + 1
                items.append((last, number, spot, segment))
        for child in node.children:
            under = place.under.get(child.id)
            if under is None:
                self._add("loop-unexpected", "2", f"loop {child.id} has no place here", place.id)
                continue
            is_sorted = is_sorted and under.index >= last
            last, number = under.index, number + 1
            items.append((last, number, under, child))
        if not is_sorted:
            items.sort()
        self._write_all(place, items)

    def _write_all(
        self, place: Place, items: Sequence[tuple[int, int, Spot, "Seg | Node"]]
    ) -> None:
        seen, last, count = 0, None, 0
        for _, _, spot, item in items:
            if spot is last:
                count += 1
                if spot.repeat and count == spot.repeat + 1:
                    self._too_often(place, spot)
            else:
                last, count = spot, 1
                seen |= spot.bit
            if isinstance(item, Seg):
                self._segment(place, spot, item)
            elif spot.opens is not None:
                self._loop(spot.opens, item)
        if place.required & ~seen:
            self._judge_missing(place, seen)

    def _spot(self, place: Place, segment: Seg) -> Spot | None:
        """Return the use whose key value the segment has, else the first, which tells why."""
        uses = place.own.get(segment.id)
        if uses is None:
            self._add("segment-unexpected", "2", f"{segment.id} has no place here", place.id)
            return None
        if len(uses) == 1:
            return uses[0]
        position, component, found = place.keyed[segment.id]
        values = segment.values
        value: Value = values[position - 1] if 0 < position <= len(values) else None
        if component and isinstance(value, tuple):
            value = value[component - 1] if component <= len(value) else None
        told = value if isinstance(value, str) else None
        return found.get(told) or found.get(None) or uses[0]

    def _segment(self, place: Place, spot: Spot, segment: Seg) -> None:
        texts, colons = [segment.id], 0
        for value in segment.values:
            if value is None:
                texts.append("")
            elif type(value) is str:
                texts.append(value)
            elif type(value) is tuple and (told := self._composite(value)):
                texts.append(told)
                colons += len(value) - 1
            else:
                colons = -1
                break
        if colons >= 0:
            while not texts[-1]:
                texts.pop()
        line = self._delimiters.element.join(texts)
        if colons < 0 or not self._is_plain(line, len(texts) - 1, colons):
            texts = [segment.id]
            texts += [self._text(place, segment, at + 1) for at in range(len(segment.values))]
            while not texts[-1]:
                texts.pop()
            line = self._delimiters.element.join(texts)
        self._lines.append(line)
        if not spot.fits(line) or (spot.lowest < len(texts) and self._is_uneven(spot, texts, line)):
            self._diagnose(place, spot, texts, line)

    def _is_plain(self, line: str, elements: int, components: int) -> bool:
        """Tell whether a line holds no delimiters but its own, and only characters of X12."""
        marks = self._delimiters
        return (
            line.count(marks.element) == elements
            and line.count(marks.component) == components
            and marks.segment not in line
            and not (marks.repetition and marks.repetition in line)
            and line.isascii()
            and line.isprintable()
        )

    def _written(self, texts: Sequence[str], line: str) -> Segment:
        marks = self._delimiters
        return Segment(texts[0], tuple(texts), 0, len(self._lines), line, "", marks.segment, marks)

    def _is_uneven(self, spot: Spot, texts: Sequence[str], line: str) -> bool:
        """Tell whether the segment breaks a note between its elements."""
        return spot.breaks_note(self._written(texts, line))

    def _diagnose(self, place: Place, spot: Spot, texts: Sequence[str], line: str) -> None:
        found = diagnose(spot.use, self._written(texts, line), place.id)
        self._findings.extend(replace(one, offset=None) for one in found)

    def _composite(self, value: Composite) -> str:
        """Return a composite of texts, the last one not empty; nothing for any other."""
        for one in value:
            if type(one) is not str:
                return ""
        return self._delimiters.component.join(map(str, value)) if value and value[-1] else ""

    def _text(self, place: Place, segment: Seg, position: int) -> str:
        value = segment.values[position - 1]
        if value is None or value == "":
            return ""
        if isinstance(value, str) and (
            not self._bad.search(value) or position == data_position(segment.id)
        ):
            return value
        parts = value if isinstance(value, list) else [value]
        texts = (self._one(place, segment, position, one) for one in parts)
        return self._delimiters.repetition.join(texts)

    def _one(self, place: Place, segment: Seg, position: int, value: Value) -> str:
        simple = value if isinstance(value, tuple) else (value,)
        texts = [simple_text(one) for one in simple if not isinstance(one, list)]
        for component, text in enumerate(texts, 1):
            if self._bad.search(text):
                name = f"{segment.id}{position:02d}"
                where = f"-{component}" if isinstance(value, tuple) else ""
                message = f"{name}{where} holds a delimiter or a character X12 does not allow"
                self._add("element-character", "6", message, place.id, segment.id, position)
        while texts and not texts[-1]:
            texts.pop()
        return self._delimiters.component.join(texts)

    def _too_often(self, place: Place, spot: Spot) -> None:
        name = f"{spot.name}: more than {spot.repeat}"
        self._add("segment-too-often", "5", name, _loop_of(place, spot), spot.use.id)

    def _judge_missing(self, place: Place, seen: int) -> None:
        for spot in place.spots:
            if place.required & ~seen & spot.bit and spot.use.id != "SE":
                name = f"{spot.name} ({spot.use.id}) is missing"
                self._add("segment-missing", "3", name, _loop_of(place, spot), spot.use.id)

    def _add(
        self,
        id: str,
        code: str,
        message: str,
        loop: str,
        segment: str = "",
        element: int | None = None,
    ) -> None:
        ordinal = len(self._lines) + 1
        self._findings.append(
            Finding(
                id,
                2,
                "error",
                message,
                report="IK4" if element else "IK3",
                code=code,
                loop=loop,
                segment=segment,
                ordinal=ordinal,
                element=element,
            )
        )


def _loop_of(place: Place, spot: Spot) -> str:
    return spot.opens.id if spot.opens else place.id


def _joined(elements: Sequence[str], delimiters: Delimiters) -> str:
    return delimiters.element.join(elements)


def _isa(envelope: Envelope) -> str:
    """Return ISA; raise NotWritable when a fact does not fit its fixed width."""
    delimiters, written = envelope.delimiters, envelope.written
    values = (
        "00",
        "",
        "00",
        "",
        envelope.sender_qualifier,
        envelope.sender,
        envelope.receiver_qualifier,
        envelope.receiver,
        f"{written:%y%m%d}",
        f"{written:%H%M}",
        delimiters.repetition or "U",
        "00501",
        f"{envelope.interchange_control:09d}",
        "1" if envelope.acknowledgment_requested else "0",
        envelope.usage,
        delimiters.component,
    )
    padded = [value.ljust(width) for value, width in zip(values, _ISA_WIDTHS, strict=True)]
    elements = ("ISA", *padded)
    found = list(isa_findings(Segment("ISA", elements, delimiters=delimiters)))
    if found or any(_is_unfit(value, delimiters) for value in (envelope.sender, envelope.receiver)):
        raise NotWritable(found or [_envelope_finding("ISA", "a sender or receiver id")])
    return _joined(elements, delimiters)


def _gs(envelope: Envelope, guide: Guide, control: str) -> str:
    written = envelope.written
    sender = envelope.group_sender or envelope.sender
    receiver = envelope.group_receiver or envelope.receiver
    for value in (sender, receiver):
        if not 2 <= len(value) <= 15 or _is_unfit(value, envelope.delimiters):
            raise NotWritable([_envelope_finding("GS", "a sender or receiver code")])
    if not 0 < envelope.group_control < 10**9:
        raise NotWritable([_envelope_finding("GS", "the group control number")])
    values = (
        "GS",
        guide.functional_id,
        sender,
        receiver,
        f"{written:%Y%m%d}",
        f"{written:%H%M}",
        control,
        "X",
        guide.version,
    )
    return _joined(values, envelope.delimiters)


def _is_unfit(value: str, delimiters: Delimiters) -> bool:
    return any(one in delimiters.marks or not " " <= one <= "~" for one in value)


def _envelope_finding(segment: str, what: str) -> Finding:
    return Finding(
        "envelope-fact", 1, "error", f"{what} does not fit its place in {segment}", segment=segment
    )
