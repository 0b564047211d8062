"""A request Bundle of Da Vinci PAS as a question to a partner: judged, mapped, addressed. Pure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from fhir_server.model.partner import Partner
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import Invalid, Issue
from mappers.fhir_x12.problem import NotMappable, Problem
from mappers.fhir_x12.review_278 import Asking, Purpose, Review, review_278
from mappers.path import read
from mappers.x12.check import check
from mappers.x12.findings import Finding
from mappers.x12.grammar import Guide
from mappers.x12.sets import REVIEW_278_INQUIRY, REVIEW_278_REQUEST
from mappers.x12.writer import Envelope, NotWritable, SetBody, write

KIND = "278"
ENTRY = "Bundle.entry[0].resource"
GUIDES: Mapping[Purpose, Guide] = {
    "request": REVIEW_278_REQUEST,
    "inquiry": REVIEW_278_INQUIRY,
}
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


@dataclass(frozen=True, slots=True)
class Question:
    """A question ready to be written under an envelope, and what it does not say."""

    written: Callable[[Envelope], bytes]
    doubts: tuple[Issue, ...]


def question(
    claim: JsonObject,
    resources: Mapping[str, JsonObject],
    reference: str,
    partner: Partner,
    now: datetime,
    purpose: Purpose,
) -> Question:
    """Return the question of a claim. Raises Invalid with every issue of the map."""
    asking = Asking(reference, now, originator(partner.own.id))
    try:
        review = review_278(claim, resources, asking, purpose)
    except NotMappable as error:
        issues = [issue_of(one) for one in error.problems]
        raise Invalid("the request cannot be said in X12", issues=issues) from None
    return Question(
        lambda envelope: _written(GUIDES[purpose], review, envelope),
        tuple(issue_of(one, "warning") for one in review.doubts),
    )


def originator(id: str) -> str:
    """Return who gives our trace numbers (TRN03): ten characters, 9 first where it is no TIN."""
    return f"9{''.join(one for one in id if one.isalnum())}"[:10].ljust(10, "0")


def payer_numbers(claim: JsonObject, resources: Mapping[str, JsonObject]) -> list[str]:
    """Return every number of the insurer, then of the payers of the coverage."""
    references = [
        *read(claim, "insurer.reference"),
        *(
            payor
            for one in read(claim, "insurance.coverage.reference")
            for payor in read(resources.get(str(one), {}), "payor.reference")
        ),
    ]
    found = [
        str(value)
        for one in references
        for value in read(resources.get(str(one), {}), "identifier.value")
    ]
    found += [str(one) for one in read(claim, "insurer.identifier.value")]
    return list(dict.fromkeys(found))


def _written(guide: Guide, review: Review, envelope: Envelope) -> bytes:
    """Return the interchange; what the codec does not accept is refused before it leaves."""
    try:
        data = write(guide, [SetBody("0001", review.root)], envelope)
    except NotWritable as error:
        raise _refused(error.findings) from None
    report = check(data, "review")
    if report.verdict == "rejected":
        raise _refused([one for one in report.findings if one.severity == "error"])
    return data


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


def _refused(findings: Sequence[Finding]) -> Invalid:
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
