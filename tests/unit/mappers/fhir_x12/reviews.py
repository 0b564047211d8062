"""Synthetic prior authorizations: request Bundles of our making, and answers as a payer writes."""

from base64 import b64encode
from datetime import UTC, datetime

from mappers.fhir_x12 import pas
from mappers.fhir_x12.review_278 import Asking, Purpose, review_278
from mappers.fhir_x12.review_bundle import unbundled
from mappers.fhir_x12.system import ATTACHMENT_CONTROL
from mappers.path import JsonObject, JsonValue
from mappers.x12.grammar import Guide
from mappers.x12.reader import read
from mappers.x12.sets import REVIEW_278_INQUIRY, REVIEW_278_REQUEST
from mappers.x12.tree import LoopNode, Node
from mappers.x12.writer import Envelope, SetBody, write

BASE = "https://practice.example/fhir"
NPI = "http://hl7.org/fhir/sid/us-npi"
PAYER = "https://parity.example/payer-id"
WRITTEN = datetime(2026, 11, 10, 9, 0, tzinfo=UTC)
ASKING = Asking("REQ-1", WRITTEN, "9PARITY000")
ENVELOPE = Envelope("ZZ", "PARITY", "ZZ", "CHP01", 1, 1, WRITTEN)
GUIDES: dict[Purpose, Guide] = {"request": REVIEW_278_REQUEST, "inquiry": REVIEW_278_INQUIRY}


def coded(number: str, name: str, code: str) -> JsonObject:
    """Return an extension of PAS that holds an X12 code."""
    concept: JsonObject = {"coding": [{"system": pas.system(number), "code": code}]}
    return {"url": pas.url(name), "valueCodeableConcept": concept}


def bundle(claim: JsonObject, *others: JsonObject, identifier: str = "REQ-1") -> JsonObject:
    """Return a request Bundle."""
    entries: list[JsonValue] = [
        {"fullUrl": f"{BASE}/{one['resourceType']}/{one['id']}", "resource": one}
        for one in (claim, *others)
    ]
    return {
        "resourceType": "Bundle",
        "identifier": {"system": "https://practice.example/requests", "value": identifier},
        "type": "collection",
        "timestamp": "2026-11-10T09:00:00Z",
        "entry": entries,
    }


def payer() -> JsonObject:
    """Return the payer."""
    return {
        "resourceType": "Organization",
        "id": "cascade",
        "active": True,
        "identifier": [{"system": PAYER, "value": "CHP01"}],
        "name": "Cascade Health Plan",
    }


def clinic() -> JsonObject:
    """Return who asks."""
    return {
        "resourceType": "Organization",
        "id": "harbor",
        "active": True,
        "identifier": [{"system": NPI, "value": "1234567893"}],
        "name": "Harbor Behavioral Health",
        "address": [
            {"line": ["1 Quay Road"], "city": "Port Alder", "state": "WA", "postalCode": "98368"}
        ],
        "contact": [
            {
                "name": {"text": "Review desk"},
                "telecom": [{"system": "phone", "value": "3605550100"}],
            }
        ],
    }


def person(id: str, given: str, born: str, gender: str) -> JsonObject:
    """Return a patient."""
    return {
        "resourceType": "Patient",
        "id": id,
        "name": [{"family": "Rivera", "given": [given]}],
        "birthDate": born,
        "gender": gender,
    }


def coverage(subscriber: str, patient: str, relationship: str) -> JsonObject:
    """Return the coverage of a patient."""
    code: JsonObject = {
        "system": "http://terminology.hl7.org/CodeSystem/subscriber-relationship",
        "code": relationship,
    }
    return {
        "resourceType": "Coverage",
        "id": "plan",
        "status": "active",
        "subscriberId": "CHP123456",
        "subscriber": {"reference": f"Patient/{subscriber}"},
        "beneficiary": {"reference": f"Patient/{patient}"},
        "relationship": {"coding": [code]},
        "payor": [{"reference": "Organization/cascade"}],
    }


def doctor() -> JsonObject:
    """Return a psychiatrist who attends."""
    return {
        "resourceType": "Practitioner",
        "id": "okafor",
        "identifier": [{"system": NPI, "value": "1245319599"}],
        "name": [{"family": "Okafor", "given": ["June"]}],
        "telecom": [{"system": "phone", "value": "3605550111"}],
    }


