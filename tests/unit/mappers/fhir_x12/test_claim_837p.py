"""What a claim becomes, and what it says when something X12 needs is missing."""

from collections.abc import Callable

import pytest

from mappers.fhir_x12.claim_837 import claim_837
from mappers.fhir_x12.problem import NotMappable, Problem
from mappers.path import JsonObject, read
from tests.unit.mappers.fhir_x12.case import (
    CASES,
    EXCHANGE,
    Case,
    authorized,
    dependent,
    detailed,
    replacement,
    subscriber,
    supervised,
    void,
)


def part(tree: JsonObject, path: str) -> JsonObject:
    """Return the first object at a path."""
    found = read(tree, path)[0]
    assert isinstance(found, dict)
    return found


def problems(case: Case) -> list[Problem]:
    with pytest.raises(NotMappable) as caught:
        claim_837(case.claim, case.resources, EXCHANGE)
    return list(caught.value.problems)


def test_claim_hangs_under_the_subscriber_who_is_the_patient() -> None:
    segments = subscriber().segments()
    assert "HL*2*1*22*0" in segments
    assert not [one for one in segments if one.startswith(("HL*3", "PAT", "NM1*QC"))]


def test_claim_of_a_dependent_hangs_under_the_patient() -> None:
    segments = dependent().segments()
    assert segments.index("HL*2*1*22*1") < segments.index("HL*3*2*23*0")
    assert segments.index("PAT*19") < segments.index("NM1*QC*1*Quill*Milo*J")
    assert not dependent().starting("SBR*P*18")


def test_official_name_is_written_in_plain_letters() -> None:
    assert dependent().starting("NM1*QC") == ["NM1*QC*1*Quill*Milo*J"]


@pytest.mark.parametrize(
    ("case", "frequency"), [(replacement, "7"), (void, "8"), (subscriber, "1")]
)
def test_frequency_says_what_becomes_of_an_earlier_claim(
    case: Callable[[], Case], frequency: str
) -> None:
    (head,) = case().starting("CLM")
    assert f":B:{frequency}*" in head
    assert case().starting("REF*F8") == ([] if frequency == "1" else ["REF*F8*CHP01-CASE0"])


def test_authorization_note_and_record_number_are_written() -> None:
    assert authorized().starting("REF*G1") == ["REF*G1*AUTH-77"]
    assert authorized().starting("REF*EA") == ["REF*EA*N1"]
    assert authorized().starting("NTE") == ["NTE*ADD*second session of the week"]


def test_rendering_provider_of_a_line_is_written_where_it_differs() -> None:
    segments = supervised().segments()
    assert [one for one in segments if one.startswith("NM1*82")] == [
        "NM1*82*1*Okafor*Adaeze****XX*1999000114",
        "NM1*82*1*Tanaka*Kit****XX*1999000148",
    ]
    assert segments.index("LX*2") < segments.index("NM1*82*1*Tanaka*Kit****XX*1999000148")


def test_rendering_provider_is_left_out_where_it_is_the_billing_provider() -> None:
    case = subscriber()
    number = part(case.resources["Practitioner/clinician"], "identifier")["value"]
    part(case.resources["Organization/clinic"], "identifier")["value"] = number
    assert case.starting("NM1*82") == []


def test_facility_at_the_billing_address_is_left_out() -> None:
    case = supervised()
    assert case.starting("NM1*77")
    provider = case.resources["Organization/clinic"]["address"]
    assert isinstance(provider, list)
    case.resources["Location/annex"]["address"] = provider[0]
    assert case.starting("NM1*77") == []


def test_pointers_follow_the_diagnoses_to_their_place() -> None:
    assert detailed().starting("HI") == ["HI*ABK:F1020*ABF:F331*ABF:Z630"]
    assert detailed().starting("SV1") == [
        "SV1*HC:90834*145*UN*1***1",
        "SV1*HC:H0004:HO:HF:95*96*UN*4*10**2:3",
    ]


def test_delimiters_in_a_name_become_blanks() -> None:
    case = subscriber()
    case.resources["Organization/plan"]["name"] = "Cascade~Health*Plan:West"
    assert case.starting("NM1*PR") == ["NM1*PR*2*Cascade Health Plan West*****PI*CHP01"]


def test_provider_who_is_a_person_bills_with_a_social_security_number() -> None:
    case = subscriber()
    clinic = case.resources["Organization/clinic"]
    clinic["resourceType"] = "Practitioner"
    clinic["name"] = [{"family": "Okafor", "given": ["Adaeze"]}]
    part(clinic, "identifier[1]")["system"] = "http://hl7.org/fhir/sid/us-ssn"
    assert case.starting("NM1*85") == ["NM1*85*1*Okafor*Adaeze****XX*1999000015"]
    assert case.starting("REF*SY") == ["REF*SY*912345678"]


