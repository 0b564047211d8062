"""The demonstration practice as resources: rows of the roster made into typed models."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from fhir.resources.R4B.claim import Claim
from fhir.resources.R4B.coverage import Coverage
from fhir.resources.R4B.encounter import Encounter
from fhir.resources.R4B.fhirresourcemodel import FHIRResourceModel
from fhir.resources.R4B.healthcareservice import HealthcareService
from fhir.resources.R4B.location import Location
from fhir.resources.R4B.organization import Organization
from fhir.resources.R4B.patient import Patient
from fhir.resources.R4B.practitioner import Practitioner
from fhir.resources.R4B.practitionerrole import PractitionerRole
from fhir.resources.R4B.servicerequest import ServiceRequest

from demo.roster import (
    CLINICIANS,
    PATIENTS,
    PAYERS,
    PLACES,
    VISITS,
    Clinician,
    Payer,
    Person,
    Place,
    Visit,
)
from fhir_server.client import as_json
from fhir_server.model.resource import JsonObject

NPI = "http://hl7.org/fhir/sid/us-npi"
TAX_ID = "urn:oid:2.16.840.1.113883.4.4"
PAYER_ID = "https://parity.example/payer-id"
MRN = "https://harbor.example/mrn"
TAXONOMY = "http://nucc.org/provider-taxonomy"
ICD10 = "http://hl7.org/fhir/sid/icd-10-cm"
CPT = "http://www.ama-assn.org/go/cpt"
HCPCS = "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
MODIFIER = "https://parity.example/modifier"
PLACE_OF_SERVICE = (
    "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
)
FILING = "https://x12.org/codes/claim-filing-indicator-codes"
TERMINOLOGY = "http://terminology.hl7.org/CodeSystem"


def reference(kind: str, id: str) -> JsonObject:
    """Return a literal reference."""
    return {"reference": f"{kind}/{id}"}


def concept(system: str, code: str) -> JsonObject:
    """Return a CodeableConcept of one coding."""
    return {"coding": [{"system": system, "code": code}]}


def address(street: str) -> JsonObject:
    """Return an address in the practice's town."""
    return {
        "use": "home",
        "line": [street],
        "city": "Port Alder",
        "state": "WA",
        "postalCode": "983680001",
    }


def payer(row: Payer) -> Organization:
    """Return the payer's Organization."""
    return Organization.model_validate(
        {
            "id": row.id,
            "identifier": [{"system": PAYER_ID, "value": row.payer_id}],
            "active": True,
            "type": [concept(f"{TERMINOLOGY}/organization-type", "pay")],
            "name": row.name,
            "address": [address("1 Insurance Plaza")],
        }
    )


def place(row: Place) -> list[FHIRResourceModel]:
    """Return a clinic or program: its Organization, Location and levels of care."""
    organization: JsonObject = {
        "id": row.id,
        "identifier": [
            {"system": NPI, "value": row.npi},
            {"system": TAX_ID, "value": "912345678"},
        ],
        "active": True,
        "type": [
            concept(f"{TERMINOLOGY}/organization-type", "prov"),
            concept(TAXONOMY, row.taxonomy),
        ],
        "name": row.name,
        "telecom": [{"system": "phone", "value": "3605550100"}],
        "address": [address("400 Harbor Way")],
    }
    if row.part_of:
        organization["partOf"] = reference("Organization", row.part_of)
    made: list[FHIRResourceModel] = [
        Organization.model_validate(organization),
        Location.model_validate(
            {
                "id": row.id,
                "status": "active",
                "name": row.name,
                "address": address("400 Harbor Way"),
                "managingOrganization": reference("Organization", row.id),
            }
        ),
    ]
    made += [level_of_care(row, level) for level in row.levels]
    return made


def level_of_care(row: Place, level: str) -> HealthcareService:
    """Return one level of care a place offers."""
    return HealthcareService.model_validate(
        {
            "id": f"{row.id}-{level}",
            "active": True,
            "providedBy": reference("Organization", row.id),
            "type": [concept("https://parity.example/level-of-care", level)],
            "name": f"{row.name}: {level.replace('-', ' ')}",
            "location": [reference("Location", row.id)],
        }
    )


