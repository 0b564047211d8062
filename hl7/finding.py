"""What a check finds: one row a kind of finding, graded, with the place in the message.

Levels: 1 syntax (can it be read), 2 structure (segments), 3 fields (presence, repetition,
format), 4 code tables. A finding names places and never holds a value of the message.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

Severity = Literal["fatal", "error", "warning", "information"]
Verdict = Literal["accepted", "accepted-with-errors", "rejected"]
JsonObject = dict[str, str | int]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of finding. `condition` is the code of HL7 table 0357 an ERR segment carries."""

    id: str
    level: int
    severity: Severity
    condition: str
    message: str
    remedy: str


KINDS: Mapping[str, Kind] = {
    kind.id: kind
    for kind in (
        Kind(
            "no-header",
            1,
            "fatal",
            "100",
            "There is no MSH segment to read a message from.",
            "Send a message that starts with MSH and its encoding characters.",
        ),
        Kind(
            "before-header",
            1,
            "error",
            "100",
            "There is text before the MSH segment.",
            "Start the message with MSH.",
        ),
        Kind(
            "charset",
            1,
            "warning",
            "102",
            "The bytes do not fit the declared character set; another one was used.",
            "Declare the character set in use in MSH-18.",
        ),
        Kind(
            "utf-16",
            1,
            "warning",
            "102",
            "The message came in UTF-16.",
            "Send UTF-8.",
        ),
        Kind(
            "byte-order-mark",
            1,
            "information",
            "0",
            "A byte order mark stood before MSH and was skipped.",
            "Send the message without a byte order mark.",
        ),
        Kind(
            "broken-line",
            1,
            "warning",
            "102",
            "A line is no segment; it was read as the rest of the segment before it.",
            "Escape line ends inside a field as \\.br\\.",
        ),
        Kind(
            "nul",
            1,
            "warning",
            "102",
            "There are NUL bytes in the message; they were read as blanks.",
            "Send no NUL bytes.",
        ),
        Kind(
            "continued",
            1,
            "information",
            "0",
            "The segment goes on in an ADD segment; both were read as one.",
            "Send long segments whole.",
        ),
        Kind(
            "unknown-escape",
            1,
            "warning",
            "102",
            "An escape character begins no known sequence; it was kept as text.",
            "Escape the escape character as \\E\\.",
        ),
        Kind(
            "goes-on",
            2,
            "error",
            "100",
            "The message ends in DSC: the rest of it comes in another message.",
            "Send the message whole.",
        ),
        Kind(
            "no-type",
            2,
            "fatal",
            "200",
            "MSH-9 does not name a message type and trigger event.",
            "Fill MSH-9.1 and MSH-9.2.",
        ),
        Kind(
            "no-control-id",
            3,
            "error",
            "101",
            "MSH-10 is empty, so an acknowledgment cannot name the message.",
            "Give each message a control id.",
        ),
        Kind(
            "other-version",
            2,
            "warning",
            "203",
            "There are no tables for the version in MSH-12; the nearest version was used.",
            "Name a version from 2.1 to 2.8.2 in MSH-12.",
        ),
        Kind(
            "no-structure",
            2,
            "warning",
            "200",
            "The version has no structure for this message; segments were checked one by one.",
            "Check the message type in MSH-9.",
        ),
        Kind(
            "segment-missing",
            2,
            "error",
            "100",
            "A segment the structure requires is missing.",
            "Send the segment.",
        ),
        Kind(
            "segment-repeats",
            2,
            "warning",
            "100",
            "The structure has this segment once; it was kept.",
            "Send the segment once, or a message of its own for each.",
        ),
        Kind(
            "segment-unknown",
            2,
            "warning",
            "100",
            "The version does not define this segment; it was kept.",
            "Check the segment id, or use a Z segment.",
        ),
        Kind(
            "segment-local",
            2,
            "information",
            "0",
            "A local segment was kept.",
            "Agree its meaning with the sender.",
        ),
        Kind(
            "segment-misplaced",
            2,
            "warning",
            "100",
            "The structure has no place for this segment; it was kept.",
            "Send the segment in a message that holds it.",
        ),
        Kind(
            "field-missing",
            3,
            "error",
            "101",
            "A required field is empty.",
            "Fill the field.",
        ),
        Kind(
            "field-repeats",
            3,
            "error",
            "102",
            "The field repeats more often than it may.",
            "Send fewer repetitions, or escape the repetition separator.",
        ),
        Kind(
            "field-beyond",
            3,
            "information",
            "0",
            "The version does not define a field this far; it was kept.",
            "Check the version in MSH-12.",
        ),
        Kind(
            "field-withdrawn",
            3,
            "information",
            "0",
            "The version has withdrawn this field; it was kept.",
            "Move the value to the field that took its place.",
        ),
        Kind(
            "format",
            3,
            "error",
            "102",
            "The value does not have the format of its data type.",
            "Send the value in the format of its data type.",
        ),
        Kind(
            "value-type",
            3,
            "error",
            "102",
            "OBX-5 holds a value but OBX-2 names no data type.",
            "Name the data type of OBX-5 in OBX-2.",
        ),
        Kind(
            "table-value",
            4,
            "warning",
            "103",
            "The code is not in the table of the field.",
            "Send a code of the table, or agree the code with the receiver.",
        ),
    )
}


@dataclass(frozen=True, slots=True)
class Finding:
    """A finding at a place. Zero or empty place parts mean the whole of that level.

    `ordinal` counts segments from 1 and `offset` is a byte of the input from 0; `element` and
    `component` are numbers as in `PID-3.4`. `about` names what is concerned (`PID-3 Patient
    identifier list, CX`).
    """

    kind: Kind
    segment: str = ""
    ordinal: int = 0
    element: int = 0
    repetition: int = 0
    component: int = 0
    offset: int = 0
    group: str = ""
    about: str = ""

    @property
    def text(self) -> str:
        """The finding in words."""
        return f"{self.about}: {self.kind.message}" if self.about else self.kind.message

    def to_json(self) -> JsonObject:
        """Return the finding as `parity v2 check --json` prints it."""
        return {
            "id": self.kind.id,
            "level": self.kind.level,
            "severity": self.kind.severity,
            "segment_group": self.group,
            "segment": self.segment,
            "ordinal": self.ordinal,
            "element": self.element,
            "component": self.component,
            "offset": self.offset,
            "message": self.text,
            "remedy": self.kind.remedy,
        }


def judge(findings: Iterable[Finding]) -> Verdict:
    """Return the verdict: rejected by a fatal finding, with errors by an error."""
    severities = {finding.kind.severity for finding in findings}
    if "fatal" in severities:
        return "rejected"
    return "accepted-with-errors" if "error" in severities else "accepted"
