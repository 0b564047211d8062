"""What keeps a prior authorization from being asked, as issues at elements of its Bundle."""

from collections.abc import Sequence

from fhir_server.outcome import Invalid, Issue
from mappers.fhir_x12.problem import Problem
from mappers.x12.findings import Finding

ENTRY = "Bundle.entry[0].resource"


CODES = {
    "missing": "required",
    "unresolved": "not-found",
    "untranslated": "code-invalid",
    "too-long": "value",
    "bad-value": "value",
}


NO_PARTNER = Issue(
    "error",
    "invalid",
    "no trading partner is configured for any number of the insurer: name one of them among the"
    " payer ids of a partner that answers in real time",
    f"{ENTRY}.insurer",
    "no-partner",
)


LOOPS = (  # where the segments of a loop are written from
    ("2010A", "insurer"),
    ("2000A", "insurer"),
    ("2010B", "provider"),
    ("2000B", "provider"),
    ("2010C", "insurance.coverage"),
    ("2000C", "insurance.coverage"),
    ("2010D", "patient"),
    ("2000D", "patient"),
    ("2010E", "careTeam.provider"),
    ("2010F", "careTeam.provider"),
    ("2000F", "item"),
)


def issue_of(problem: Problem, severity: str = "error") -> Issue:
    """Return a problem of Bundle or map as an issue at its element."""
    path = problem.path
    if path == "Claim" or path.startswith("Claim."):
        path = f"{ENTRY}{path.removeprefix('Claim')}"
    place = f" ({problem.place})" if problem.place else ""
    return Issue(
        "warning" if severity == "warning" else "error",
        CODES[problem.kind],
        f"{path}: {problem.message}{place}",
        path,
        f"x12-{problem.kind}",
    )


def refused(findings: Sequence[Finding]) -> Invalid:
    """Return the error for a text the codec does not accept, by X12 place."""
    issues = [
        Issue("error", "invalid", f"{one.place}: {one.message}", element_of(one.loop), one.id)
        for one in findings
    ]
    return Invalid("the request cannot be said in X12", issues=issues)


def element_of(loop: str) -> str:
    """Return the element a loop is written from."""
    found = (path for start, path in LOOPS if loop.startswith(start))
    path = next(found, "")
    return f"{ENTRY}.{path}" if path else ENTRY
