"""What billing does with each transaction set that arrives, by the kind of its guide."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fhir_server.billing.acknowledgment import (
    take_acknowledgment,
    take_claim_status,
    take_interchange_acknowledgment,
)
from fhir_server.billing.claim_intake import take_claims
from fhir_server.billing.eligibility import take_eligibility
from fhir_server.billing.papers_intake import take_papers
from fhir_server.billing.remittance import Examined
from fhir_server.billing.review_intake import take_review
from fhir_server.billing.status import take_status
from fhir_server.runtime import Runtime
from fhir_server.store.exchanges import Effect
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.x12.envelope import Interchange, TransactionSet
from mappers.x12.sets import (
    ACKNOWLEDGMENT_999,
    ATTACHMENT_275,
    ATTACHMENT_275_6020,
    CLAIM_837D,
    CLAIM_837I,
    CLAIM_837P,
    ELIGIBILITY_271,
    PAYMENT_835,
    REVIEW_278_INQUIRY_RESPONSE,
    REVIEW_278_RESPONSE,
    STATUS_277,
    STATUS_277CA,
)

Step = Callable[[Interchange, TransactionSet | None, UnitOfWork, Runtime], Effect]


@dataclass(frozen=True, slots=True)
class ByUnits:
    """A step for sets which may be too large to be held.

    `tally` makes what gathers the facts of one, unit by unit, and then makes what takes the units.
    """

    tally: Callable[[], Examined]


STEPS: Mapping[str, Step | ByUnits] = {
    "TA1": take_interchange_acknowledgment,
    ACKNOWLEDGMENT_999.kind: take_acknowledgment,
    STATUS_277CA.kind: take_claim_status,
    ELIGIBILITY_271.kind: take_eligibility,
    STATUS_277.kind: take_status,
    CLAIM_837P.kind: take_claims,
    CLAIM_837I.kind: take_claims,
    CLAIM_837D.kind: take_claims,
    PAYMENT_835.kind: ByUnits(Examined),
    ATTACHMENT_275.kind: take_papers,
    ATTACHMENT_275_6020.kind: take_papers,
    REVIEW_278_RESPONSE.kind: take_review,
    REVIEW_278_INQUIRY_RESPONSE.kind: take_review,
}
