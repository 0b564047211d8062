"""Coverage and its prior payer's answer, FHIR and 837: SBR, PAT, OI, AMT, MIA, MOA."""

from mappers.fhir_x12.segment import (
    LoopMap,
    Row,
    Segment,
    at,
    defaulted,
    either,
    fixed,
    must,
    needed,
    segment,
)
from mappers.fhir_x12.system import (
    PAYER_CLAIM_NUMBER,
    extension,
)

_GROUP = "class{type:group}"
_SBR: tuple[Row, ...] = (
    at("SBR03", f"{_GROUP}.value"),
    at("SBR04", f"{_GROUP}.name", form="text"),
    at("SBR05", f"{extension('secondary-reason')}.valueCode", note="why Medicare is not first"),
)
SUBSCRIBER_LEVEL = LoopMap(
    "2000B",
    "Coverage",
    (
        needed(
            "SBR",
            defaulted("P", "SBR01", "order", form="coverage-order"),
            at("SBR02", "patientIsSubscriber", note="18 where the patient is the subscriber"),
            *_SBR,
            must("SBR09", "type", form="coverage-type"),
        ),
    ),
    note="The class is the one of type group; its name goes where it has no number.",
)
PATIENT_FACTS: tuple[Row, ...] = (
    either("PAT05", "PAT06", ("D8", "deceasedDateTime", "date")),
    fixed("PAT07", "01", beside="PAT08"),
    at("PAT08", "weight", form="number", note="pounds; supportingInfo patientweight"),
    at("PAT09", "pregnant", form="yes", note="supportingInfo pregnancy"),
)
SUBSCRIBER_AS_PATIENT = LoopMap("2000B", "Claim.patient", (segment("PAT", *PATIENT_FACTS),))
PATIENT_LEVEL = LoopMap(
    "2000C",
    "Coverage",
    (
        needed(
            "PAT",
            must("PAT01", "relationship", form="subscriber-relationship"),
            *PATIENT_FACTS,
        ),
    ),
)
OTHER_COVERAGE = LoopMap(
    "2320",
    "Coverage",
    (
        needed(
            "SBR",
            defaulted("S", "SBR01", "order", form="coverage-order"),
            must("SBR02", "relationship", form="subscriber-relationship"),
            *_SBR,
            at("SBR09", "type", form="coverage-type"),
        ),
    ),
    note="A coverage other than the one the claim goes to.",
)
CONSENTS = LoopMap(
    "2320",
    "Claim.insurance",
    (
        needed(
            "OI",
            defaulted("Y", "OI03", extension("benefits-assigned") + ".valueCode"),
            at("OI04", extension("patient-signature-source") + ".valueCode"),
            defaulted("Y", "OI06", extension("release-of-information") + ".valueCode"),
        ),
    ),
)


def _amount(code: str, path: str) -> Segment:
    return segment("AMT", fixed("AMT01", code), at("AMT02", path, form="money"))


_INPATIENT = (  # elements of MIA and what they are called in the extension
    ("01", "covered-days", "valueDecimal", "number"),
    ("02", "operating-outlier", "valueMoney", "money"),
    ("03", "lifetime-psychiatric-days", "valueDecimal", "number"),
    ("04", "drg-amount", "valueMoney", "money"),
    ("05", "remark-1", "valueCode", "token"),
    ("06", "disproportionate-share", "valueMoney", "money"),
    ("07", "pass-through", "valueMoney", "money"),
    ("08", "capital-amount", "valueMoney", "money"),
    ("09", "capital-federal", "valueMoney", "money"),
    ("10", "capital-hospital", "valueMoney", "money"),
    ("11", "capital-share", "valueMoney", "money"),
    ("12", "old-capital", "valueMoney", "money"),
    ("13", "capital-indirect-education", "valueMoney", "money"),
    ("14", "operating-hospital", "valueMoney", "money"),
    ("15", "cost-report-days", "valueDecimal", "number"),
    ("16", "operating-federal", "valueMoney", "money"),
    ("17", "capital-exception", "valueMoney", "money"),
    ("18", "indirect-education", "valueMoney", "money"),
    ("19", "non-payable-professional", "valueMoney", "money"),
    ("20", "remark-2", "valueCode", "token"),
    ("21", "remark-3", "valueCode", "token"),
    ("22", "remark-4", "valueCode", "token"),
    ("23", "remark-5", "valueCode", "token"),
    ("24", "capital-outlier", "valueMoney", "money"),
)
_OUTPATIENT = (
    ("01", "rate", "valueDecimal", "number"),
    ("02", "payable", "valueMoney", "money"),
    ("03", "remark-1", "valueCode", "token"),
    ("04", "remark-2", "valueCode", "token"),
    ("05", "remark-3", "valueCode", "token"),
    ("06", "remark-4", "valueCode", "token"),
    ("07", "remark-5", "valueCode", "token"),
    ("08", "esrd-payment", "valueMoney", "money"),
    ("09", "non-payable-professional", "valueMoney", "money"),
)


def _adjudication(id: str, name: str, elements: tuple[tuple[str, str, str, str], ...]) -> Segment:
    return segment(
        id,
        *(
            at(f"{id}{number}", f"{extension(name, part)}.{member}", form=form)
            for number, part, member, form in elements
        ),
    )


PRIOR_ANSWER = LoopMap(
    "2320",
    "ClaimResponse",
    (
        _amount("D", "payment.amount"),
        _amount("A8", extension("non-covered") + ".valueMoney"),
        _amount("EAF", extension("patient-remainder") + ".valueMoney"),
        _adjudication("MIA", "inpatient-adjudication", _INPATIENT),
        _adjudication("MOA", "outpatient-adjudication", _OUTPATIENT),
    ),
    note="The answer of a payer before: Claim.insurance.claimResponse.",
)
PRIOR_PAYMENT = LoopMap(
    "2330B",
    "ClaimResponse",
    (
        segment("DTP", fixed("DTP01", "573"), either("DTP02", "DTP03", ("D8", "paidOn", "date"))),
        segment(
            "REF",
            fixed("REF01", "F8"),
            at("REF02", f"identifier[system={PAYER_CLAIM_NUMBER}].value"),
        ),
    ),
    note="`paidOn` is payment.date, left out where the lines have dates of their own.",
)
OTHER_INSURANCE = LoopMap(
    "2330B",
    "Claim.insurance",
    (
        segment("REF", fixed("REF01", "G1"), at("REF02", "preAuthRef[0]")),
        segment("REF", fixed("REF01", "9F"), at("REF02", extension("referral") + ".valueString")),
        segment(
            "REF",
            fixed("REF01", "T4"),
            at("REF02", extension("adjustment-signal") + ".valueCode"),
        ),
    ),
)
