"""Each scrub rule: the claim that breaks it, and the sound claim that does not."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from fhir_server.billing.scrub import RULES, Subject, is_npi, scrub
from fhir_server.model.resource import JsonObject
from mappers.path import read
from tests.acceptance.claims import TERMINOLOGY, concept, line
from tests.unit.mappers.fhir_x12.case import CASES, Case, subscriber

TODAY = date(2026, 11, 3)


def issues(case: Case, today: date = TODAY) -> set[tuple[str | None, str | None]]:
    found = scrub(Subject(case.claim, case.resources, today))
    return {(one.detail, one.expression) for one in found}


def items(case: Case) -> list[JsonObject]:
    return [one for one in read(case.claim, "item") if isinstance(one, dict)]


def entered_in_error(case: Case) -> None:
    case.claim["status"] = "entered-in-error"


def pharmacy(case: Case) -> None:
    case.claim["type"] = concept(f"{TERMINOLOGY}/claim-type", "pharmacy")


def long_number(case: Case) -> None:
    case.claim["identifier"] = [{"value": "C" * 21}]


def penny_off(case: Case) -> None:
    case.claim["total"] = {"value": Decimal("165.51"), "currency": "USD"}


def lost_diagnosis(case: Case) -> None:
    items(case)[1]["diagnosisSequence"] = [1, 2]


def lost_clinician(case: Case) -> None:
    items(case)[0]["careTeamSequence"] = [9]


def same_sequence(case: Case) -> None:
    items(case)[1]["sequence"] = 1


def five_pointers(case: Case) -> None:
    items(case)[0]["diagnosisSequence"] = [1, 1, 1, 1, 1]


def part_of_a_cent(case: Case) -> None:
    items(case)[0]["net"] = {"value": Decimal("145.005"), "currency": "USD"}
    case.claim["total"] = {"value": Decimal("165.505"), "currency": "USD"}


def euros(case: Case) -> None:
    items(case)[1]["net"] = {"value": Decimal("20.50"), "currency": "EUR"}


def two_authorizations(case: Case) -> None:
    case.claim["insurance"] = [
        {**one, "preAuthRef": ["A1", "A2"]}
        for one in read(case.claim, "insurance")
        if isinstance(one, dict)
    ]


def coverage_of_a_sibling(case: Case) -> None:
    case.resources["Coverage/nora"]["beneficiary"] = {"reference": "Patient/milo"}


def subscriber_is_a_sibling(case: Case) -> None:
    milo: JsonObject = {**case.resources["Patient/nora"], "id": "milo"}
    case.add(milo)
    case.resources["Coverage/nora"]["subscriber"] = {"reference": "Patient/milo"}


def five_modifiers(case: Case) -> None:
    items(case)[0]["modifier"] = [concept("m", str(number)) for number in range(5)]


def bad_procedure(case: Case) -> None:
    items(case)[0]["productOrService"] = concept("http://www.ama-assn.org/go/cpt", "9083")


def bad_diagnosis(case: Case) -> None:
    code = concept("http://hl7.org/fhir/sid/icd-10-cm", "330.1")
    case.claim["diagnosis"] = [{"sequence": 1, "diagnosisCodeableConcept": code}]


def no_units(case: Case) -> None:
    items(case)[0]["quantity"] = {"value": 0}


def tomorrow(case: Case) -> None:
    items(case)[1]["servicedDate"] = "2026-11-04"


def backwards(case: Case) -> None:
    items(case)[0]["servicedPeriod"] = {"start": "2026-11-02", "end": "2026-11-01"}


def bad_npi(case: Case) -> None:
    case.resources["Practitioner/clinician"]["identifier"] = [
        {"system": "http://hl7.org/fhir/sid/us-npi", "value": "1999000115"}
    ]


def lapsed(case: Case) -> None:
    case.resources["Coverage/nora"]["period"] = {"start": "2025", "end": "2026-11-01"}


def cancelled(case: Case) -> None:
    case.resources["Coverage/nora"]["status"] = "cancelled"


def running(case: Case) -> None:
    case.resources["Encounter/visit"]["status"] = "in-progress"


BROKEN: list[tuple[Callable[[Case], None], str, str]] = [
    (entered_in_error, "claim-not-billable", "Claim.status"),
    (pharmacy, "claim-type", "Claim.type"),
    (long_number, "claim-number", "Claim.identifier[0].value"),
    (penny_off, "claim-total", "Claim.total"),
    (lost_diagnosis, "diagnosis-pointer", "Claim.item[1].diagnosisSequence"),
    (lost_clinician, "care-team-pointer", "Claim.item[0].careTeamSequence"),
    (same_sequence, "line-sequence", "Claim.item[1].sequence"),
    (five_pointers, "diagnosis-pointer-count", "Claim.item[0].diagnosisSequence"),
    (part_of_a_cent, "money-form", "Claim.item[0].net.value"),
    (euros, "money-form", "Claim.item[1].net.currency"),
    (two_authorizations, "authorization-count", "Claim.insurance.preAuthRef"),
    (coverage_of_a_sibling, "coverage-of-patient", "Coverage.beneficiary"),
    (subscriber_is_a_sibling, "coverage-of-patient", "Coverage.subscriber"),
    (five_modifiers, "modifier-count", "Claim.item[0].modifier"),
    (bad_procedure, "procedure-form", "Claim.item[0].productOrService"),
    (bad_diagnosis, "diagnosis-form", "Claim.diagnosis[0].diagnosisCodeableConcept"),
    (no_units, "line-quantity", "Claim.item[0].quantity"),
    (tomorrow, "service-in-future", "Claim.item[1].servicedDate"),
    (backwards, "service-period", "Claim.item[0].servicedPeriod"),
    (bad_npi, "npi-check-digit", "Claim.careTeam[0].provider.identifier"),
    (lapsed, "coverage-in-force", "Coverage.period"),
    (cancelled, "coverage-in-force", "Coverage.status"),
    (running, "encounter-finished", "Claim.item[0].encounter"),
]


@pytest.mark.parametrize(("change", "rule", "path"), BROKEN)
def test_broken_rule_is_told_at_its_element(
    change: Callable[[Case], None], rule: str, path: str
) -> None:
    case = subscriber()
    change(case)
    assert (rule, path) in issues(case)
    assert {found for found, _ in issues(case)} == {rule}


def test_every_rule_has_a_claim_that_breaks_it() -> None:
    assert {rule for _, rule, _ in BROKEN} == {rule.id for rule in RULES}


@pytest.mark.parametrize("name", CASES)
def test_sound_claim_breaks_no_rule(name: str) -> None:
    assert issues(CASES[name](), date(2026, 11, 30)) == set()


def test_rule_is_not_applied_before_its_day() -> None:
    case = subscriber()
    bad_diagnosis(case)
    case.claim["item"] = [line(1, "90834", "165.50") | {"servicedDate": "2015-09-30"}]
    case.resources["Coverage/nora"].pop("period", None)
    assert issues(case, date(2015, 9, 30)) == set()
    assert issues(case, date(2015, 10, 1))


@pytest.mark.parametrize("number", ["1234567893", "1999000015", "1999000114"])
def test_right_check_digit(number: str) -> None:
    assert is_npi(number)


@pytest.mark.parametrize("number", ["1234567890", "3999000015", "123456789", "12345678931", "x"])
def test_wrong_check_digit_or_form(number: str) -> None:
    assert not is_npi(number)
