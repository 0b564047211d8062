"""A request Bundle of Da Vinci PAS as a question to a partner: judged, mapped, addressed. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from fhir_server.billing.review_issue import issue_of, refused
from fhir_server.model.partner import Partner
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import Invalid, Issue
from mappers.fhir_x12.problem import NotMappable
from mappers.fhir_x12.review_278 import Asking, Purpose, Review, review_278
from mappers.path import read
from mappers.x12.check import check
from mappers.x12.grammar import Guide
from mappers.x12.sets import REVIEW_278_INQUIRY, REVIEW_278_REQUEST
from mappers.x12.writer import Envelope, NotWritable, SetBody, write

KIND = "278"


GUIDES: Mapping[Purpose, Guide] = {
    "request": REVIEW_278_REQUEST,
    "inquiry": REVIEW_278_INQUIRY,
}


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
        raise refused(error.findings) from None
    report = check(data, "review")
    if report.verdict == "rejected":
        raise refused([one for one in report.findings if one.severity == "error"])
    return data
