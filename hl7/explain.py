"""A message in plain words: each segment with its fields named, and the findings beside them."""

from collections.abc import Iterator

from hl7.check import Report
from hl7.dictionary import Dictionary, load, nearest_version, structure_of
from hl7.finding import Finding
from hl7.message import Field, Message, Segment

SEGMENTS = {
    "ACC": "accident",
    "AIG": "appointment resource",
    "AIL": "appointment location",
    "AIP": "appointment person",
    "AIS": "appointment service",
    "AL1": "allergy",
    "ARV": "access restriction",
    "DB1": "disability",
    "DG1": "diagnosis",
    "ERR": "error",
    "EVN": "event",
    "FT1": "charge",
    "GT1": "guarantor",
    "IN1": "insurance",
    "IN2": "insurance, continued",
    "MRG": "merged identifiers",
    "MSA": "acknowledgment",
    "MSH": "message header",
    "NK1": "related person",
    "NTE": "note",
    "OBR": "order or report",
    "OBX": "observation",
    "ORC": "order control",
    "PD1": "patient, continued",
    "PID": "patient",
    "PR1": "procedure",
    "PV1": "visit",
    "PV2": "visit, continued",
    "ROL": "role",
    "RXA": "administration",
    "SCH": "appointment",
    "SFT": "software",
    "SPM": "specimen",
    "TQ1": "timing",
    "TXA": "document",
}
LONGEST = 160


def explain(report: Report) -> str:
    """Return the report as text for a person: values are shown as sent, long ones shortened."""
    lines = [line for message in report.messages for line in _message(message, report.findings)]
    lines += [f"! {finding.kind.severity}: {finding.text}" for finding in _placeless(report)]
    lines.append(f"verdict: {report.verdict}")
    return "\n".join(lines) + "\n"


def _placeless(report: Report) -> list[Finding]:
    return [finding for finding in report.findings if not finding.ordinal]


def _message(message: Message, findings: tuple[Finding, ...]) -> Iterator[str]:
    dictionary = load(nearest_version(message.version))
    structure = structure_of(*message.type, dictionary)
    header = message.header
    yield (
        f"{'^'.join(part for part in message.type if part)} version {message.version or 'none'}, "
        f"control id {message.control_id or 'none'}, "
        f"from {header.value(3) or '?'} to {header.value(5) or '?'}"
    )
    offsets = {segment.offset for segment in message.segments}
    for segment in message.segments:
        use = dictionary.places(structure).get(segment.id)
        indent = "  " * (1 + len(use.groups if use else ()))
        yield f"{indent}{segment.ordinal} {segment.id} {_gloss(segment)} (byte {segment.offset})"
        yield from (f"{indent}    {line}" for line in _fields(segment, dictionary))
        for finding in findings:
            if _concerns(finding, segment, offsets):
                yield (
                    f"{indent}  ! {finding.kind.severity} (byte {finding.offset}): "
                    f"{finding.text} {finding.kind.remedy}"
                )
    yield ""


def _concerns(finding: Finding, segment: Segment, offsets: set[int]) -> bool:
    """Say whether the finding is of this segment: the same ordinal, within its bytes."""
    following = [offset for offset in offsets if offset > segment.offset]
    return finding.ordinal == segment.ordinal and (
        segment.offset <= finding.offset < min(following, default=finding.offset + 1)
        or finding.offset < segment.offset == min(offsets)
    )


def _gloss(segment: Segment) -> str:
    if segment.id.startswith("Z"):
        return "local segment"
    return SEGMENTS.get(segment.id, "")


def _fields(segment: Segment, dictionary: Dictionary) -> Iterator[str]:
    uses = dictionary.segments.get(segment.id, ())
    first = 3 if segment.id == "MSH" else 1
    for number in range(first, segment.width + 1):
        field = segment.field(number)
        if not field:
            continue
        name = uses[number - 1].name if number <= len(uses) else ""
        yield f"{segment.id}-{number} {name}: {shown_field(field)}".replace(" :", ":")


def shown_field(field: Field) -> str:
    """Return a field with its parts set apart, on one line, shortened."""
    repetitions = (
        " | ".join(" & ".join(part for part in component if part) for component in repetition)
        for repetition in field
    )
    text = "; ".join(repetitions).replace("\r", " ").replace("\n", " / ")
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}... ({len(text)} characters)"
