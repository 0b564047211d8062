"""Claim and loop 2300 of the 837, segment by segment, both ways: rows only, no steps."""

from mappers.fhir_x12.information import INFORMATION_SEGMENTS
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
from mappers.fhir_x12.structured import parts, reference_extension, structured
from mappers.fhir_x12.system import (
    CLEARINGHOUSE_TRACE,
    NOTE_KIND,
    PATIENT_CONTROL_NUMBER,
    PAYER_CLAIM_NUMBER,
    REFERENCE_KIND,
    REPORT_TYPE,
    extension,
)

_COMMON: tuple[Row, ...] = (
    must(
        "CLM01",
        "identifier[0].value",
        note=f"of system {PATIENT_CONTROL_NUMBER} when read",
    ),
    must("CLM02", "total", form="money"),
)
_FREQUENCY: Row = defaulted(
    "1", "CLM05-3", "frequency", note="related.relationship: 7 replaces, 8 voids; else bill type"
)
_CONSENTS: tuple[Row, ...] = (
    defaulted("A", "CLM07", extension("assignment-of-claim") + ".valueCode"),
    defaulted("Y", "CLM08", "payee.type", form="payee-type"),
    defaulted("Y", "CLM09", extension("release-of-information") + ".valueCode"),
)
_ACCIDENT: tuple[Row, ...] = (
    at("CLM11-1", "accident.type", form="accident-type"),
    at("CLM11-2", f"{extension('second-cause')}.valueCode"),
    at("CLM11-3", f"{extension('third-cause')}.valueCode"),
    at("CLM11-4", "accident.locationAddress.state"),
    at("CLM11-5", "accident.locationAddress.country", form="country"),
)
_DELAY: Row = at("CLM20", f"{extension('delay-reason')}.valueCode")
_SIGNATURE: Row = defaulted("Y", "CLM06", f"{extension('provider-signature')}.valueCode")
_PROGRAM: Row = at("CLM12", f"{extension('special-program')}.valueCode")
PROFESSIONAL_HEAD = needed(
    "CLM",
    *_COMMON,
    must("CLM05-1", "place", note="the place of service: extension place-of-service, else items"),
    fixed("CLM05-2", "B"),
    _FREQUENCY,
    _SIGNATURE,
    *_CONSENTS,
    at("CLM10", f"{extension('patient-signature-source')}.valueCode"),
    *_ACCIDENT,
    _PROGRAM,
    _DELAY,
)
INSTITUTIONAL_HEAD = needed(
    "CLM",
    *_COMMON,
    must("CLM05-1", "place", note="supportingInfo typeofbill, without its first and last digit"),
    fixed("CLM05-2", "A"),
    _FREQUENCY,
    *_CONSENTS,
    _DELAY,
)
DENTAL_HEAD = needed(
    "CLM",
    *_COMMON,
    must("CLM05-1", "place"),
    fixed("CLM05-2", "B"),
    _FREQUENCY,
    _SIGNATURE,
    *_CONSENTS,
    *_ACCIDENT,
    _PROGRAM,
    at("CLM19", "predetermination", note="PB where Claim.use is predetermination"),
    _DELAY,
)


def _amount(code: str, name: str) -> Segment:
    return segment(
        "AMT", fixed("AMT01", code), at("AMT02", f"{extension(name)}.valueMoney", form="money")
    )


def _reference(code: str, path: str) -> Segment:
    return segment("REF", fixed("REF01", code), at("REF02", path))


