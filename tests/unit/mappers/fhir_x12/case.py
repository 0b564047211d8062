"""Synthetic claims in the forms a practice sends: each with the resources it refers to."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal

from mappers.fhir_x12.claim_837 import claim_837
from mappers.fhir_x12.exchange import Exchange
from mappers.path import JsonObject
from mappers.x12.sets import CLAIM_837P
from mappers.x12.writer import Envelope, SetBody, write
from tests.acceptance.claims import (
    NPI,
    TERMINOLOGY,
    address,
    concept,
    intake,
    line,
    professional_claim,
)

MOMENT = datetime(2026, 11, 3, 10, 0, tzinfo=UTC)
EXCHANGE = Exchange("PARITY", "CHP01", "Cascade Health Plan", "000000007", MOMENT)
ENVELOPE = Envelope("ZZ", "PARITY", "ZZ", "CHP01", 7, 7, MOMENT, "T")
ROLE = f"{TERMINOLOGY}/claimcareteamrole"


@dataclass
class Case:
    """A claim and its resources by `Type/id`, open to change."""

    claim: JsonObject
    resources: dict[str, JsonObject]

    def add(self, resource: JsonObject) -> None:
        self.resources[f"{resource['resourceType']}/{resource['id']}"] = resource

    def written(self) -> bytes:
        """Return the interchange of the claim."""
        tree = claim_837(self.claim, self.resources, EXCHANGE)
        return write(CLAIM_837P, [SetBody("0001", tree)], ENVELOPE)

    def segments(self) -> list[str]:
        """Return the segments of the interchange as text."""
        return self.written().decode().split("~")

    def starting(self, start: str) -> list[str]:
        """Return the segments that begin so."""
        return [one for one in self.segments() if one.startswith(start)]


def subscriber() -> Case:
    """Return the claim of a patient who is the subscriber."""
    resources: dict[str, JsonObject] = {}
    entries = intake()["entry"]
    assert isinstance(entries, list)
    for entry in entries:
        assert isinstance(entry, dict)
        resource = entry["resource"]
        assert isinstance(resource, dict)
        resources[f"{resource['resourceType']}/{resource['id']}"] = resource
    return Case(professional_claim("CASE1") | {"id": "case1"}, resources)


def dependent() -> Case:
    """Return the claim of a child covered by the patient of the other cases."""
    case = subscriber()
    case.add(
        {
            "resourceType": "Patient",
            "id": "milo",
            "name": [
                {"use": "nickname", "family": "Quill", "given": ["Mo"]},
                {"use": "official", "family": "Quïll", "given": ["Milo", "J"]},
            ],
            "gender": "male",
            "birthDate": "2015-06-01",
            "address": [address()],
        }
    )
    coverage = case.resources["Coverage/nora"]
    coverage["beneficiary"] = {"reference": "Patient/milo"}
    coverage["relationship"] = concept(f"{TERMINOLOGY}/subscriber-relationship", "child")
    case.claim["patient"] = {"reference": "Patient/milo"}
    return case


def replacement() -> Case:
    """Return a claim that takes the place of an earlier one."""
    return _related("replaces")


def void() -> Case:
    """Return a claim that cancels an earlier one."""
    return _related("voids")


def _related(code: str) -> Case:
    case = subscriber()
    case.claim["related"] = [
        {
            "relationship": concept("https://parity.example/claim-relationship", code),
            "reference": {"value": "CHP01-CASE0"},
        }
    ]
    return case


def authorized() -> Case:
    """Return a claim with a prior authorization, a note and a record number."""
    case = subscriber()
    insurance = case.claim["insurance"]
    assert isinstance(insurance, list)
    assert isinstance(insurance[0], dict)
    insurance[0]["preAuthRef"] = ["AUTH-77"]
    case.claim["supportingInfo"] = [
        {
            "sequence": 1,
            "category": concept(f"{TERMINOLOGY}/claiminformationcategory", "info"),
            "valueString": "second session of the week",
        }
    ]
    case.resources["Patient/nora"]["identifier"] = [
        {"type": concept(f"{TERMINOLOGY}/v2-0203", "MR"), "value": "N1"}
    ]
    return case


def supervised() -> Case:
    """Return a claim with a supervisor, a referrer, a second clinician and a place elsewhere."""
    case = subscriber()
    for id, number, family in (
        ("above", "1999000122", "Lindqvist"),
        ("before", "1999000130", "Reyes"),
        ("second", "1999000148", "Tanaka"),
    ):
        case.add(
            {
                "resourceType": "Practitioner",
                "id": id,
                "identifier": [{"system": NPI, "value": number}],
                "name": [{"family": family, "given": ["Kit"]}],
            }
        )
    case.add(
        {
            "resourceType": "PractitionerRole",
            "id": "second",
            "practitioner": {"reference": "Practitioner/second"},
            "specialty": [concept("http://nucc.org/provider-taxonomy", "101YA0400X")],
        }
    )
    case.add(
        {
            "resourceType": "Location",
            "id": "annex",
            "name": "Harbor Annex",
            "address": address() | {"line": ["77 Quay Rd", "Floor 2"]},
        }
    )
    team = case.claim["careTeam"]
    assert isinstance(team, list)
    for sequence, (role, reference) in enumerate(
        (
            ("supervisor", "Practitioner/above"),
            ("referring", "Practitioner/before"),
            ("rendering", "PractitionerRole/second"),
            ("other", "Practitioner/not-here"),
        ),
        2,
    ):
        provider: JsonObject = {"reference": reference}
        team.append({"sequence": sequence, "provider": provider, "role": concept(ROLE, role)})
    case.claim["facility"] = {"reference": "Location/annex"}
    second = line(2, "90785", "20.50") | {"careTeamSequence": [4]}
    case.claim["item"] = [line(1, "90834", "145.00"), second]
    return case


def detailed() -> Case:
    """Return a claim with diagnoses out of order, modifiers, units, another place and a span."""
    case = subscriber()
    icd = "http://hl7.org/fhir/sid/icd-10-cm"
    principal = concept(f"{TERMINOLOGY}/ex-diagnosistype", "principal")
    case.claim["diagnosis"] = [
        {"sequence": 1, "diagnosisCodeableConcept": concept(icd, "F33.1")},
        {"sequence": 2, "diagnosisCodeableConcept": concept(icd, "F10.20"), "type": [principal]},
        {"sequence": 3, "diagnosisCodeableConcept": concept(icd, "Z63.0")},
    ]
    place = "https://www.cms.gov/Medicare/Coding/place-of-service-codes/Place_of_Service_Code_Set"
    span: JsonObject = {"start": "2026-11-02", "end": "2026-11-06"}
    hourly = line(2, "H0004", "96.00") | {
        "modifier": [concept("https://parity.example/modifier", one) for one in ("HF", "HO", "95")],
        "quantity": {"value": Decimal("4.0")},
        "diagnosisSequence": [1, 3],
        "locationCodeableConcept": concept(place, "10"),
        "servicedPeriod": span,
    }
    del hourly["servicedDate"]
    first = line(1, "90834", "145.00") | {"diagnosisSequence": [2]}
    case.claim["item"] = [first, hourly]
    case.claim["total"] = {"value": Decimal("241.00"), "currency": "USD"}
    return case


CASES: dict[str, Callable[[], Case]] = {
    "subscriber": subscriber,
    "dependent": dependent,
    "replacement": replacement,
    "void": void,
    "authorized": authorized,
    "supervised": supervised,
    "detailed": detailed,
}
