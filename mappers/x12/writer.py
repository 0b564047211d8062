"""Write X12 strictly: loop trees into guide order, counts computed, anything wrong refused."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from mappers.x12.binary import data_position
from mappers.x12.diagnosis import diagnose
from mappers.x12.dictionary import DEFINITIONS
from mappers.x12.dispatch import Compiled, Place, Spot, compiled
from mappers.x12.envelope_rule import isa_findings
from mappers.x12.findings import Finding
from mappers.x12.grammar import Guide
from mappers.x12.lexer import STANDARD, Delimiters, Segment
from mappers.x12.text import simple_text
from mappers.x12.tree import Node, Seg, Value

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
        items = [*self._own(place, node.segments), *self._under(place, node.children)]
        items.sort(key=lambda item: item[0].index)
        counts: dict[Spot, int] = {}
        for spot, item in items:
            counts[spot] = counts.get(spot, 0) + 1
            if isinstance(item, Seg):
                self._segment(place, spot, item)
            elif spot.opens is not None:
                self._loop(spot.opens, item)
        self._judge_counts(place, counts)

    def _own(self, place: Place, segments: Sequence[Seg]) -> Iterator[tuple[Spot, Seg | Node]]:
        for segment in segments:
            uses = place.own.get(segment.id, ())
            spot = uses[0] if len(uses) == 1 else self._fitting(uses, segment)
            if spot is None:
                self._add("segment-unexpected", "2", f"{segment.id} has no place here", place.id)
            else:
                yield spot, segment

    def _under(self, place: Place, nodes: Sequence[Node]) -> Iterator[tuple[Spot, Seg | Node]]:
        for node in nodes:
            spot = place.under.get(node.id)
            if spot is None:
                self._add("loop-unexpected", "2", f"loop {node.id} has no place here", place.id)
            else:
                yield spot, node

    def _fitting(self, uses: Sequence[Spot], segment: Seg) -> Spot | None:
        """Return the use whose key value the segment has, else the first, which tells why."""
        fitting = (one for one in uses if self._fits(one, segment))
        return next(fitting, uses[0] if uses else None)

    def _fits(self, spot: Spot, segment: Seg) -> bool:
        """Tell whether the key value of a segment is one of the use's."""
        position, component = DEFINITIONS[segment.id].key or (0, 0)
        codes = spot.key_codes
        if not codes or not position:
            return True
        value: Value = segment.values[position - 1] if position <= len(segment.values) else None
        if component and isinstance(value, tuple):
            value = value[component - 1] if component <= len(value) else None
        return value in codes

    def _segment(self, place: Place, spot: Spot, segment: Seg) -> None:
        texts = [self._text(place, segment, at) for at in range(1, len(segment.values) + 1)]
        while texts and not texts[-1]:
            texts.pop()
        elements = (segment.id, *texts)
        line = self._delimiters.element.join(elements)
        ordinal = len(self._lines) + 1
        written = Segment(
            segment.id, elements, 0, ordinal, line, "", self._delimiters.segment, self._delimiters
        )
        self._lines.append(line)
        if not spot.is_sound(written):
            found = diagnose(spot.use, written, place.id)
            self._findings.extend(replace(one, offset=None) for one in found)

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

    def _judge_counts(self, place: Place, counts: Mapping[Spot, int]) -> None:
        for spot, count in counts.items():
            if spot.repeat and count > spot.repeat:
                name = f"{spot.name}: more than {spot.repeat}"
                self._add("segment-too-often", "5", name, _loop_of(place, spot), spot.use.id)
        seen = sum(spot.bit for spot in counts)
        if not place.required & ~seen:
            return
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
