"""Judge a file: read it, run the rules, and say what is wrong (`parity x12 check`).

Files are judged while they stream: however large one is, what is kept of it are its envelopes and
at most a few thousand findings.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from operator import itemgetter

from mappers.x12.assembly import Assembler, Part
from mappers.x12.envelope import Group, Interchange, TransactionSet
from mappers.x12.findings import Finding, JsonFinding, Severity, Verdict, verdict
from mappers.x12.grammar import Guide
from mappers.x12.kind import CLAIMS
from mappers.x12.lexer import Segment, batches
from mappers.x12.placing import OnLoop, OnUnit
from mappers.x12.reader import Document
from mappers.x12.rules.judging import SetJudge, judge
from mappers.x12.rules.terms import PLAIN, Terms
from mappers.x12.tree import LoopNode

OnSet = Callable[[TransactionSet, Sequence[Finding]], None]
"""Takes a set without its units, and everything found in it."""
MOST_FINDINGS = 5000
_MOST_OF_A_SET = 500
_ID = itemgetter(0)
_LOWEST_OF_RULES = 3


@dataclass(frozen=True, slots=True)
class Report:
    """The judgement on one file.

    `received` holds its envelopes, each set with its findings and without its units: what an
    acknowledgment needs.
    """

    name: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    interchanges: int
    sets: int
    segments: int
    received: tuple[Interchange, ...] = ()

    def as_json(self) -> dict[str, str | list[JsonFinding]]:
        """Return `{"verdict", "findings"}` as `parity x12 check --json` prints it."""
        return {"verdict": self.verdict, "findings": [one.as_json() for one in self.findings]}

    def as_text(self) -> str:
        """Return the judgement for a person: one line a finding, the verdict last."""
        lines = [f"{self.name}: {finding_line(one)}" for one in self.findings]
        return "\n".join((*lines, f"{self.name}: {self.verdict} ({self.counts})"))

    @property
    def counts(self) -> str:
        """What the file holds, in words."""
        return f"{self.interchanges} interchanges, {self.sets} sets, {self.segments} segments"


def judgement(document: Document, terms: Terms = PLAIN) -> tuple[Finding, ...]:
    """Return everything wrong with a file, by syntax, guide and rules, in the order of the file."""
    return all_findings(judged(document, terms))


def all_findings(document: Document) -> tuple[Finding, ...]:
    """Return everything found in a file that was judged, in the order of the file."""
    known = {id(one) for one in document.findings}
    told = (found for _, _, one in document.sets() for found in one.findings)
    by_rules = (found for found in told if id(found) not in known)
    return tuple(in_order((*document.findings, *by_rules)))


def judged(document: Document, terms: Terms = PLAIN) -> Document:
    """Return a file whose sets bear what the rules find in them too."""

    def whole(one: TransactionSet) -> TransactionSet:
        return replace(one, findings=in_order((*one.findings, *judge(one, terms))))

    found = [
        replace(
            received,
            groups=[
                replace(group, sets=[whole(one) for one in group.sets]) for group in received.groups
            ],
        )
        for received in document.interchanges
    ]
    return replace(document, interchanges=found)


def acknowledgeable(received: Interchange, by_rules: Interchange) -> Interchange:
    """Return an interchange with what a 999 is to tell of it; `by_rules` is the same one, judged.

    What the rules find in claims is for the 277CA, which tells it claim by claim; in other sets it
    is told where a 999 can say it, and does not reject a set that is used all the same.
    """
    groups = [
        replace(
            group,
            sets=[
                replace(one, findings=_told_by_999(one, whole))
                for one, whole in zip(group.sets, judged_group.sets, strict=True)
            ],
        )
        for group, judged_group in zip(received.groups, by_rules.groups, strict=True)
    ]
    return replace(received, groups=groups)


def _told_by_999(one: TransactionSet, whole: TransactionSet) -> Sequence[Finding]:
    if one.kind in CLAIMS:
        return one.findings
    known = {id(found) for found in one.findings}
    return [
        found if id(found) in known or found.severity != "error" else _noted(found)
        for found in whole.findings
        if id(found) in known or found.report
    ]


def _noted(found: Finding) -> Finding:
    return replace(found, severity="warning")


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Return findings in the order of the file, those of no place first."""
    return sorted(findings, key=lambda one: one.offset if one.offset is not None else -1)


