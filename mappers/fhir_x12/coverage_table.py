"""Coverage and its prior payer's answer, FHIR and 837: SBR, PAT, OI, AMT, MIA, MOA."""

from mappers.fhir_x12.extension import INPATIENT, OUTPATIENT
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


_REMARKS = {"MIA": (5, 20, 21, 22, 23), "MOA": (3, 4, 5, 6, 7)}


def _adjudication(id: str, url: str, last: int) -> Segment:
    """Return the adjudication of a stay or visit as the 835 is posted: parts named `MOA01`."""
    rows = []
    for number in range(1, last + 1):
        place = f"{id}{number:02d}"
        part = f"extension[url={url}].extension[url={place}]"
        is_code = number in _REMARKS[id]
        value, form = ("valueString", "token") if is_code else ("valueDecimal", "number")
        rows.append(at(place, f"{part}.{value}", form=form))
    return segment(id, *rows)


PRIOR_ANSWER = LoopMap(
    "2320",
    "ClaimResponse",
    (
        _amount("D", "payment.amount"),
        _amount("A8", extension("non-covered") + ".valueMoney"),
        _amount("EAF", extension("patient-remainder") + ".valueMoney"),
        _adjudication("MIA", INPATIENT, 24),
        _adjudication("MOA", OUTPATIENT, 9),
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
