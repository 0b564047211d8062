"""Judge a message by the tables of its version: findings with places, and a verdict for any input.

Pure: bytes in, report out. Levels and kinds of findings are rows in `hl7.finding`.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from hl7.batch import split_messages
from hl7.datatype import fits
from hl7.dictionary import (
    UNBOUNDED,
    Dictionary,
    FieldUse,
    load,
    nearest_version,
    structure_of,
)
from hl7.escape import unknown_escapes
from hl7.finding import KINDS, Finding, JsonObject, Verdict, judge
from hl7.message import Message, NotHl7, Segment, parse

NO_SEGMENT = FieldUse("", "", "", required=False, most=UNBOUNDED)


@dataclass(frozen=True, slots=True)
class Report:
    """The judgement of one input: its messages (none when unreadable), findings, verdict."""

    messages: tuple[Message, ...]
    findings: tuple[Finding, ...]

    @property
    def verdict(self) -> Verdict:
        """The verdict over all findings."""
        return judge(self.findings)

    def to_json(self) -> dict[str, str | list[JsonObject]]:
        """Return the object `parity v2 check --json` prints."""
        return {
            "verdict": self.verdict,
            "findings": [finding.to_json() for finding in self.findings],
        }


def check(data: bytes, charset: str = "") -> Report:
    """Judge a file or frame of one or more messages. Never raises; no MSH is a finding."""
    messages: list[Message] = []
    findings: list[Finding] = []
    for offset, text in split_messages(data):
        try:
            message = parse(text, charset, offset)
        except NotHl7:
            findings.append(Finding(KINDS["no-header"], offset=offset))
            continue
        messages.append(message)
        findings.extend(check_message(message))
    return Report(tuple(messages), tuple(findings))


def check_message(message: Message) -> Iterator[Finding]:
    """Yield the findings of one message, in the order of their places where they have one."""
    version = nearest_version(message.version)
    dictionary = load(version)
    structure = structure_of(*message.type, dictionary)
    for note in message.notes:
        segment = message.segments[max(note.ordinal, 1) - 1]
        yield Finding(KINDS[note.id], segment.id, note.ordinal, offset=note.offset)
    yield from _header(message, version, structure)
    yield from _missing_segments(message, dictionary, structure)
    for segment in message.segments:
        yield from _segment(segment, dictionary, structure)


def _header(message: Message, version: str, structure: str) -> Iterator[Finding]:
    code, trigger, _ = message.type
    if not code or (not trigger and code not in {"ACK", "MCF"}):
        yield _place(message.header, 9, KINDS["no-type"].id)
    elif not structure:
        yield _place(message.header, 9, "no-structure")
    if not message.control_id:
        yield _place(message.header, 10, "no-control-id")
    if version != message.version:
        yield _place(message.header, 12, "other-version")


def _missing_segments(
    message: Message, dictionary: Dictionary, structure: str
) -> Iterator[Finding]:
    present = {segment.id for segment in message.segments}
    for use in dictionary.places(structure).values():
        if use.required and use.id not in present:
            group = use.groups[-1] if use.groups else structure
            yield Finding(KINDS["segment-missing"], use.id, group=group, about=use.id)


def _segment(segment: Segment, dictionary: Dictionary, structure: str) -> Iterator[Finding]:
    uses = dictionary.segments.get(segment.id)
    places = dictionary.places(structure)
    group = ""
    if segment.id in places:
        group = places[segment.id].groups[-1] if places[segment.id].groups else structure
    elif segment.id.startswith("Z"):
        yield _place(segment, 0, "segment-local")
    elif uses is not None and places:
        yield _place(segment, 0, "segment-misplaced")
    if uses is None:
        if not segment.id.startswith("Z"):
            yield _place(segment, 0, "segment-unknown")
        return
    for number in range(1, max(len(uses), segment.width) + 1):
        use = uses[number - 1] if number <= len(uses) else NO_SEGMENT
        yield from _field(segment, number, use, dictionary, group)


def _field(
    segment: Segment, number: int, use: FieldUse, dictionary: Dictionary, group: str
) -> Iterator[Finding]:
    raw = segment.raw(number)
    if not raw:
        if use.required:
            yield _place(segment, number, "field-missing", group, use)
        return
    if use is NO_SEGMENT:
        yield _place(segment, number, "field-beyond", group, use)
        return
    if use.most == 0:
        yield _place(segment, number, "field-withdrawn", group, use)
        return
    if segment.id == "MSH" and number <= 2:
        return
    if 0 < use.most < len(segment.field(number)):
        yield _place(segment, number, "field-repeats", group, use)
    if unknown_escapes(raw, segment.encoding):
        yield _place(segment, number, "unknown-escape", group, use)
    yield from _values(segment, number, use, dictionary, group)


def _values(
    segment: Segment, number: int, use: FieldUse, dictionary: Dictionary, group: str
) -> Iterator[Finding]:
    datatype = use.datatype
    if datatype == "varies":
        datatype = segment.value(2) if segment.id == "OBX" else ""
        if segment.id == "OBX" and not datatype:
            yield _place(segment, number, "value-type", group, use)
    for at, repetition in enumerate(segment.field(number), 1):
        for component, leaf, leaf_use in _leaves(repetition, datatype, use, dictionary):
            kind = _judge_leaf(leaf, leaf_use, dictionary)
            if kind:
                yield _place(segment, number, kind, group, use, at, component)


def _leaves(
    repetition: tuple[tuple[str, ...], ...],
    datatype: str,
    use: FieldUse,
    dictionary: Dictionary,
) -> Iterator[tuple[int, str, FieldUse]]:
    """Yield each leaf whose data type is primitive: its component (0: the field), text and use."""
    components = dictionary.components.get(datatype)
    if components is None:
        whole = FieldUse(use.name, datatype, use.table, required=False, most=1)
        yield 0, repetition[0][0], whole
        return
    for number, (component, part) in enumerate(zip(repetition, components, strict=False), 1):
        inner = dictionary.components.get(part.datatype)
        if inner is None:
            yield number, component[0], part
        else:
            for leaf, deeper in zip(component, inner, strict=False):
                yield number, leaf, deeper


def _judge_leaf(leaf: str, use: FieldUse, dictionary: Dictionary) -> str:
    if not fits(use.datatype, leaf):
        return "format"
    codes = dictionary.tables.get(use.table) if use.datatype == "ID" else None
    if codes and leaf not in codes and leaf not in {"", '""'}:
        return "table-value"
    return ""


def _place(
    segment: Segment,
    number: int,
    kind: str,
    group: str = "",
    use: FieldUse = NO_SEGMENT,
    repetition: int = 0,
    component: int = 0,
) -> Finding:
    about = segment.id
    if number:
        about += f"-{number}" + (f".{component}" if component else "")
        about += f" {use.name}" if use.name else ""
    return Finding(
        kind=KINDS[kind],
        segment=segment.id,
        ordinal=segment.ordinal,
        element=number,
        repetition=repetition,
        component=component,
        offset=segment.offset + segment.bytes_before(number),
        group=group,
        about=about,
    )
