"""Judge a file: read it, run the rules, and say what is wrong (`parity x12 check`)."""

from dataclasses import dataclass

from mappers.x12.findings import Finding, JsonFinding, Verdict, verdict
from mappers.x12.reader import Document, read
from mappers.x12.rules import judge


@dataclass(frozen=True, slots=True)
class Report:
    """The judgement on one file."""

    name: str
    verdict: Verdict
    findings: tuple[Finding, ...]
    interchanges: int
    sets: int
    segments: int

    def as_json(self) -> dict[str, str | list[JsonFinding]]:
        """Return `{"verdict", "findings"}` as `parity x12 check --json` prints it."""
        return {"verdict": self.verdict, "findings": [one.as_json() for one in self.findings]}

    def as_text(self) -> str:
        """Return the judgement for a person: one line a finding, the verdict last."""
        lines = [f"{self.name}: {finding_line(one)}" for one in self.findings]
        counts = f"{self.interchanges} interchanges, {self.sets} sets, {self.segments} segments"
        return "\n".join((*lines, f"{self.name}: {self.verdict} ({counts})"))


def judgement(document: Document) -> tuple[Finding, ...]:
    """Return everything wrong with a file, by syntax, guide and rules, in the order of the file."""
    found = [*document.findings]
    for _, _, one in document.sets():
        found.extend(judge(one))
    found.sort(key=lambda one: one.offset if one.offset is not None else -1)
    return tuple(found)


def check(data: bytes, name: str) -> Report:
    """Judge any bytes by syntax, guide and rules (SNIP 1-5)."""
    document = read(data)
    found = judgement(document)
    return Report(
        name=name,
        verdict=verdict(found),
        findings=found,
        interchanges=len(document.interchanges),
        sets=sum(1 for _ in document.sets()),
        segments=sum(1 for segment in document.segments if segment.id),
    )


def finding_line(finding: Finding) -> str:
    """Return a finding in one line: grade, place, position, words, remedy."""
    where = ""
    if finding.ordinal is not None:
        where = f" (segment {finding.ordinal}, byte {finding.offset})"
    remedy = f"; {finding.remedy}" if finding.remedy else ""
    place = f" {finding.place}" if finding.place else ""
    return f"{finding.severity} [{finding.level}]{place}{where}: {finding.message}{remedy}"
