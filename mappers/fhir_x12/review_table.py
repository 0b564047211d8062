"""Prior authorization and 278: the segments of request, inquiry and response, read both ways.

The subjects are those of Da Vinci PAS, made ready by `review_party`, `review_event` and
`review_service`: what FHIR says in a resource referred to stands beside the claim or its item.
"""

from mappers.fhir_x12 import pas
from mappers.fhir_x12.contact import CONTACT
from mappers.fhir_x12.review_diagnosis import DIAGNOSES
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
    EIN,
    EXTENSION,
    HEALTH_PLAN_ID,
    NPI,
    PAYER_ID,
    PLACE_OF_SERVICE,
    REFERENCE_KIND,
    SSN,
    STANDARD_MEMBER_ID,
)

TRANSMITTER_ID = "https://parity.example/fhir/NamingSystem/electronic-transmitter-id"
"""Numbers by which partners know each other (NM108 46) and that are no NPI."""
ISSUED = f"{EXTENSION}/review-issued"
"""The day a review of a whole event was decided; PAS has one for items only."""
TYPE_OF_BILL = "https://www.nubc.org/CodeSystem/TypeOfBill"
REVIEW = "adjudication[0]." + pas.extension("reviewAction")

_PERSON: tuple[Row, ...] = (
    at("NM103", "name[0].family", form="text"),
    at("NM104", "name[0].given[0]", form="text"),
    at("NM105", "name[0].given[1]", form="text"),
    at("NM107", "name[0].suffix[0]", form="text"),
)
_NAMED = at("NM103", "name", form="text")
_PLAN_NUMBERS = (
    ("PI", f"identifier[system={PAYER_ID}].value"),
    ("XV", f"identifier[system={HEALTH_PLAN_ID}].value"),
    ("46", f"identifier[system={TRANSMITTER_ID}].value"),
)
_PROVIDER_NUMBERS = (
    ("XX", f"identifier[system={NPI}].value"),
    ("24", f"identifier[system={EIN}].value", "digits"),
    ("46", f"identifier[system={TRANSMITTER_ID}].value"),
)


def _entity(role: str, *numbers: tuple[str, ...], required: bool) -> tuple[Segment, Segment]:
    """Return the name of a person or an organization; `role` stands where FHIR says none."""
    head = defaulted(role, "NM101", "actsAs", note="the type, or the role in the care team")
    number = either("NM108", "NM109", *numbers, required=required)
    return (
        needed("NM1", head, fixed("NM102", "1"), *_PERSON, number, of="person"),
        needed("NM1", head, fixed("NM102", "2"), _NAMED, number, of="organization"),
    )


def _address() -> tuple[Segment, Segment]:
    return (
        segment(
            "N3",
            at("N301", "address[0].line[0]", form="text"),
            at("N302", "address[0].line[1]", form="text"),
        ),
        segment(
            "N4",
            at("N401", "address[0].city", form="text"),
            at("N402", "address[0].state"),
            at("N403", "address[0].postalCode", form="postal"),
            at("N404", "address[0].country", form="country"),
        ),
    )


def _numbers(*codes: str) -> Segment:
    """Return the identifiers whose type is one of these X12 qualifiers, a segment each."""
    return segment(
        "REF",
        fixed("REF01", *codes),
        at("REF01", f"type.coding[system={REFERENCE_KIND}].code"),
        at("REF02", "value"),
        each="numbers",
        note="`numbers`: the identifiers of a type that X12 knows",
    )


def _known(code: str, system: str) -> Segment:
    return segment(
        "REF",
        fixed("REF01", code),
        at("REF02", f"identifier[system={system}].value", form="digits"),
    )


_SPECIALTY = segment(
    "PRV",
    defaulted("PE", "PRV01", "acting"),
    fixed("PRV02", "PXC"),
    at("PRV03", "taxonomy", note="careTeam.qualification, else the specialty of the role"),
)
_BIRTH = segment(
    "DMG",
    fixed("DMG01", "D8", beside="DMG02"),
    at("DMG02", "birthDate", form="date"),
    at("DMG03", "gender", form="administrative-gender"),
    note="Without a birth date the gender cannot be said.",
)


def _provider(loop: str, subject: str, role: str, *, required: bool) -> LoopMap:
    return LoopMap(
        loop,
        subject,
        (
            *_entity(role, *_PROVIDER_NUMBERS, required=required),
            _known("EI", EIN),
            _known("SY", SSN),
            _numbers("0B", "1G", "1J", "N5", "N7", "ZH"),
            *_address(),
            CONTACT,
            _SPECIALTY,
        ),
    )