def claim(patient: str, kind: str, number: str, *items: JsonObject) -> JsonObject:
    """Return a claim for preauthorization."""
    return {
        "resourceType": "Claim",
        "id": "review",
        "identifier": [
            {
                "system": "https://practice.example/events",
                "value": number,
                "assigner": {"identifier": {"value": "9123456789"}},
            }
        ],
        "status": "active",
        "type": {
            "coding": [{"system": "http://terminology.hl7.org/CodeSystem/claim-type", "code": kind}]
        },
        "use": "preauthorization",
        "patient": {"reference": f"Patient/{patient}"},
        "created": "2026-11-10T09:00:00Z",
        "insurer": {"reference": "Organization/cascade"},
        "provider": {"reference": "Organization/harbor"},
        "priority": {
            "coding": [
                {
                    "system": "http://terminology.hl7.org/CodeSystem/processpriority",
                    "code": "normal",
                }
            ]
        },
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"reference": "Coverage/plan"}}],
        "item": list(items),
    }


def item(sequence: int, request: str, kind: str, category: str, code: JsonObject) -> JsonObject:
    """Return an item; `kind` is its certification."""
    return {
        "sequence": sequence,
        "extension": [
            coded("1525", "serviceItemRequestType", request),
            coded("1322", "certificationType", kind),
        ],
        "category": {"coding": [{"system": pas.system("1365"), "code": category}]},
        "productOrService": {"coding": [code]},
    }


CPT = "http://www.ama-assn.org/go/cpt"
HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
DOCUMENT = b"%PDF-1.4 plan ~ * : of treatment \x00\xff"


def therapy() -> JsonObject:
    """Return psychotherapy for the subscriber: three visits a week for eight weeks."""
    session = item(1, "HS", "I", "A6", {"system": CPT, "code": "90837"}) | {
        "modifier": [{"coding": [{"system": CPT, "code": "95"}]}],
        "servicedPeriod": {"start": "2026-11-16", "end": "2027-01-10"},
        "locationCodeableConcept": {"coding": [{"system": _PLACES, "code": "11"}]},
        "careTeamSequence": [2],
        "diagnosisSequence": [1],
    }
    session["extension"] = [
        *_listed(session["extension"]),
        {
            "url": pas.url("requestedService"),
            "valueReference": {"reference": "ServiceRequest/sessions"},
        },
    ]
    request: JsonObject = {
        "resourceType": "ServiceRequest",
        "id": "sessions",
        "status": "active",
        "intent": "order",
        "subject": {"reference": "Patient/ana"},
        "quantityQuantity": {"value": 3, "unit": "visit"},
        "occurrenceTiming": {
            "repeat": {
                "boundsDuration": {"value": 8, "code": "wk"},
                "period": 1,
                "periodUnit": "wk",
            }
        },
    }
    asked = claim("ana", "professional", "EV-100", session)
    asked["careTeam"] = [
        _member(1, "DN", of_event=True),
        _member(2, "SJ", of_event=False),
    ]
    asked["diagnosis"] = [_diagnosis(1, "F41.1", "principal"), _diagnosis(2, "F32.9", "")]
    return bundle(
        asked,
        clinic(),
        payer(),
        coverage("ana", "ana", "self"),
        person("ana", "Ana", "1985-06-14", "female"),
        doctor(),
        request,
    )


_PLACES = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"


def _listed(value: JsonValue) -> list[JsonValue]:
    return list(value) if isinstance(value, list) else []


def _member(sequence: int, role: str, *, of_event: bool) -> JsonObject:
    return {
        "extension": [{"url": pas.url("careTeamClaimScope"), "valueBoolean": of_event}],
        "sequence": sequence,
        "provider": {"reference": "Practitioner/okafor"},
        "role": {"coding": [{"system": pas.system("98"), "code": role}]},
        "qualification": {
            "coding": [{"system": "http://nucc.org/provider-taxonomy", "code": "2084P0800X"}]
        },
    }


def _diagnosis(sequence: int, code: str, kind: str) -> JsonObject:
    made: JsonObject = {
        "extension": [{"url": pas.url("diagnosisRecordedDate"), "valueDate": "2026-11-01"}],
        "sequence": sequence,
        "diagnosisCodeableConcept": {
            "coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": code}]
        },
    }
    if kind:
        made["type"] = [{"coding": [{"system": pas.TEMPORARY, "code": kind}]}]
    return made


