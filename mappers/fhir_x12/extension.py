"""The extensions by which FHIR R4 holds what X12 says and R4 has no element for.

Their StructureDefinitions are in `profiles/extension`. Inside a complex one the parts have names of
their own; parts named like an element (`MIA04`) are that element, as it came.
"""

from dataclasses import dataclass

BASE = "https://parity.example/fhir/StructureDefinition"


@dataclass(frozen=True, slots=True)
class Meaning:
    """One extension: where it stands and what it says. `value` is empty for a complex one."""

    id: str
    title: str
    meaning: str
    contexts: tuple[str, ...]
    value: str = ""

    @property
    def url(self) -> str:
        """The canonical address."""
        return f"{BASE}/{self.id}"


_RESPONSE = ("ClaimResponse", "ClaimResponse.item", "ClaimResponse.addItem")
_REMITTANCE = ("PaymentReconciliation", *_RESPONSE)
_ELIGIBILITY = ("CoverageEligibilityRequest", "CoverageEligibilityResponse", "Task")
_ITEM = ("CoverageEligibilityRequest.item", "CoverageEligibilityResponse.insurance.item")
MEANINGS = (
    Meaning(
        "remittance-payment",
        "How a remittance is paid",
        "Handling, direction, format, banks and accounts, currency of a remittance (BPR, TRN, CUR "
        "of the 835).",
        ("PaymentReconciliation",),
    ),
    Meaning(
        "remittance-party",
        "A person or organization as the payer names it",
        "Payer and payee of a remittance with address and contacts (1000A, 1000B of the 835), and "
        "the names of a claim payment (NM1 of 2100).",
        ("PaymentReconciliation", "ClaimResponse"),
    ),
    Meaning(
        "remittance-reference",
        "A further number",
        "A reference number with its X12 qualifier (REF).",
        ("PaymentReconciliation", "Task", "Extension", *_RESPONSE),
        "valueIdentifier",
    ),
    Meaning(
        "remittance-date",
        "A date by its X12 qualifier",
        "A date a remittance states, with its qualifier (DTM).",
        _REMITTANCE,
    ),
    Meaning(
        "remittance-amount",
        "An amount for information",
        "An amount that takes no part in the balance, with its qualifier (AMT).",
        _RESPONSE,
    ),
    Meaning(
        "remittance-quantity",
        "A quantity by its X12 qualifier",
        "A quantity a remittance states, with its qualifier (QTY).",
        _RESPONSE,
    ),
    Meaning(
        "remittance-contact",
        "Whom to ask",
        "A contact of the payer, with its function (PER).",
        ("ClaimResponse", "Extension"),
    ),
    Meaning(
        "remittance-group",
        "A group of claim payments",
        "The number of the group (LX) and the totals of a facility (TS3, TS2 of the 835).",
        ("PaymentReconciliation",),
    ),
    Meaning(
        "remittance-group-number",
        "The group a claim payment stands in",
        "The number of the group (LX01) of the claim payment.",
        ("PaymentReconciliation.detail",),
        "valueString",
    ),
    Meaning(
        "remittance-claim",
        "How the payer filed and grouped the claim",
        "Filing indicator, facility type, frequency and diagnosis related group (CLP06 to CLP13).",
        ("ClaimResponse",),
    ),
    Meaning(
        "remittance-inpatient",
        "Inpatient adjudication",
        "The elements of MIA, each under its own name.",
        ("ClaimResponse",),
    ),
    Meaning(
        "remittance-outpatient",
        "Outpatient adjudication",
        "The elements of MOA, each under its own name.",
        ("ClaimResponse",),
    ),
    Meaning(
        "remittance-service",
        "The service as adjudicated",
        "Procedure as adjudicated and, where the payer changed it, as submitted; revenue code; "
        "units as submitted; place among the lines of the claim payment (SVC).",
        ("ClaimResponse.item", "ClaimResponse.addItem"),
    ),
    Meaning(
        "remittance-provider-adjustment",
        "Whose account is adjusted",
        "Provider and fiscal period of an adjustment outside claims (PLB01, PLB02).",
        ("PaymentReconciliation.detail",),
    ),
    Meaning(
        "remittance-remark",
        "The remark code of a note",
        "Code of the remark (RARC, or NCPDP reject code) that a note stands for.",
        ("ClaimResponse.processNote",),
        "valueCoding",
    ),
    Meaning(
        "related-response",
        "An earlier response this one speaks of",
        "The response that is taken back (reverses) or whose place is taken (corrects).",
        ("ClaimResponse",),
    ),
    Meaning(
        "eligibility-party",
        "A person or organization of an eligibility question or answer",
        "Payer, provider, subscriber, dependent (2100) and who has to do with a benefit (2120), as "
        "the partner names them.",
        (*_ELIGIBILITY, *_ITEM),
    ),
    Meaning(
        "eligibility-trace",
        "Trace number",
        "The number by which question and answer find each other (TRN).",
        _ELIGIBILITY,
    ),
    Meaning(
        "eligibility-period",
        "A date or period by its X12 qualifier",
        "A date or period, with its qualifier and form (DTP).",
        ("Task", "Extension", *_ITEM),
    ),
    Meaning(
        "eligibility-rejection",
        "Why there is no answer",
        "Whether the request was in order, the reject reason, and what to do (AAA).",
        ("Extension", "CoverageEligibilityResponse.error", *_ITEM),
    ),
    Meaning(
        "eligibility-benefit",
        "What a benefit says beyond its elements",
        "Place of the benefit in the answer, insurance type, percent, quantity, authorization, "
        "procedure range, diagnosis pointers (EB, EQ).",
        _ITEM,
    ),
    Meaning(
        "eligibility-delivery",
        "How often a benefit may be used",
        "Quantity, unit, period and pattern of delivery (HSD).",
        _ITEM,
    ),
    Meaning(
        "eligibility-place",
        "Where a benefit holds",
        "Place or nature of the service (III).",
        _ITEM,
    ),
    Meaning(
        "eligibility-message",
        "A message on a benefit",
        "One message as sent (MSG).",
        ("CoverageEligibilityResponse.insurance.item",),
        "valueString",
    ),
    Meaning(
        "eligibility-military",
        "Military service",
        "The elements of MPI, each under its own name.",
        ("Extension",),
    ),
    Meaning(
        "error-expression",
        "The element an error speaks of",
        "FHIRPath of the element to look at or correct.",
        ("CoverageEligibilityResponse.error", "ClaimResponse.error"),
        "valueString",
    ),
    Meaning(
        "status-level",
        "A level of a claim status message",
        "Who is named at a level (payer, receiver, provider, person), and what is said of it (HL "
        "of 276, 277, 277CA).",
        ("Task",),
    ),
    Meaning(
        "status-level-status",
        "What is said of a level",
        "Trace, statuses, counts and sums of a level (2200A to 2200C).",
        ("Extension",),
    ),
    Meaning(
        "status-information",
        "A status",
        "Up to three triplets of category, status and entity, with date, action, amounts, payment "
        "and text (STC).",
        ("Task", "Extension"),
    ),
    Meaning(
        "status-line",
        "The status of a line",
        "A line asked for or answered, with its statuses and numbers (2210, 2220).",
        ("Task",),
    ),
    Meaning(
        "unread-segment",
        "A segment no table reads",
        "A segment as it stood in the file, where it breaks its guide and could not be read.",
        ("PaymentReconciliation", "ClaimResponse", "CoverageEligibilityResponse", "Task"),
        "valueString",
    ),
)
BY_ID = {one.id: one for one in MEANINGS}
PAYMENT = f"{BASE}/remittance-payment"
PARTY = f"{BASE}/remittance-party"
REFERENCE = f"{BASE}/remittance-reference"
DATE = f"{BASE}/remittance-date"
AMOUNT = f"{BASE}/remittance-amount"
QUANTITY = f"{BASE}/remittance-quantity"
CONTACT = f"{BASE}/remittance-contact"
GROUP = f"{BASE}/remittance-group"
GROUP_NUMBER = f"{BASE}/remittance-group-number"
CLAIM = f"{BASE}/remittance-claim"
INPATIENT = f"{BASE}/remittance-inpatient"
OUTPATIENT = f"{BASE}/remittance-outpatient"
SERVICE = f"{BASE}/remittance-service"
PROVIDER_ADJUSTMENT = f"{BASE}/remittance-provider-adjustment"
REMARK = f"{BASE}/remittance-remark"
RELATED_RESPONSE = f"{BASE}/related-response"
UNREAD = f"{BASE}/unread-segment"
ELIGIBILITY_PARTY = f"{BASE}/eligibility-party"
TRACE = f"{BASE}/eligibility-trace"
PERIOD = f"{BASE}/eligibility-period"
REJECTION = f"{BASE}/eligibility-rejection"
BENEFIT = f"{BASE}/eligibility-benefit"
DELIVERY = f"{BASE}/eligibility-delivery"
PLACE = f"{BASE}/eligibility-place"
MESSAGE = f"{BASE}/eligibility-message"
MILITARY = f"{BASE}/eligibility-military"
EXPRESSION = f"{BASE}/error-expression"
LEVEL = f"{BASE}/status-level"
LEVEL_STATUS = f"{BASE}/status-level-status"
STATUS = f"{BASE}/status-information"
LINE = f"{BASE}/status-line"
