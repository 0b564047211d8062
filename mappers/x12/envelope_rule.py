"""What is judged of the envelopes: ISA elements, counts, control numbers (SNIP 1)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from mappers.x12.diagnosis import is_date
from mappers.x12.findings import Finding, Report, Severity, at
from mappers.x12.lexer import Segment, has_isa_widths
from mappers.x12.pattern import TIME


@dataclass(frozen=True, slots=True)
class EnvelopeRule:
    """A defect of an envelope: its finding id, acknowledgment code, words and remedy."""

    id: str
    report: Report
    code: str
    message: str
    remedy: str
    severity: Severity = "error"


_QUALIFIER = "0[0-9]|1[0-9]|2[0-9]|3[0-8]|ZZ|AM|NR|SA|SN"
ISA_ELEMENTS: tuple[tuple[int, str, str], ...] = (
    (1, "0[0-8]", "010"),
    (3, "0[01]", "012"),
    (5, _QUALIFIER, "005"),
    (6, r".*\S.*", "006"),
    (7, _QUALIFIER, "007"),
    (8, r".*\S.*", "008"),
    (10, TIME, "015"),
    (12, "00[56]\\d\\d", "017"),
    (13, r"\d{9}", "018"),
    (14, "[01]", "019"),
    (15, "[PT]", "020"),
)

NO_CONTENT = EnvelopeRule(
    "file-empty", "TA1", "024", "there is no X12 in the file", "send an interchange"
)
NO_ISA = EnvelopeRule(
    "interchange-header-missing",
    "TA1",
    "024",
    "the segments are not inside an interchange (ISA)",
    "send the whole interchange",
)
NO_IEA = EnvelopeRule(
    "interchange-trailer-missing", "TA1", "023", "IEA is missing", "send the whole interchange"
)
NO_GS = EnvelopeRule(
    "group-header-missing", "TA1", "024", "the set is not inside a group (GS)", "send GS and GE"
)
NO_GE = EnvelopeRule("group-trailer-missing", "AK9", "3", "GE is missing", "close the group")
NO_SE = EnvelopeRule("set-trailer-missing", "IK5", "2", "SE is missing", "close the set")
NOTHING_IN_INTERCHANGE = EnvelopeRule(
    "interchange-empty", "TA1", "024", "there is nothing in the interchange", "send what it is for"
)
NOTHING_IN_GROUP = EnvelopeRule(
    "group-empty", "AK9", "5", "there is no set in the group", "send what it is for"
)
ORPHAN = EnvelopeRule(
    "trailer-alone", "TA1", "024", "the trailer closes nothing", "send the header it belongs to"
)
OUTSIDE = EnvelopeRule(
    "segment-outside-set", "TA1", "024", "the segment is outside any set", "put it into a set"
)
IEA_CONTROL = EnvelopeRule(
    "interchange-control-mismatch", "TA1", "001", "IEA02 differs from ISA13", "repeat ISA13"
)
IEA_COUNT = EnvelopeRule(
    "interchange-group-count", "TA1", "021", "IEA01 is not the number of groups", "count the groups"
)
DUPLICATE = EnvelopeRule(
    "interchange-control-duplicate",
    "TA1",
    "025",
    "ISA13 was used before by this sender in the file",
    "give each interchange its own control number",
)
GE_CONTROL = EnvelopeRule(
    "group-control-mismatch", "AK9", "4", "GE02 differs from GS06", "repeat GS06"
)
GE_COUNT = EnvelopeRule(
    "group-set-count", "AK9", "5", "GE01 is not the number of sets", "count the sets"
)
GS_FUNCTION = EnvelopeRule(
    "group-function", "AK9", "1", "GS01 does not fit the guide in GS08", "send the guide's code"
)
SE_CONTROL = EnvelopeRule(
    "set-control-mismatch", "IK5", "3", "SE02 differs from ST02", "repeat ST02"
)
SE_COUNT = EnvelopeRule(
    "set-segment-count", "IK5", "4", "SE01 is not the number of segments", "count ST to SE"
)
ST_DUPLICATE = EnvelopeRule(
    "set-control-duplicate", "IK5", "23", "ST02 was used before in the group", "number the sets"
)
ST_MISMATCH = EnvelopeRule(
    "set-id", "IK5", "1", "ST01 is not the set of the guide in GS08", "send the set of the guide"
)
NO_GUIDE = EnvelopeRule(
    "guide-not-loaded",
    "AK9",
    "2",
    "no guide loaded for this set: only envelope and syntax are judged",
    "send a version we support",
    "warning",
)
ISA_WIDTH = EnvelopeRule(
    "interchange-header-width",
    "TA1",
    "022",
    "the elements of ISA do not have their fixed widths",
    "pad ISA to 106 characters",
)
SEPARATOR = EnvelopeRule(
    "component-separator",
    "TA1",
    "027",
    "composites are not separated by the mark ISA16 declares",
    "declare in ISA16 the separator that is used",
    "warning",
)
ISA_ELEMENT = EnvelopeRule(
    "interchange-header-element", "TA1", "", "the element of ISA is not valid", "correct ISA"
)
TRUNCATED = EnvelopeRule(
    "file-truncated",
    "TA1",
    "023",
    "the file ends inside a segment",
    "send the whole file",
)
UNTERMINATED = EnvelopeRule(
    "terminator-missing",
    "TA1",
    "004",
    "the last segment has no terminator",
    "end the file with a terminator",
    "warning",
)
MARKED = EnvelopeRule(
    "byte-order-mark",
    "",
    "",
    "the file begins with a byte order mark",
    "send plain text",
    "warning",
)
INDENTED = EnvelopeRule(
    "segment-indented", "", "", "blanks stand before the segment", "leave blanks out", "warning"
)
EMPTY = EnvelopeRule(
    "segment-empty", "IK3", "1", "the segment is empty", "leave the terminator out", "warning"
)


def envelope_finding(
    rule: EnvelopeRule, segment: Segment | None, element: int | None = None
) -> Finding:
    """Return the finding of a broken envelope rule at a segment."""
    found = Finding(
        rule.id,
        1,
        rule.severity,
        rule.message,
        rule.remedy,
        rule.report,
        rule.code,
        element=element,
    )
    return at(found, segment)


def isa_findings(segment: Segment) -> Iterator[Finding]:
    """Yield what is wrong with an ISA by itself."""
    if not has_isa_widths(segment):
        yield envelope_finding(ISA_WIDTH, segment)
    for position, pattern, code in ISA_ELEMENTS:
        if not re.fullmatch(pattern, segment.element(position).strip()):
            yield _element(segment, position, code)
    if segment.element(16)[:1] != segment.delimiters.component:
        yield envelope_finding(SEPARATOR, segment, 16)
    if not is_date(f"20{segment.element(9)}"):
        yield _element(segment, 9, "014")


def _element(segment: Segment, position: int, code: str) -> Finding:
    rule = EnvelopeRule(
        ISA_ELEMENT.id, "TA1", code, f"ISA{position:02d} is not valid", ISA_ELEMENT.remedy
    )
    return envelope_finding(rule, segment, position)


def trailer_findings(
    trailer: Segment, control: str, count: int, wrong_count: EnvelopeRule, mismatch: EnvelopeRule
) -> Iterator[Finding]:
    """Yield what is wrong with the count and control number of SE, GE or IEA."""
    stated = trailer.element(1).strip()
    if not (stated.isascii() and stated.isdigit() and len(stated) < 11 and int(stated) == count):
        yield envelope_finding(wrong_count, trailer, 1)
    if trailer.element(2).strip() != control:
        yield envelope_finding(mismatch, trailer, 2)