def stay() -> JsonObject:
    """Return a residential stay of a dependent, with a treatment plan and a message."""
    bed = item(1, "AR", "I", "A5", {"system": HCPCS, "code": "H0018"}) | {
        "revenue": {"coding": [{"system": "https://www.nubc.org/revenue-code", "code": "1002"}]},
        "quantity": {"value": 14, "unit": "day"},
    }
    asked = claim("leo", "institutional", "EV-200", bed)
    asked["extension"] = [
        coded("1338", "levelOfServiceCode", "U"),
        {"url": pas.ENCOUNTER, "valueReference": {"reference": "Encounter/stay"}},
    ]
    asked["careTeam"] = [_member(1, "71", of_event=True)]
    asked["diagnosis"] = [_diagnosis(1, "F11.20", "admitting")]
    asked["supportingInfo"] = [
        {
            "sequence": 1,
            "category": {"coding": [{"system": pas.TEMPORARY, "code": "admissionDates"}]},
            "timingPeriod": {"start": "2026-11-15", "end": "2026-11-29"},
        },
        {
            "sequence": 2,
            "category": {"coding": [{"system": pas.TEMPORARY, "code": "additionalInformation"}]},
            "valueReference": {"reference": "DocumentReference/plan"},
        },
        {
            "sequence": 3,
            "category": {"coding": [{"system": pas.TEMPORARY, "code": "freeFormMessage"}]},
            "valueString": "Step down to day treatment is planned.",
        },
    ]
    return bundle(
        asked,
        clinic(),
        payer(),
        coverage("ana", "leo", "child"),
        person("ana", "Ana", "1985-06-14", "female"),
        person("leo", "Leo", "2010-02-03", "male"),
        doctor(),
        encounter(),
        document(),
        identifier="REQ-2",
    )


def encounter() -> JsonObject:
    """Return the planned stay."""
    return {
        "resourceType": "Encounter",
        "id": "stay",
        "status": "planned",
        "class": {
            "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
            "code": "IMP",
        },
        "type": [{"coding": [{"code": "3"}]}],
        "hospitalization": {"admitSource": {"coding": [{"code": "1"}]}},
        "subject": {"reference": "Patient/leo"},
    }


def document() -> JsonObject:
    """Return a treatment plan of arbitrary bytes, which a 275 carries."""

    return {
        "resourceType": "DocumentReference",
        "id": "plan",
        "status": "current",
        "identifier": [{"system": ATTACHMENT_CONTROL, "value": "ACN-200-1"}],
        "type": {"coding": [{"system": pas.system("755"), "code": "77"}]},
        "description": "Treatment plan",
        "subject": {"reference": "Patient/leo"},
        "content": [
            {
                "attachment": {
                    "contentType": "application/pdf",
                    "data": b64encode(DOCUMENT).decode(),
                }
            }
        ],
    }


def inquiry() -> JsonObject:
    """Return an inquiry for the therapy, by its trace number and what was decided."""
    asked = item(1, "HS", "I", "A6", {"system": CPT, "code": "90837"})
    asked["extension"] = [
        *_listed(asked["extension"]),
        coded("306", "reviewActionCode", "A4"),
        {"url": pas.url("itemCertificationIssueDate"), "valueDate": "2026-11-10"},
    ]
    return bundle(
        claim("ana", "professional", "EV-100", asked),
        clinic(),
        payer(),
        coverage("ana", "ana", "self"),
        person("ana", "Ana", "1985-06-14", "female"),
        identifier="REQ-3",
    )


REQUESTS: dict[str, tuple[JsonObject, Purpose]] = {
    "therapy": (therapy(), "request"),
    "stay": (stay(), "request"),
    "inquiry": (inquiry(), "inquiry"),
}


def written(sent: JsonObject, purpose: Purpose) -> bytes:
    """Return the interchange of a request Bundle."""
    found = unbundled(sent)
    assert found.faults == ()
    made = review_278(found.claim, found.resources, ASKING, purpose)
    return interchange(GUIDES[purpose], made.root)


def interchange(guide: Guide, root: Node) -> bytes:
    """Return a tree as an interchange."""
    return write(guide, [SetBody("0001", root)], ENVELOPE)


