"""Judge a message by the tables of its version: findings with places, and a verdict for any input.

Pure: bytes in, report out. Levels and kinds of findings are rows in `hl7.finding`.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hl7.batch import split_messages
from hl7.dictionary import UNBOUNDED, Dictionary, FieldUse, nearest_version, structure_of
from hl7.escape import unknown_escapes
from hl7.finding import KINDS, Finding, JsonObject, Verdict, judge
from hl7.message import Message, NotHl7, Repetition, Segment, parse
from hl7.rulebook import FieldRule, LeafRule, Rulebook, rulebook

NO_USE = FieldUse("", "", "", required=False, most=UNBOUNDED)
NO_RULE = FieldRule(NO_USE, (), varies=False)
NULL = '""'


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
    rules = rulebook(version)
    structure = structure_of(*message.type, rules.dictionary)
    for note in message.notes:
        segment = message.segments[max(note.ordinal, 1) - 1]
        yield Finding(KINDS[note.id], segment.id, note.ordinal, offset=note.offset)
    yield from _header(message, version, structure)
    yield from _missing_segments(message, rules, structure)
    yield from _repeated_segments(message, rules.dictionary, structure)
    for segment in message.segments:
        yield from _segment(segment, rules, structure)


def _header(message: Message, version: str, structure: str) -> Iterator[Finding]:
    code, trigger, _ = message.type
    if not code or (not trigger and code not in {"ACK", "MCF"}):
        yield _place(message.header, 9, KINDS["no-type"].id)
    elif not structure:
        yield _place(message.header, 9, "no-structure")
    if not message.control_id:
        yield _place(message.header, 10, "no-control-id")
    if message.segments[-1].id == "DSC" and message.segments[-1].value(1):
        yield _place(message.segments[-1], 1, "goes-on")
    if version != message.version:
        yield _place(message.header, 12, "other-version")


def _missing_segments(message: Message, rules: Rulebook, structure: str) -> Iterator[Finding]:
    present = {segment.id for segment in message.segments}
    missing = [use for use in rules.dictionary.places(structure).values() if use.required]
    missing += [one.use for one in rules.groups(structure) if one.evidence & present]
    for use in missing:
        if use.id not in present:
            group = use.groups[-1] if use.groups else structure
            yield Finding(KINDS["segment-missing"], use.id, group=group, about=use.id)


def _repeated_segments(
    message: Message, dictionary: Dictionary, structure: str
) -> Iterator[Finding]:
    """Yield the segments that stand again where the structure has one place for one."""
    uses = dictionary.structures.get(structure, ())
    places = Counter(use.id for use in uses)
    once = {use.id for use in uses if not use.repeats and places[use.id] == 1}
    seen: set[str] = set()
    for segment in message.segments:
        if segment.id in once and segment.id in seen:
            yield _place(segment, 0, "segment-repeats")
        seen.add(segment.id)


def _segment(segment: Segment, rules: Rulebook, structure: str) -> Iterator[Finding]:
    own = rules.segment(segment.id)
    places = rules.dictionary.places(structure)
    group = ""
    if segment.id in places:
        group = places[segment.id].groups[-1] if places[segment.id].groups else structure
    elif segment.id.startswith("Z"):
        yield _place(segment, 0, "segment-local")
    elif own is not None and places:
        yield _place(segment, 0, "segment-misplaced")
    if own is None:
        if not segment.id.startswith("Z"):
            yield _place(segment, 0, "segment-unknown")
        return
    valued = segment.valued
    missing = set(own.required).difference(valued)
    for number in sorted(missing.union(valued)) if missing else valued:
        rule = own.fields[number - 1] if number <= len(own.fields) else NO_RULE
        if number in missing:
            yield _place(segment, number, "field-missing", group, rule.use)
        else:
            yield from _field(segment, number, rule, rules, group)


def _field(
    segment: Segment, number: int, rule: FieldRule, rules: Rulebook, group: str
) -> Iterator[Finding]:
    if rule is NO_RULE:
        yield _place(segment, number, "field-beyond", group, rule.use)
        return
    if rule.use.most == 0:
        yield _place(segment, number, "field-withdrawn", group, rule.use)
        return
    if number <= 2 and segment.id == "MSH":
        return
    raw = segment.raw(number)
    if segment.encoding.repetition in raw and 0 < rule.use.most < len(segment.field(number)):
        yield _place(segment, number, "field-repeats", group, rule.use)
    if segment.encoding.escape in raw and unknown_escapes(raw, segment.encoding):
        yield _place(segment, number, "unknown-escape", group, rule.use)
    leaves = rule.leaves
    if rule.varies and segment.id == "OBX":
        datatype = segment.value(2)
        leaves = rules.leaves(datatype)
        if not rules.knows_type(datatype):
            yield _place(segment, number, "value-type", group, rule.use)
    if leaves:
        yield from _values(segment, number, rule.use, leaves, group)


def _values(
    segment: Segment, number: int, use: FieldUse, leaves: Sequence[LeafRule], group: str
) -> Iterator[Finding]:
    for at, repetition in enumerate(segment.field(number), 1):
        for leaf, text in _texts(repetition, leaves):
            kind = _judge(text, leaf)
            if kind:
                yield _place(segment, number, kind, group, use, at, leaf.component)


def _texts(repetition: Repetition, leaves: Sequence[LeafRule]) -> Iterator[tuple[LeafRule, str]]:
    """Yield the leaves that hold a value and have a rule."""
    for leaf in leaves:
        component = leaf.component or 1
        if component > len(repetition):
            break
        parts = repetition[component - 1]
        text = parts[leaf.subcomponent - 1] if leaf.subcomponent <= len(parts) else ""
        if text and text != NULL:
            yield leaf, text


def _judge(text: str, leaf: LeafRule) -> str:
    if leaf.judge is not None and not leaf.judge(text):
        return "format"
    return "table-value" if leaf.codes is not None and text not in leaf.codes else ""


def _place(
    segment: Segment,
    number: int,
    kind: str,
    group: str = "",
    use: FieldUse = NO_USE,
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