UMO = LoopMap(
    "2010A",
    "Claim.insurer",
    (*_entity("X3", *_PLAN_NUMBERS, required=True), CONTACT),
    note="A number that is neither of a payer nor of a health plan goes as 46.",
)
REQUESTER = _provider("2010B", "Claim.provider", "1P", required=True)
SUBSCRIBER = LoopMap(
    "2010C",
    "Coverage.subscriber",
    (
        needed(
            "NM1",
            fixed("NM101", "IL"),
            fixed("NM102", "1"),
            *_PERSON,
            either(
                "NM108",
                "NM109",
                ("II", f"identifier[system={STANDARD_MEMBER_ID}].value"),
                ("MI", "memberId"),
                required=True,
            ),
        ),
        _known("SY", SSN),
        _numbers("1L", "1W", "3L", "6P", "DP", "EJ", "F6", "HJ", "IG", "N6", "NQ"),
        *_address(),
        _BIRTH,
        segment(
            "INS",
            fixed("INS01", "Y"),
            fixed("INS02", "18"),
            at("INS08", pas.coded("584", "militaryStatus")),
        ),
    ),
    note="`memberId` is Coverage.subscriberId, else the subscriber's own member number.",
)
DEPENDENT = LoopMap(
    "2010D",
    "Claim.patient",
    (
        needed("NM1", fixed("NM101", "QC"), fixed("NM102", "1"), *_PERSON),
        _known("SY", SSN),
        _numbers("1W", "28", "6P", "A6", "EJ"),
        *_address(),
        _BIRTH,
        segment(
            "INS",
            fixed("INS01", "N"),
            at("INS02", "relation", note="Coverage.relationship"),
            at("INS17", "multipleBirthInteger", form="integer"),
        ),
    ),
    note="Only where the patient is not the subscriber.",
)


def _trace(code: str, each: str) -> Segment:
    return segment(
        "TRN",
        fixed("TRN01", code),
        at("TRN02", "value"),
        at("TRN03", "assigner.identifier.value"),
        at("TRN04", f"{pas.extension('identifierSubDepartment')}.valueString"),
        each=each,
    )


def _dated(code: str, day: str, period: str) -> Segment:
    return segment(
        "DTP",
        fixed("DTP01", code),
        either("DTP02", "DTP03", ("D8", day, "date"), ("RD8", period, "span")),
    )


def _day(code: str, path: str) -> Segment:
    return segment("DTP", fixed("DTP01", code), either("DTP02", "DTP03", ("D8", path, "date")))


def _informed(code: str, slot: str) -> Segment:
    held = f"supportingInfo[slot={slot}]"
    return _dated(code, f"{held}.timingDate", f"{held}.timingPeriod")


def _number(code: str, path: str) -> Segment:
    return segment("REF", fixed("REF01", code), at("REF02", path))


_KINDS = fixed("UM01", "AR", "HS", "IN", "SC")


def _place(path: str) -> Row:
    return either(
        "UM04-2",
        "UM04-1",
        ("B", f"{path}.coding[system={PLACE_OF_SERVICE}].code"),
        ("A", f"{path}.coding[system={TYPE_OF_BILL}].code"),
    )


_ATTACHMENT = segment(
    "PWK",
    at("PWK01", "kind"),
    at("PWK02", "transmission"),
    fixed("PWK05", "AC", beside="PWK06"),
    at("PWK06", "control"),
    at("PWK07", "description"),
    each="attachment",
    note="supportingInfo additionalInformation: the DocumentReference and its control number",
)
_MESSAGE = segment("MSG", at("MSG01", "message"))
_EVENT_REVIEW = segment(
    "UM",
    _KINDS,
    must("UM01", "event.requestType", note="of the first item"),
    must("UM02", "event.certification", note="S where an item is changed, 3 where all are off"),
    at("UM03", "event.category"),
    _place("event.location"),
    at("UM05-1", pas.code("1362", "accident.type")),
    at("UM05-4", "accident.locationAddress.state"),
    at("UM05-5", "accident.locationAddress.country", form="country"),
    at("UM06", pas.coded("1338", "levelOfServiceCode")),
)
_STAY = segment(
    "CL1",
    at("CL101", "stay.type", note="Encounter.type"),
    at("CL102", "stay.source", note="Encounter.hospitalization.admitSource"),
    at("CL103", "stay.status", note="extension patientStatus"),
    at("CL104", "stay.residence", note="extension nursingHomeResidentialStatus"),
)
_CONDITION = segment(
    "CRC",
    at("CRC01", pas.code("1136", "extension[url=category].valueCodeableConcept")),
    at("CRC02", "extension[url=indicator].valueBoolean", form="yes-no"),
    *(at(f"CRC{number + 3:02d}", f"code[{number}]") for number in range(5)),
    each="condition",
    note="extension conditionCode",
)
_HOME = pas.extension("homeHealthCareInformation")
_HOME_HEALTH = segment(
    "CR6",
    at("CR601", pas.code("923", f"{_HOME}.extension[url=prognosis].valueCodeableConcept")),
    at("CR602", f"{_HOME}.extension[url=date].valueDate", form="date"),
    fixed("CR607", "U"),
    at("CR608", "event.homeCertification", note="as UM02"),
)
_DELIVERY = segment(
    "HSD",
    at("HSD01", "delivery.unit"),
    at("HSD02", "delivery.count", form="number"),
    at("HSD03", "delivery.periodUnit"),
    at("HSD04", "delivery.period", form="number"),
    at("HSD05", "delivery.boundsUnit"),
    at("HSD06", "delivery.bounds", form="number"),
    at("HSD07", "delivery.calendarPattern"),
    at("HSD08", "delivery.deliveryPattern"),
    note="ServiceRequest: quantityQuantity, occurrenceTiming.repeat period and boundsDuration",
)
_EVENT_DATES = (
    _day("439", "accident.date"),
    _informed("AAH", "patientEvent"),
    _informed("435", "admissionDates"),
    _informed("096", "dischargeDates"),
)
_EVENT_NUMBERS = (_number("BB", "event.authorization"), _number("NT", "event.administration"))
EVENT = LoopMap(
    "2000E",
    "Claim",
    (
        _trace("1", "identifier"),
        _EVENT_REVIEW,
        *_EVENT_NUMBERS,
        *_EVENT_DATES,
        DIAGNOSES,
        _CONDITION,
        _STAY,
        _HOME_HEALTH,
        _ATTACHMENT,
        _MESSAGE,
    ),
)
EVENT_PROVIDER = _provider("2010EA", "Claim.careTeam.provider", "SJ", required=False)
SERVICE_PROVIDER = _provider("2010F", "Claim.careTeam.provider", "SJ", required=False)


