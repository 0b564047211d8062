"""The guides we hold, one module each, found by version (GS08 or ST03)."""

from mappers.x12.grammar import Guide
from mappers.x12.sets import acknowledgment_999, claim_837p, payment_835, status_277ca

CLAIM_837P = claim_837p.GUIDE
PAYMENT_835 = payment_835.GUIDE
STATUS_277CA = status_277ca.GUIDE
ACKNOWLEDGMENT_999 = acknowledgment_999.GUIDE

GUIDES: tuple[Guide, ...] = (CLAIM_837P, PAYMENT_835, STATUS_277CA, ACKNOWLEDGMENT_999)
_BY_VERSION = {version: guide for guide in GUIDES for version in guide.versions}


def guide_for(version: str) -> Guide | None:
    """Return the guide of a version such as `005010X222A1`; None where we hold none."""
    return _BY_VERSION.get(version)
