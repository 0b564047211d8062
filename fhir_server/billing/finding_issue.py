"""Findings of X12 as issues of an OperationOutcome: the same words, at the FHIR element."""

from collections.abc import Iterable

from fhir_server.outcome import Issue
from mappers.x12.findings import Finding

_CODES = {1: "structure", 2: "invalid", 3: "business-rule", 5: "code-invalid"}
_MISSING = frozenset({"element-missing", "segment-missing"})


def finding_issues(findings: Iterable[Finding]) -> tuple[Issue, ...]:
    """Return one issue a finding: our id as detail, the FHIRPath twin as expression, no value."""
    return tuple(_issue(one) for one in findings)


def _issue(finding: Finding) -> Issue:
    code = "required" if finding.id in _MISSING else _CODES.get(finding.level, "business-rule")
    at = f" (segment {finding.ordinal})" if finding.ordinal is not None else ""
    place = f"{finding.place}{at}: " if finding.place else ""
    remedy = f"; {finding.remedy}" if finding.remedy else ""
    words = f"{place}{finding.message}{remedy}"
    return Issue(finding.severity, code, words, finding.path or None, finding.id)