CLINIC, PLAN, COVERAGE = "Organization/clinic", "Organization/plan", "Coverage/nora"
PATIENT, CLINICIAN = "Patient/nora", "Practitioner/clinician"
MISSING = [  # resource or element of the claim, member, then path and place that are told
    (COVERAGE, "subscriberId", "Coverage.subscriberId", "2010BA NM109"),
    (COVERAGE, "type", "Coverage.type.coding.code", "2000B SBR09"),
    (CLINIC, "identifier", "Claim.provider.identifier", "2010AA NM109"),
    (CLINIC, "telecom", "Claim.provider.telecom", "1000A PER04"),
    (CLINIC, "address", "Claim.provider.address.city", "2010AA N401"),
    (CLINIC, "", "Claim.provider", "2010AA NM1"),
    (PATIENT, "", "Claim.patient", "2010CA NM1"),
    (COVERAGE, "", "Claim.insurance.coverage", "2000B SBR"),
    (PLAN, "", "Coverage.payor", "2010BB NM1"),
    (PLAN, "identifier", "Coverage.payor.identifier", "2010BB NM109"),
    (PATIENT, "birthDate", "Coverage.subscriber.birthDate", "2010BA DMG02"),
    (PATIENT, "name", "Coverage.subscriber.name.family", "2010BA NM103"),
    (CLINICIAN, "identifier", "Claim.careTeam[0].provider.identifier", "2310B NM109"),
    (CLINICIAN, "", "Claim.careTeam[0].provider", "2310 NM1*82"),
    ("Claim", "provider", "Claim.provider", "2010AA NM1"),
    ("Claim", "identifier", "Claim.identifier.value", "2300 CLM01"),
    ("Claim", "total", "Claim.total.value", "2300 CLM02"),
    ("Claim", "diagnosis", "Claim.diagnosis", "2300 HI"),
    ("Claim.item[0]", "net", "Claim.item[0].net.value", "2400 SV102"),
    ("Claim.item[1]", "servicedDate", "Claim.item[1].servicedDate", "2400 DTP03"),
    ("Claim.item[1]", "diagnosisSequence", "Claim.item[1].diagnosisSequence", "2400 SV107-1"),
]


@pytest.mark.parametrize(("owner", "member", "path", "place"), MISSING)
def test_what_is_missing_is_named_by_its_fhir_path(
    owner: str, member: str, path: str, place: str
) -> None:
    case = subscriber()
    if not member:
        del case.resources[owner]
    elif owner == "Claim":
        del case.claim[member]
    elif owner.startswith("Claim."):
        del part(case.claim, owner)[member]
    else:
        del case.resources[owner][member]
    assert (path, place) in {(one.path, one.place) for one in problems(case)}


def test_dangling_provider_is_told_once() -> None:
    case = subscriber()
    del case.resources["Organization/clinic"]
    assert [one.path for one in problems(case)] == ["Claim.provider"]


def test_replacement_without_the_payers_number_is_refused() -> None:
    case = replacement()
    del part(case.claim, "related")["reference"]
    assert [(one.path, one.place) for one in problems(case)] == [
        ("Claim.related.reference.value", "2300 REF02")
    ]


def test_relationship_without_a_translation_is_named() -> None:
    case = dependent()
    coding = part(case.resources["Coverage/nora"], "relationship.coding")
    coding["code"] = "neighbor"
    told = problems(case)
    assert {one.path for one in told} == {"Coverage.relationship.coding.code"}
    assert {one.kind for one in told} == {"untranslated", "missing"}


def test_own_coverage_needs_no_subscriber() -> None:
    case = subscriber()
    del case.resources[COVERAGE]["subscriber"]
    assert case.written() == subscriber().written()
    del case.resources[COVERAGE]["relationship"]
    assert case.written() == subscriber().written()


def test_coverage_of_a_dependent_needs_its_subscriber() -> None:
    case = dependent()
    del case.resources[COVERAGE]["subscriber"]
    assert [one.path for one in problems(case)] == ["Coverage.subscriber"]


def test_related_person_may_be_the_subscriber() -> None:
    case = dependent()
    holder = case.resources.pop(PATIENT) | {"resourceType": "RelatedPerson", "id": "milo"}
    case.add(holder)
    case.resources[COVERAGE]["subscriber"] = {"reference": "RelatedPerson/milo"}
    assert case.written() == dependent().written()
    del case.resources[COVERAGE]["relationship"]
    assert [one.path for one in problems(case)] == ["Coverage.relationship.coding.code"]


def test_contained_and_absolute_references_are_followed() -> None:
    case = subscriber()
    case.claim["contained"] = [case.resources.pop(CLINICIAN) | {"id": "who"}]
    part(case.claim, "careTeam")["provider"] = {"reference": "#who"}
    case.claim["provider"] = {"reference": f"https://here.example/fhir/{CLINIC}/_history/3"}
    assert case.written() == subscriber().written()


def test_diagnosis_is_written_by_its_coding_of_icd_10() -> None:
    case = subscriber()
    concept = part(part(case.claim, "diagnosis"), "diagnosisCodeableConcept")
    (icd,) = read(concept, "coding")
    snomed: JsonObject = {"system": "http://snomed.info/sct", "code": "370143000"}
    concept["coding"] = [snomed, icd]
    assert case.written() == subscriber().written()
    concept["coding"] = [snomed, {"code": "F33.1"}]
    assert case.written() == subscriber().written()
    concept["coding"] = [snomed]
    path = "Claim.diagnosis[0].diagnosisCodeableConcept"
    assert ("missing", path) in {(one.kind, one.path) for one in problems(case)}


def test_more_than_twelve_diagnoses_are_refused() -> None:
    case = subscriber()
    diagnosis = part(case.claim, "diagnosis")
    case.claim["diagnosis"] = [diagnosis | {"sequence": number} for number in range(1, 14)]
    assert ("too-long", "Claim.diagnosis") in {(one.kind, one.path) for one in problems(case)}


@pytest.mark.parametrize("name", CASES)
def test_messages_hold_no_values_of_the_patient(name: str) -> None:
    case = CASES[name]()
    for resource in case.resources.values():
        resource.pop("identifier", None)
        resource.pop("birthDate", None)
    text = " ".join(f"{one.path} {one.place} {one.message}" for one in problems(case))
    assert not [one for one in ("Nora", "Quill", "CHP100200399", "9 Pine") if one in text]
