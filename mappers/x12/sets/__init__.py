"""The guides we hold, one module each, found by kind, or by version (GS08, ST03) and set."""

from mappers.x12.grammar import Guide
from mappers.x12.sets import (
    acknowledgment_999,
    attachment_275,
    attachment_275_6020,
    claim_837d,
    claim_837i,
    claim_837p,
    eligibility_270,
    eligibility_271,
    enrollment_834,
    interchange_ta1,
    payment_835,
    premium_820,
    review_278_inquiry,
    review_278_inquiry_response,
    review_278_request,
    review_278_response,
    status_276,
    status_277,
    status_277ca,
)

CLAIM_837P = claim_837p.GUIDE
CLAIM_837I = claim_837i.GUIDE
CLAIM_837D = claim_837d.GUIDE
PAYMENT_835 = payment_835.GUIDE
ELIGIBILITY_270 = eligibility_270.GUIDE
ELIGIBILITY_271 = eligibility_271.GUIDE
STATUS_276 = status_276.GUIDE
STATUS_277 = status_277.GUIDE
STATUS_277CA = status_277ca.GUIDE
REVIEW_278_REQUEST = review_278_request.GUIDE
REVIEW_278_RESPONSE = review_278_response.GUIDE
REVIEW_278_INQUIRY = review_278_inquiry.GUIDE
REVIEW_278_INQUIRY_RESPONSE = review_278_inquiry_response.GUIDE
ATTACHMENT_275 = attachment_275.GUIDE
ATTACHMENT_275_6020 = attachment_275_6020.GUIDE
PREMIUM_820 = premium_820.GUIDE
ENROLLMENT_834 = enrollment_834.GUIDE
ACKNOWLEDGMENT_999 = acknowledgment_999.GUIDE

TA1 = interchange_ta1.USE

GUIDES: tuple[Guide, ...] = (
    CLAIM_837P,
    CLAIM_837I,
    CLAIM_837D,
    PAYMENT_835,
    ELIGIBILITY_270,
    ELIGIBILITY_271,
    STATUS_276,
    STATUS_277,
    STATUS_277CA,
    REVIEW_278_REQUEST,
    REVIEW_278_RESPONSE,
    REVIEW_278_INQUIRY,
    REVIEW_278_INQUIRY_RESPONSE,
    ATTACHMENT_275,
    ATTACHMENT_275_6020,
    PREMIUM_820,
    ENROLLMENT_834,
    ACKNOWLEDGMENT_999,
)
_BY_KIND = {guide.kind: guide for guide in GUIDES}


def guide_of(kind: str) -> Guide | None:
    """Return the guide known by a word such as `837P`; None where we hold none."""
    return _BY_KIND.get(kind)


def guides_for(version: str = "", set_id: str = "") -> tuple[Guide, ...]:
    """Return the guides of a version such as `005010X222A1` and of a set such as `837`.

    Either may be left out. Several guides are left where request and response share both; the
    second segment of the set tells them apart.
    """
    return tuple(
        guide
        for guide in GUIDES
        if (not version or version in guide.versions) and set_id in ("", guide.set_id)
    )