def clinician(row: Clinician) -> list[FHIRResourceModel]:
    """Return a clinician: Practitioner and PractitionerRole."""
    return [
        Practitioner.model_validate(
            {
                "id": row.id,
                "identifier": [{"system": NPI, "value": row.npi}],
                "active": True,
                "name": [{"family": row.family, "given": [row.given], "suffix": [row.degree]}],
            }
        ),
        PractitionerRole.model_validate(
            {
                "id": row.id,
                "active": True,
                "practitioner": reference("Practitioner", row.id),
                "organization": reference("Organization", "harbor"),
                "specialty": [concept(TAXONOMY, row.taxonomy)],
            }
        ),
    ]


def person(row: Person) -> list[FHIRResourceModel]:
    """Return a patient and the Coverage that pays for them."""
    plan = next(one for one in PAYERS if one.id == row.payer)
    holder = row.subscriber or row.id
    relationship = "child" if row.subscriber else "self"
    return [
        Patient.model_validate(
            {
                "id": row.id,
                "identifier": [
                    {
                        "type": concept(f"{TERMINOLOGY}/v2-0203", "MR"),
                        "system": MRN,
                        "value": f"H-{row.id[1:]}",
                    }
                ],
                "active": True,
                "name": [{"use": "official", "family": row.family, "given": [row.given]}],
                "gender": row.gender,
                "birthDate": row.birth.isoformat(),
                "address": [address(row.street)],
                "generalPractitioner": [reference("Practitioner", row.clinician)],
                "managingOrganization": reference("Organization", "harbor"),
            }
        ),
        Coverage.model_validate(
            {
                "id": row.id,
                "status": "active",
                "type": concept(FILING, plan.filing),
                "subscriber": reference("Patient", holder),
                "subscriberId": row.member,
                "beneficiary": reference("Patient", row.id),
                "relationship": concept(f"{TERMINOLOGY}/subscriber-relationship", relationship),
                "period": {"start": "2026-01-01"},
                "payor": [reference("Organization", row.payer)],
                "order": 1,
            }
        ),
    ]


def encounter(row: Visit, today: date) -> Encounter:
    """Return the visit as an Encounter: finished in the past, planned in the future."""
    who = next(one for one in PATIENTS if one.id == row.patient)
    start = datetime.combine(today - timedelta(days=row.day), time(16, 0), UTC)
    status = "planned" if row.day < 0 else "in-progress" if row.day == 0 else "finished"
    period = {"start": start.isoformat()}
    if status == "finished":
        period["end"] = (start + timedelta(minutes=50)).isoformat()
    kind = "VR" if row.place in {"02", "10"} else "AMB"
    return Encounter.model_validate(
        {
            "id": row.id,
            "status": status,
            "class": {"system": f"{TERMINOLOGY}/v3-ActCode", "code": kind},
            "serviceType": concept("https://parity.example/level-of-care", row.level),
            "subject": reference("Patient", row.patient),
            "participant": [{"individual": reference("Practitioner", who.clinician)}],
            "period": period,
            "reasonCode": [concept(ICD10, code) for code in row.diagnoses],
            "serviceProvider": reference("Organization", program(row)),
        }
    )


def program(row: Visit) -> str:
    """Return the id of the place that gave the visit: substance use belongs to the program."""
    return "harbor-recovery" if row.place == "57" else "harbor"


