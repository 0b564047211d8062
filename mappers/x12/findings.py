"""What is wrong with an interchange: one finding a defect, graded, placed and with a remedy.

A finding never carries a patient's value: only the shape of one (`AAAA`, `99999999`).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from mappers.x12.lexer import Segment

Level = Literal[1, 2, 3, 4, 5, 6, 7]
Severity = Literal["error", "warning", "information"]
Verdict = Literal["accepted", "accepted-with-errors", "rejected"]
Report = Literal["", "TA1", "AK9", "IK5", "IK3", "IK4"]
JsonFinding = dict[str, str | int | None]


@dataclass(frozen=True, slots=True)
class Finding:
    """One defect and where it stands.

    `level` is the WEDI SNIP type (1 syntax, 2 guide, 3 balance, 4 situation, 5 code set, 6 service,
    7 partner). `report` and `code` say which acknowledgment code tells it (IK304 `3`, IK403 `7`,
    TA105 `025`...). `ordinal` counts segments of the file from 1 and `offset` its bytes from 0.
    `value` is masked. `path` is the FHIRPath of the element the X12 element comes from; `status`
    the claim status that tells the finding in a 277CA (`A7:178`); `unit` the number of the claim
    or payment it belongs to, which only acknowledgments show; `missing` the segment it asks for.
    """

    id: str
    level: Level
    severity: Severity
    message: str
    remedy: str = ""
    report: Report = ""
    code: str = ""
    loop: str = ""
    segment: str = ""
    ordinal: int | None = None
    element: int | None = None
    component: int | None = None
    repeat: int | None = None
    offset: int | None = None
    value: str = ""
    path: str = ""
    status: str = ""
    unit: str = ""
    missing: str = ""

    @property
    def place(self) -> str:
        """The place in the words of the standard, as `2300 CLM05-2`."""
        element = f"{self.element:02d}" if self.element else ""
        component = f"-{self.component}" if self.component else ""
        return f"{self.loop} {self.segment}{element}{component}".strip()

    def as_json(self) -> JsonFinding:
        """Return the finding as `parity x12 check --json` prints it."""
        return {
            "id": self.id,
            "level": self.level,
            "severity": self.severity,
            "loop": self.loop or None,
            "segment": self.segment or None,
            "ordinal": self.ordinal,
            "element": self.element,
            "component": self.component,
            "offset": self.offset,
            "message": self.message,
            "remedy": self.remedy or None,
            "value": self.value or None,
            "expression": self.path or None,
        }


def at(finding: Finding, segment: Segment | None, loop: str = "") -> Finding:
    """Return the finding placed at a segment of the file."""
    if segment is None:
        return replace(finding, loop=loop or finding.loop)
    return replace(
        finding,
        loop=loop or finding.loop,
        segment=finding.segment or segment.id[:3],
        ordinal=segment.ordinal,
        offset=segment.offset,
    )


def mask(value: str) -> str:
    """Return the shape of a value: letters as A, digits as 9, at most 12 characters of it."""
    shape = "".join("A" if one.isalpha() else "9" if one.isdigit() else one for one in value[:12])
    shown = "".join(one if " " <= one <= "~" else "?" for one in shape)
    return f"{shown}..({len(value)})" if len(value) > 12 else shown


def verdict(findings: Iterable[Finding]) -> Verdict:
    """Judge by the gravest finding: an error rejects, a warning is noted, information is not."""
    grades = {one.severity for one in findings}
    if "error" in grades:
        return "rejected"
    return "accepted-with-errors" if "warning" in grades else "accepted"


_GRAVITY: dict[Severity, int] = {"information": 0, "warning": 1, "error": 2}


class Ledger:
    """The findings of one part of a file, in order; beyond `limit` they are only counted.

    The gravest of those left out grades the last finding, which tells their number: the verdict
    does not depend on the limit.
    """

    __slots__ = ("_findings", "_gravest", "left_out", "limit")

    def __init__(self, limit: int = 1000) -> None:
        self._findings: list[Finding] = []
        self.limit = limit
        self.left_out = 0
        self._gravest: Severity = "information"

    def add(self, *findings: Finding) -> None:
        """Take findings while there is room."""
        room = self.limit - len(self._findings)
        self._findings.extend(findings[:room])
        self._leave_out(findings[max(room, 0) :])

    def _leave_out(self, findings: Iterable[Finding]) -> None:
        for one in findings:
            self.left_out += 1
            if _GRAVITY[one.severity] > _GRAVITY[self._gravest]:
                self._gravest = one.severity

    def close(self) -> tuple[Finding, ...]:
        """Return the findings, with a last one that says how many were left out, if any."""
        if not self.left_out:
            return tuple(self._findings)
        more = Finding(
            "findings-left-out",
            1,
            self._gravest,
            f"{self.left_out} further findings are left out",
        )
        return (*self._findings, more)