def _procedure(kind: str, head: str) -> tuple[Row, ...]:
    """Return a composite procedure: the coding of productOrService and its modifiers."""
    held = f"{kind}.procedure"
    return (
        at(f"{head}-1", f"{held}.kind"),
        at(f"{head}-2", f"{held}.code"),
        *(at(f"{head}-{number + 3}", f"{held}.modifier[{number}]") for number in range(4)),
        at(f"{head}-8", f"{held}.end", note="extension productOrServiceCodeEnd"),
    )


SERVICES = (
    segment(
        "SV1",
        *_procedure("professional", "SV101"),
        at("SV102", "professional.price", form="number", note="unitPrice"),
        at("SV103", "professional.unit"),
        at("SV104", "professional.quantity", form="number"),
        at("SV111", "professional.epsdt", form="yes-no", note="extension epsdtIndicator"),
        at("SV120", "professional.careLevel", note="extension nursingHomeLevelOfCare"),
        note="productOrService, modifier, quantity of an item of a professional claim",
    ),
    segment(
        "SV2",
        at("SV201", "institutional.revenue", note="revenue"),
        *_procedure("institutional", "SV202"),
        at("SV203", "institutional.price", form="number", note="unitPrice"),
        at("SV204", "institutional.unit"),
        at("SV205", "institutional.quantity", form="number"),
        at("SV206", "institutional.rate", form="number", note="extension revenueUnitRateLimit"),
        at("SV209", "institutional.residence", note="extension nursingHomeResidentialStatus"),
        at("SV210", "institutional.careLevel", note="extension nursingHomeLevelOfCare"),
        note="revenue, productOrService and so on of an item of an institutional claim",
    ),
    segment(
        "SV3",
        *_procedure("dental", "SV301"),
        at("SV302", "dental.price", form="number", note="unitPrice"),
        at("SV306", "dental.quantity", form="number"),
        note="productOrService, modifier, quantity of an item of an oral claim",
    ),
)
_SERVICE_REVIEW = segment(
    "UM",
    _KINDS,
    at("UM01", pas.coded("1525", "serviceItemRequestType")),
    at("UM02", "certification", note="extension certificationType; 3 where infoCancelled"),
    at("UM03", pas.code("1365", "category")),
    _place("locationCodeableConcept"),
)
_SERVICE_NUMBERS = (
    _number("BB", f"{pas.extension('authorizationNumber')}.valueString"),
    _number("NT", f"{pas.extension('administrationReferenceNumber')}.valueString"),
)
_SERVICE_DATE = _dated("472", "servicedDate", "servicedPeriod")
SERVICE = LoopMap(
    "2000F",
    "Claim.item",
    (
        _trace("1", "trace"),
        _SERVICE_REVIEW,
        *_SERVICE_NUMBERS,
        _SERVICE_DATE,
        *SERVICES,
        _DELIVERY,
        _ATTACHMENT,
        _MESSAGE,
    ),
    note="`trace` is the extension itemTraceNumber.",
)


