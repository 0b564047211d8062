"""What validation may find: one row a kind, and the list it is gathered in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from fhir_server.outcome import Issue, Severity

FindingKind = Literal[
    "unknown-element",
    "unknown-type",
    "wrong-type",
    "cardinality",
    "missing-required",
    "bad-format",
    "bad-code",
    "empty-value",
    "misplaced-null",
    "several-choices",
    "nested-contained",
    "extension-value",
    "unsafe-narrative",
    "dangling-reference",
    "too-many-issues",
]
ISSUE_TYPES: Mapping[FindingKind, str] = {
    "unknown-element": "structure",
    "unknown-type": "structure",
    "wrong-type": "structure",
    "cardinality": "structure",
    "missing-required": "required",
    "bad-format": "value",
    "bad-code": "code-invalid",
    "empty-value": "structure",
    "misplaced-null": "structure",
    "several-choices": "structure",
    "nested-contained": "structure",
    "extension-value": "structure",
    "unsafe-narrative": "value",
    "dangling-reference": "invariant",
    "too-many-issues": "incomplete",
}
"""Our stable codes (details.coding) and the R4 issue type of each
(https://hl7.org/fhir/R4/valueset-issue-type.html)."""

MAX_ISSUES = 100


@dataclass(frozen=True, slots=True)
class Findings:
    """The issues found so far, in document order; at most MAX_ISSUES and a last word."""

    issues: list[Issue]

    def add(
        self, kind: FindingKind, path: str, diagnostics: str, severity: Severity = "error"
    ) -> None:
        """Add an issue at a FHIRPath; the diagnostics are completed with the path."""
        if len(self.issues) < MAX_ISSUES:
            message = f"{path}: {diagnostics}"
            self.issues.append(Issue(severity, ISSUE_TYPES[kind], message, path, kind))
        elif len(self.issues) == MAX_ISSUES:
            message = f"only the first {MAX_ISSUES} issues are listed"
            self.issues.append(
                Issue("error", ISSUE_TYPES["too-many-issues"], message, None, "too-many-issues")
            )