def check(data: bytes, name: str, terms: Terms = PLAIN) -> Report:
    """Judge any bytes by syntax, guide and rules (SNIP 1-7)."""
    return check_stream((data,), name, terms)


def check_stream(
    chunks: Iterable[bytes], name: str, terms: Terms = PLAIN, on_set: OnSet | None = None
) -> Report:
    """Judge a file given in chunks, keeping none of it.

    `on_set` is told of each set what was found in it, as it closes.
    """
    examination = _Examination(terms, on_set)
    count, last = 0, None
    for batch in batches(chunks):
        examination.assembler.take(batch)
        count += sum(map(bool, map(_ID, batch)))
        last = next((one for one in reversed(batch) if one.body), last)
    return examination.report(name, count, last)


class _Examination:
    """What is known of a file while it streams."""

    def __init__(self, terms: Terms, on_set: OnSet | None) -> None:
        self.assembler = Assembler(self._hear, watch=self._watch)
        self._terms = terms
        self._on_set = on_set
        self._judge: SetJudge | None = None
        self._sets: list[TransactionSet] = []
        self._groups: list[Group] = []
        self._received: list[Interchange] = []
        self._found: list[Finding] = []
        self._grades: set[Severity] = set()
        self._count = self._left_out = 0

    def report(self, name: str, count: int, last: Segment | None) -> Report:
        """Close the file and return the judgement on it."""
        self.assembler.finish(last)
        self._note(self.assembler.findings.close())
        found = in_order(self._found)
        if self._left_out:
            told = f"{self._left_out} further findings are left out"
            found.append(Finding("findings-left-out", 1, "information", told))
        graded = (Finding("", 1, grade, "") for grade in self._grades)
        return Report(
            name,
            verdict(graded),
            tuple(found),
            len(self._received),
            self._count,
            count,
            tuple(self._received),
        )

    def _watch(self, guide: Guide) -> tuple[OnUnit, OnLoop | None]:
        if self._terms.highest < _LOWEST_OF_RULES:
            return _let_go, None
        self._judge = judging = SetJudge(guide, self._terms)
        return judging.unit, judging.loop

    def _hear(self, part: Part) -> None:
        match part:
            case TransactionSet():
                self._close_set(part)
            case Group():
                self._note(part.findings)
                self._groups.append(replace(part, sets=tuple(self._sets)))
                self._sets.clear()
            case Interchange():
                self._note(part.findings)
                self._received.append(replace(part, groups=tuple(self._groups)))
                self._groups.clear()
            case _:
                return

    def _close_set(self, one: TransactionSet) -> None:
        judging, self._judge = self._judge, None
        by_rules = judging.close() if judging is not None and one.guide else ()
        found = in_order((*one.findings, *by_rules))
        self._count += 1
        self._note(found)
        if self._on_set is not None:
            self._on_set(one, found)
        told = [each for each in found if each.report][:_MOST_OF_A_SET]
        self._sets.append(replace(one, findings=told))

    def _note(self, findings: Sequence[Finding]) -> None:
        self._grades.update(one.severity for one in findings)
        room = MOST_FINDINGS - len(self._found)
        self._found.extend(findings[:room])
        self._left_out += max(len(findings) - room, 0)


def _let_go(_node: LoopNode, _above: tuple[LoopNode, ...]) -> None:
    """Take a unit no rule looks at."""


def finding_line(finding: Finding) -> str:
    """Return a finding in one line: grade, place, position, words, remedy, FHIR element."""
    where = ""
    if finding.ordinal is not None:
        where = f" (segment {finding.ordinal}, byte {finding.offset})"
    place = f" {finding.place}" if finding.place else ""
    value = f", sent as {finding.value}" if finding.value else ""
    remedy = f"; {finding.remedy}" if finding.remedy else ""
    path = f" <- {finding.path}" if finding.path else ""
    what = f"{place}{where}: {finding.message}{value}{remedy}{path}"
    return f"{finding.severity} [{finding.level}]{what}"
