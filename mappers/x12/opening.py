"""Groups and interchanges that are open: what they have taken, and how they close."""

from mappers.x12 import envelope_rule as rule
from mappers.x12.diagnosis import diagnose
from mappers.x12.envelope import (
    Group,
    Interchange,
    TransactionSet,
    group_header,
    interchange_header,
)
from mappers.x12.envelope_rule import envelope_finding, trailer_findings
from mappers.x12.findings import Finding
from mappers.x12.lexer import Segment
from mappers.x12.open_set import OpenSet, Watch
from mappers.x12.placing import OnUnit
from mappers.x12.sets import TA1


class OpenGroup:
    """A group between GS and GE; without GS its header is empty."""

    __slots__ = ("_controls", "_count", "_findings", "_opening", "header", "sets")

    def __init__(self, opening: Segment | None) -> None:
        self._opening = opening
        self.header = group_header(opening)
        self.sets: list[TransactionSet] = []
        self._findings: list[Finding] = []
        self._controls: set[str] = set()
        self._count = 0

    def add(self, *findings: Finding) -> None:
        """Note what is wrong with the group."""
        self._findings.extend(findings)

    def open_set(
        self, opening: Segment, on_unit: OnUnit | None, watch: Watch | None = None
    ) -> OpenSet:
        """Open a set in this group."""
        opened = OpenSet(opening, self.header, on_unit, watch)
        if opened.header.control in self._controls:
            opened.add(envelope_finding(rule.ST_DUPLICATE, opening, 2))
        self._controls.add(opened.header.control)
        self._count += 1
        return opened

    def judge_trailer(self, trailer: Segment) -> None:
        """Compare GE with what was taken."""
        if self._opening is not None:
            control = self.header.control
            self.add(
                *trailer_findings(trailer, control, self._count, rule.GE_COUNT, rule.GE_CONTROL)
            )

    def close(self, trailer: Segment | None, at: Segment | None) -> Group:
        """Return the group as it stands; without a trailer that is a finding."""
        if trailer is None and self._opening is not None:
            self.add(envelope_finding(rule.NO_GE, at))
        if not self._count:
            self.add(envelope_finding(rule.NOTHING_IN_GROUP, self._opening))
        return Group(self.header, self._opening, self.sets, trailer, self._findings)


class OpenInterchange:
    """An interchange between ISA and IEA; a fragment has none and begins at `start`."""

    __slots__ = (
        "_findings",
        "_start",
        "acknowledgments",
        "count",
        "groups",
        "has_content",
        "header",
        "opening",
    )

    def __init__(self, opening: Segment | None, start: Segment) -> None:
        self.opening = opening
        self._start = start
        self.header = interchange_header(opening)
        self.acknowledgments: list[Segment] = []
        self.groups: list[Group] = []
        self._findings: list[Finding] = []
        self.count = 0
        self.has_content = False
        if opening is None:
            self.add(envelope_finding(rule.NO_ISA, start))
        else:
            self.add(*rule.isa_findings(opening))

    def add(self, *findings: Finding) -> None:
        """Note what is wrong with the interchange."""
        self._findings.extend(findings)

    def take_acknowledgment(self, segment: Segment) -> None:
        """Take a TA1, which answers an interchange of ours."""
        self.acknowledgments.append(segment)
        self.add(*diagnose(TA1, segment, ""))

    def judge_trailer(self, trailer: Segment) -> None:
        """Compare IEA with what was taken."""
        if self.opening is not None:
            control = self.header.control
            self.add(
                *trailer_findings(trailer, control, self.count, rule.IEA_COUNT, rule.IEA_CONTROL)
            )

    def close(self, trailer: Segment | None, at: Segment | None) -> Interchange:
        """Return the interchange as it stands; without a trailer that is a finding."""
        if trailer is None and self.opening is not None:
            self.add(envelope_finding(rule.NO_IEA, at))
        if not (self.has_content or self.acknowledgments):
            self.add(envelope_finding(rule.NOTHING_IN_INTERCHANGE, self._start))
        return Interchange(
            self.header,
            self._start.delimiters,
            self.opening,
            self.acknowledgments,
            self.groups,
            trailer,
            self._findings,
        )