def placed(data: bytes) -> LoopNode:
    """Return the loops of the one set of an interchange."""
    ((_, _, one),) = read(data).sets()
    assert one.findings == ()
    return one.root


ISA = (
    "ISA*00*          *00*          *ZZ*CHP01          *ZZ*PARITY         "
    "*261110*0901*^*00501*000000001*0*P*:"
)
HEAD = (
    "BHT*0007*11*REQ-1*20261110*0901*{kind}",
    "HL*1**20*1",
    "NM1*X3*2*Cascade Health Plan*****PI*CHP01",
    "HL*2*1*21*1",
    "NM1*1P*2*Harbor Behavioral Health*****XX*1234567893",
    "HL*3*2*22*{below}",
    "NM1*IL*1*Rivera*Ana****MI*CHP123456",
)


def answer(*segments: str, kind: str = "18") -> bytes:
    """Return an answer as a payer writes it: the levels above, and these segments of the event."""
    version = "005010X217"
    below = "1" if any(one.startswith("HL") for one in segments) else "0"
    head = [one.format(kind=kind, below=below) for one in HEAD]
    body = [f"ST*278*0001*{version}", *head, *segments]
    lines = [
        ISA,
        f"GS*HI*CHP01*PARITY*20261110*0901*1*X*{version}",
        *body,
        f"SE*{len(body) + 1}*0001",
        "GE*1*1",
        "IEA*1*000000001",
    ]
    return "".join(f"{line}~" for line in lines).encode()


EVENT = ("HL*4*3*EV*1", "TRN*2*EV-100*9123456789")
ANSWERS: dict[str, bytes] = {
    "certified": answer(
        *EVENT,
        "UM*HS*I*A6*11:B",
        "HCR*A1*AUTH-77",
        "DTP*102*D8*20261110",
        "DTP*036*D8*20270110",
        "DTP*007*D8*20261116",
        "HL*5*4*SS*0",
        "TRN*2*EV-100-1*9123456789",
        "UM*HS*I*A6",
        "DTP*472*RD8*20261116-20270110",
        "SV1*HC:90837:95",
        "HSD*VS*3*WK*1*35*8",
    ),
    "partial": answer(
        "HL*4*3*EV*1",
        "TRN*2*EV-100*9123456789",
        "TRN*1*P-9*9999999999",
        "UM*HS*I*A6",
        "HCR*A2*AUTH-78*0V",
        "HI*ABK:F411:D8:20261101",
        "MSG*PEER TO PEER IS OFFERED",
        "NM1*SJ*1*Okafor*June****XX*1245319599",
        "N3*1 Quay Road",
        "N4*Port Alder*WA*98368",
        "HL*5*4*SS*0",
        "TRN*2*EV-100-1*9123456789",
        "HCR*A6*AUTH-78-1*0V",
        "DTP*036*D8*20261220",
        "DTP*007*D8*20261116",
        "SV1*HC:90837:95*150*UN*12",
        "HSD*VS*2*WK*1*35*6",
        "HL*6*4*SS*0",
        "TRN*2*EV-100-2*9123456789",
        "UM*HS*I*A6",
        "HCR*A3**0M*N",
        "SV1*HC:90847",
    ),
    "pended": answer(
        *EVENT,
        "UM*HS*I*A6",
        "HCR*A4*PEND-1*0W",
        "PWK*77*EL***AC*ACN-1*Treatment plan",
        "HL*5*4*SS*0",
        "TRN*2*EV-100-1*9123456789",
        "HCR*A4**0W",
        "HI*LOI:18804-5",
        "PWK*15*FX***AC*ACN-2",
        "MSG*SEND THE LAST NOTES",
        kind="19",
    ),
    "refused": answer(
        *EVENT,
        "AAA*N**52*C",
        "UM*HS*I*A6",
        "HL*5*4*SS*0",
        "TRN*2*EV-100-1*9123456789",
        "AAA*N**57*C",
        "UM*HS*I*A6",
        "NM1*SJ*1*Okafor*June****XX*1245319599",
        "AAA*N**51*R",
    ),
    "event-only": answer(
        "HL*4*3*EV*0", EVENT[1], "UM*HS*I*A6", "HCR*A1*AUTH-77", "DTP*102*D8*20261110"
    ),
    "silent": answer(),
    "unknown-member": answer("AAA*N**72*C", "AAA*Y**42*P"),
}