def claim(row: Visit, today: date) -> Claim:
    """Return the professional claim of a visit."""
    who = next(one for one in PATIENTS if one.id == row.patient)
    by = next(one for one in CLINICIANS if one.id == who.clinician)
    day = (today - timedelta(days=row.day)).isoformat()
    team = [careteam(1, "primary", by)]
    if by.supervisor:
        above = next(one for one in CLINICIANS if one.id == by.supervisor)
        team.append(careteam(2, "supervisor", above))
    insurance: JsonObject = {
        "sequence": 1,
        "focal": True,
        "coverage": reference("Coverage", row.patient),
    }
    if row.authorization:
        insurance["preAuthRef"] = [row.authorization]
    return Claim.model_validate(
        {
            "id": row.id,
            "identifier": [{"system": "https://harbor.example/claim", "value": f"HBH{row.id[1:]}"}],
            "status": "active",
            "type": concept(f"{TERMINOLOGY}/claim-type", "professional"),
            "use": "claim",
            "patient": reference("Patient", row.patient),
            "billablePeriod": {"start": day, "end": day},
            "created": day,
            "insurer": reference("Organization", who.payer),
            "provider": reference("Organization", program(row)),
            "priority": concept(f"{TERMINOLOGY}/processpriority", "normal"),
            "facility": reference("Location", program(row)),
            "careTeam": team,
            "diagnosis": [
                {"sequence": number, "diagnosisCodeableConcept": concept(ICD10, code)}
                for number, code in enumerate(row.diagnoses, 1)
            ],
            "insurance": [insurance],
            "item": [item(row, number, day) for number in range(len(row.lines))],
            "total": money(sum((one.charge for one in row.lines), Decimal("0.00"))),
        }
    )


def careteam(sequence: int, role: str, who: Clinician) -> JsonObject:
    """Return one member of the claim's care team."""
    return {
        "sequence": sequence,
        "provider": reference("Practitioner", who.id),
        "role": concept(f"{TERMINOLOGY}/claimcareteamrole", role),
        "qualification": concept(TAXONOMY, who.taxonomy),
    }


def item(row: Visit, number: int, day: str) -> JsonObject:
    """Return one service line."""
    line = row.lines[number]
    made: JsonObject = {
        "sequence": number + 1,
        "careTeamSequence": [1],
        "diagnosisSequence": list(range(1, len(row.diagnoses) + 1)),
        "productOrService": concept(HCPCS if line.code[0].isalpha() else CPT, line.code),
        "servicedDate": day,
        "locationCodeableConcept": concept(PLACE_OF_SERVICE, row.place),
        "quantity": {"value": Decimal(line.units)},
        "unitPrice": money(line.charge / line.units),
        "net": money(line.charge),
        "encounter": [reference("Encounter", row.id)],
    }
    if line.modifiers:
        made["modifier"] = [concept(MODIFIER, one) for one in line.modifiers]
    return made


def money(amount: Decimal) -> JsonObject:
    """Return an amount in US dollars, with its cents."""
    return {"value": amount.quantize(Decimal("0.01")), "currency": "USD"}


def drug_screen(patient: str, today: date) -> ServiceRequest:
    """Return an order for a urine drug screen (LOINC 24349-3)."""
    return ServiceRequest.model_validate(
        {
            "id": f"screen-{patient}",
            "identifier": [
                {
                    "type": concept(f"{TERMINOLOGY}/v2-0203", "PLAC"),
                    "system": "https://harbor.example/order",
                    "value": f"ORD-{patient}",
                }
            ],
            "status": "active",
            "intent": "order",
            "code": concept("http://loinc.org", "24349-3"),
            "subject": reference("Patient", patient),
            "authoredOn": (today - timedelta(days=2)).isoformat(),
            "requester": reference("Practitioner", "okafor"),
        }
    )


def practice(today: date) -> JsonObject:
    """Return the whole practice as one transaction Bundle; the same day gives the same Bundle."""
    resources: list[FHIRResourceModel] = [payer(row) for row in PAYERS]
    for one in PLACES:
        resources += place(one)
    for worker in CLINICIANS:
        resources += clinician(worker)
    for who in PATIENTS:
        resources += person(who)
    resources += [encounter(row, today) for row in VISITS]
    resources += [claim(row, today) for row in VISITS if row.lines]
    resources += [drug_screen(patient, today) for patient in ("p05", "p06", "p10")]
    return {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [
            {
                "fullUrl": f"https://harbor.example/{one.get_resource_type()}/{one.id}",
                "resource": as_json(one),
                "request": {"method": "PUT", "url": f"{one.get_resource_type()}/{one.id}"},
            }
            for one in resources
        ],
    }