_ACCIDENT_DATE = segment(
    "DTP", fixed("DTP01", "439"), either("DTP02", "DTP03", ("D8", "accident.date", "date"))
)
PAPERWORK = segment(
    "PWK",
    at("PWK01", f"code.coding[system={REPORT_TYPE}].code", "code.coding[0].code"),
    at("PWK02", f"{extension('attachment-transmission')}.valueCode"),
    fixed("PWK05", "AC", beside="PWK06"),
    at(
        "PWK06",
        "valueReference.identifier.value",
        note="the number a 275 or a fax bears; of the DocumentReference where it is stored here",
    ),
    each="supportingInfo{category:attachment}",
)
CONTRACT = structured(
    "CN1",
    "contract",
    *parts("01 type code", "02 amount money", "03 percent number", "04 code token"),
    *parts("05 terms-percent number", "06 version token"),
)
_RECORD = _reference("EA", "recordNumber")
_REFERENCES = (
    _reference("9F", "referral.identifier.value"),
    _reference("G1", "insurance[0].preAuthRef[0]"),
    segment(
        "REF",
        fixed("REF01", "F8"),
        at("REF02", "related[0].reference.value", note=f"of system {PAYER_CLAIM_NUMBER}"),
    ),
    _reference("D9", f"identifier[system={CLEARINGHOUSE_TRACE}].value"),
    _RECORD,
    segment(
        "REF",
        fixed("REF01", "9A", "9C"),
        at("REF01", f"type.coding[system={REFERENCE_KIND}].code"),
        at("REF02", "value"),
        each="identifier",
        note="numbers a repricer gave the claim",
    ),
    reference_extension("4N", "F5", "EW", "X4", "LX", "P4", "1J", "LU", "G4", "G3"),
)
FILE_INFORMATION = segment(
    "K3", at("K301", "valueString", form="text"), each=extension("file-information")
)
NOTE = segment(
    "NTE",
    defaulted("ADD", "NTE01", f"code.coding[system={NOTE_KIND}].code"),
    at("NTE02", "valueString", form="text"),
    each="supportingInfo{category:info}",
)
AMBULANCE = structured(
    "CR1",
    "ambulance-transport",
    *parts("01 weight-unit code", "02 weight number", "04 reason code", "05 distance-unit code"),
    *parts("06 distance number", "09 round-trip string", "10 stretcher string"),
)
SPINAL = structured(
    "CR2",
    "spinal-manipulation",
    *parts("08 condition code", "10 description string", "11 further string"),
)
CONDITIONS = structured(
    "CRC",
    "certification-conditions",
    *parts("01 category code", "02 applies code", "03 condition-1 code", "04 condition-2 code"),
    *parts("05 condition-3 code", "06 condition-4 code", "07 condition-5 code"),
    each=True,
)
PRICING = structured(
    "HCP",
    "repricing",
    *parts("01 methodology code", "02 allowed money", "03 savings money", "04 organization token"),
    *parts("05 rate number", "06 group token", "07 group-amount money", "08 revenue code"),
    *parts("09 procedure-kind code", "10 procedure code", "11 unit code", "12 quantity number"),
    *parts("13 reject-reason code", "14 policy-compliance code", "15 exception code"),
)
PAYER_CLAIM = LoopMap(
    "2300",
    "Claim",
    (
        segment(
            "REF",
            fixed("REF01", "F8"),
            must("REF02", "related[0].reference.value"),
        ),
    ),
    note="A claim that replaces or voids another one names it by the payer's number.",
)
PROFESSIONAL = LoopMap(
    "2300",
    "Claim",
    (
        PROFESSIONAL_HEAD,
        _ACCIDENT_DATE,
        *INFORMATION_SEGMENTS["professional"],
        PAPERWORK,
        CONTRACT,
        _amount("F5", "patient-paid"),
        *_REFERENCES,
        FILE_INFORMATION,
        NOTE,
        AMBULANCE,
        SPINAL,
        CONDITIONS,
        PRICING,
    ),
)
INSTITUTIONAL = LoopMap(
    "2300",
    "Claim",
    (
        INSTITUTIONAL_HEAD,
        *INFORMATION_SEGMENTS["institutional"],
        PAPERWORK,
        CONTRACT,
        _amount("F3", "patient-estimate"),
        *_REFERENCES,
        FILE_INFORMATION,
        NOTE,
        CONDITIONS,
        PRICING,
    ),
)
DENTAL = LoopMap(
    "2300",
    "Claim",
    (
        DENTAL_HEAD,
        _ACCIDENT_DATE,
        *INFORMATION_SEGMENTS["oral"],
        PAPERWORK,
        CONTRACT,
        _amount("F5", "patient-paid"),
        *(one for one in _REFERENCES if one is not _RECORD),
        FILE_INFORMATION,
        NOTE,
        PRICING,
    ),
)
