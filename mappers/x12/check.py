"""Judge a file: read it, run the rules, and say what is wrong (`parity x12 check`)."""

from dataclasses import dataclass

from mappers.x12.findings import Finding, JsonFinding, Verdict


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
        raise NotImplementedError


def check(data: bytes, name: str) -> Report:
    """Judge any bytes by syntax, guide and rules (SNIP 1-5)."""
    raise NotImplementedError
