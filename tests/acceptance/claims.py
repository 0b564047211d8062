"""A synthetic intake and professional claim, as a practice's system would post them."""

from decimal import Decimal

from fhir_server.model.resource import JsonObject

TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"
NPI = "http://hl7.org/fhir/sid/us-npi"


def concept(system: str, code: str) -> JsonObject:
    return {"coding": [{"system": system, "code": code}]}


def put(resource: JsonObject) -> JsonObject:
    place = f"{resource['resourceType']}/{resource['id']}"
    return {
        "fullUrl": f"https://practice.example/{place}",
        "resource": resource,
        "request": {"method": "PUT", "url": place},
    }


def address() -> JsonObject:
    return {"line": ["9 Pine St"], "city": "Port Alder", "state": "WA", "postalCode": "983680001"}


def intake() -> JsonObject:
    """Return the transaction that brings in a patient, the plan, the practice, the clinician."""
    resources: list[JsonObject] = [
        {
            "resourceType": "Organization",
            "id": "plan",
            "identifier": [{"system": "https://parity.example/payer-id", "value": "CHP01"}],
            "name": "Cascade Health Plan",
            "address": [address()],
        },
        {
            "resourceType": "Organization",
            "id": "clinic",
            "identifier": [
                {"system": NPI, "value": "1999000015"},
                {"system": "urn:oid:2.16.840.1.113883.4.4", "value": "912345678"},
            ],
            "type": [concept("http://nucc.org/provider-taxonomy", "261QM0801X")],
            "name": "Harbor Behavioral Health",
            "telecom": [{"system": "phone", "value": "3605550100"}],
            "address": [address()],
        },
        {
            "resourceType": "Practitioner",
            "id": "clinician",
            "identifier": [{"system": NPI, "value": "1999000114"}],
            "name": [{"family": "Okafor", "given": ["Adaeze"]}],
        },
        {
            "resourceType": "Patient",
            "id": "nora",
            "identifier": [{"system": "https://practice.example/mrn", "value": "N1"}],
            "name": [{"family": "Quill", "given": ["Nora"]}],
            "gender": "female",
            "birthDate": "1990-04-12",
            "address": [address()],
        },
        {
            "resourceType": "Coverage",
            "id": "nora",
            "status": "active",
            "type": concept("https://x12.org/codes/claim-filing-indicator-codes", "CI"),
            "subscriber": {"reference": "Patient/nora"},
            "subscriberId": "CHP100200399",
            "beneficiary": {"reference": "Patient/nora"},
            "relationship": concept(f"{TERMINOLOGY}/subscriber-relationship", "self"),
            "payor": [{"reference": "Organization/plan"}],
        },
        {
            "resourceType": "Encounter",
            "id": "visit",
            "status": "finished",
            "class": {"system": f"{TERMINOLOGY}/v3-ActCode", "code": "AMB"},
            "subject": {"reference": "Patient/nora"},
            "participant": [{"individual": {"reference": "Practitioner/clinician"}}],
            "period": {"start": "2026-11-02T16:00:00-08:00", "end": "2026-11-02T16:52:00-08:00"},
            "serviceProvider": {"reference": "Organization/clinic"},
        },
    ]
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [put(one) for one in resources],
    }


def professional_claim(number: str) -> JsonObject:
    """Return a claim for one psychotherapy session and its add-on."""
    return {
        "resourceType": "Claim",
        "identifier": [{"system": "https://practice.example/claim", "value": number}],
        "status": "active",
        "type": concept(f"{TERMINOLOGY}/claim-type", "professional"),
        "use": "claim",
        "patient": {"reference": "Patient/nora"},
        "billablePeriod": {"start": "2026-11-02", "end": "2026-11-02"},
        "created": "2026-11-03",
        "insurer": {"reference": "Organization/plan"},
        "provider": {"reference": "Organization/clinic"},
        "priority": concept(f"{TERMINOLOGY}/processpriority", "normal"),
        "careTeam": [
            {
                "sequence": 1,
                "provider": {"reference": "Practitioner/clinician"},
                "role": concept(f"{TERMINOLOGY}/claimcareteamrole", "primary"),
                "qualification": concept("http://nucc.org/provider-taxonomy", "2084P0800X"),
            }
        ],
        "diagnosis": [
            {
                "sequence": 1,
                "diagnosisCodeableConcept": concept("http://hl7.org/fhir/sid/icd-10-cm", "F33.1"),
            }
        ],
        "insurance": [{"sequence": 1, "focal": True, "coverage": {"reference": "Coverage/nora"}}],
        "item": [line(1, "90834", "145.00"), line(2, "90785", "20.50")],
        "total": money("165.50"),
    }


def line(sequence: int, code: str, amount: str) -> JsonObject:
    return {
        "sequence": sequence,
        "careTeamSequence": [1],
        "diagnosisSequence": [1],
        "productOrService": concept("http://www.ama-assn.org/go/cpt", code),
        "servicedDate": "2026-11-02",
        "locationCodeableConcept": concept(
            "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set",
            "11",
        ),
        "quantity": {"value": 1},
        "net": money(amount),
        "encounter": [{"reference": "Encounter/visit"}],
    }


def money(amount: str) -> JsonObject:
    return {"value": Decimal(amount), "currency": "USD"}