def _certified(code: str, name: str) -> Segment:
    held = pas.extension(name)
    return _dated(code, f"{held}.valueDate", f"{held}.valuePeriod")


_CERTIFICATION = (
    _certified("102", "itemCertificationIssueDate"),
    _certified("036", "itemCertificationExpirationDate"),
    _certified("007", "itemCertificationEffectiveDate"),
)
INQUIRED_EVENT = LoopMap(
    "2000E",
    "Claim",
    (
        _trace("1", "identifier"),
        segment(
            "UM",
            _KINDS,
            must("UM01", "event.requestType", note="of the first item"),
            at("UM02", "event.certification", note="extension certificationType of the claim"),
            at("UM03", "event.category"),
            _place("event.location"),
        ),
        *_EVENT_NUMBERS,
        *_EVENT_DATES,
        DIAGNOSES,
    ),
)
INQUIRED_SERVICE = LoopMap(
    "2000F",
    "Claim.item",
    (
        _trace("1", "trace"),
        _SERVICE_REVIEW,
        segment("HCR", at("HCR01", pas.coded("306", "reviewActionCode"))),
        *_SERVICE_NUMBERS,
        _SERVICE_DATE,
        *_CERTIFICATION,
        *SERVICES,
    ),
)


_DECISION = segment(
    "HCR",
    at(
        "HCR01",
        f"{REVIEW}."
        + pas.code("306", f"extension[url={pas.url('reviewActionCode')}].valueCodeableConcept"),
    ),
    at("HCR02", f"{REVIEW}.extension[url=number].valueString"),
    at(
        "HCR03",
        f"{REVIEW}.extension[url=reasonCode].valueCodeableConcept.coding[system={pas.REASON}].code",
    ),
    at(
        "HCR04",
        f"{REVIEW}.extension[url=secondSurgicalOpinionFlag].valueBoolean",
        form="yes-no",
    ),
)


def _valid(path: str) -> tuple[Segment, Segment]:
    """Return when a certification begins (with a period, also ends) and when it ends."""
    begins = segment(
        "DTP",
        fixed("DTP01", "007"),
        either("DTP02", "DTP03", ("D8", f"{path}.start", "date"), ("RD8", path, "span")),
    )
    return begins, _day("036", f"{path}.end")


DECIDED_EVENT = LoopMap(
    "2000E",
    "ClaimResponse",
    (
        _trace("2", "identifier"),
        _trace("1", "ownTrace"),
        segment(
            "UM",
            _KINDS,
            at("UM01", "event.requestType"),
            at("UM02", "event.certification"),
            at("UM03", "event.category"),
            _place("event.location"),
            at("UM05-1", "event.cause"),
            at("UM06", "event.level"),
        ),
        _DECISION,
        *_EVENT_NUMBERS,
        _dated("AAH", "event.date", "event.period"),
        _dated("435", "event.admission", "event.admissionPeriod"),
        _dated("096", "event.discharge", "event.dischargePeriod"),
        _day("102", f"extension[url={ISSUED}].valueDate"),
        *_valid("preAuthPeriod"),
        DIAGNOSES,
        _ATTACHMENT,
        _MESSAGE,
    ),
    note="`identifier` echoes the traces of the request, `ownTrace` is the payer's; a decision of "
    "the event holds for every item without one of its own.",
)
DECIDED_SERVICE = LoopMap(
    "2000F",
    "ClaimResponse.item",
    (
        _trace("2", "trace"),
        _trace("1", "ownTrace"),
        segment(
            "UM",
            _KINDS,
            at("UM01", "event.requestType"),
            at("UM02", "event.certification"),
            at("UM03", "event.category"),
            _place("event.location"),
        ),
        _DECISION,
        *_SERVICE_NUMBERS,
        _dated(
            "472",
            f"{pas.extension('itemRequestedServiceDate')}.valueDateTime",
            f"{pas.extension('itemRequestedServiceDate')}.valuePeriod",
        ),
        _day("102", f"{pas.extension('itemPreAuthIssueDate')}.valueDate"),
        *_valid(f"{pas.extension('itemPreAuthPeriod')}.valuePeriod"),
        *SERVICES,
        DIAGNOSES,
        _DELIVERY,
        _ATTACHMENT,
        _MESSAGE,
    ),
    note="What is authorized (SV1, SV2, SV3, HSD) is the extension itemAuthorizedDetail.",
)
REFUSAL = LoopMap(
    "AAA",
    "ClaimResponse.error",
    (
        segment(
            "AAA",
            defaulted("N", "AAA01", "valid"),
            at("AAA03", pas.code("901", "code")),
            at("AAA04", pas.coded("889", "errorFollowupAction")),
            each="error",
        ),
    ),
    note="In each loop it may stand in; errorElement and errorPath tell which one.",
)
