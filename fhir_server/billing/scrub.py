"""What is wrong with a claim before it leaves: pure checks, each a dated row.

A check looks at the claim and the resources it refers to and yields the elements that break the
rule. Whether everything X12 needs is there is the map's to say (`mappers.fhir_x12`).
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import Issue, Severity
from mappers.fhir_x12.claim_kind import KINDS
from mappers.fhir_x12.line import MOST_POINTERS
from mappers.fhir_x12.party import focal, parties
from mappers.fhir_x12.reference import literal
from mappers.fhir_x12.system import ICD_10_CM, NPI
from mappers.path import read

Resources = Mapping[str, JsonObject]


@dataclass(frozen=True, slots=True)
class Subject:
    """The claim under judgement, the resources it refers to, and the day of judgement."""

    claim: JsonObject
    resources: Resources
    today: date


Check = Callable[[Subject], Iterator[str]]
"""Yields the FHIRPath of each element that breaks the rule."""


@dataclass(frozen=True, slots=True)
class ScrubRule:
    """One rule: in force for claims judged from `since` on."""

    id: str
    since: date
    check: Check
    message: str
    severity: Severity = "error"


def scrub(subject: Subject) -> tuple[Issue, ...]:
    """Return what is wrong with the claim by every rule in force."""
    return tuple(
        Issue(rule.severity, "business-rule", rule.message, path, rule.id)
        for rule in RULES
        if rule.since <= subject.today
        for path in rule.check(subject)
    )


def _items(subject: Subject) -> Iterator[tuple[str, JsonObject]]:
    for index, item in enumerate(read(subject.claim, "item")):
        if isinstance(item, dict):
            yield f"Claim.item[{index}]", item


def _not_billable(subject: Subject) -> Iterator[str]:
    if subject.claim.get("status") != "active":
        yield "Claim.status"
    if subject.claim.get("use") != "claim":
        yield "Claim.use"


def _unknown_kind(subject: Subject) -> Iterator[str]:
    if not any(str(one) in KINDS for one in read(subject.claim, "type.coding.code")):
        yield "Claim.type"


def _bad_number(subject: Subject) -> Iterator[str]:
    for number in read(subject.claim, "identifier[0].value"):
        if not _CLAIM_NUMBER.fullmatch(str(number)):
            yield "Claim.identifier[0].value"


def _wrong_total(subject: Subject) -> Iterator[str]:
    totals = [one for one in read(subject.claim, "total.value") if _is_number(one)]
    lines = [one for one in read(subject.claim, "item.net.value") if _is_number(one)]
    if totals and Decimal(str(totals[0])) != sum((Decimal(str(one)) for one in lines), Decimal()):
        yield "Claim.total"


def _lost_pointer(subject: Subject) -> Iterator[str]:
    known = read(subject.claim, "diagnosis.sequence")
    for path, item in _items(subject):
        if any(one not in known for one in read(item, "diagnosisSequence")):
            yield f"{path}.diagnosisSequence"


def _lost_member(subject: Subject) -> Iterator[str]:
    known = read(subject.claim, "careTeam.sequence")
    for path, item in _items(subject):
        if any(one not in known for one in read(item, "careTeamSequence")):
            yield f"{path}.careTeamSequence"


def _repeated_sequence(subject: Subject) -> Iterator[str]:
    seen: list[JsonValue] = []
    for path, item in _items(subject):
        if item.get("sequence") in seen:
            yield f"{path}.sequence"
        seen.append(item.get("sequence"))


def _too_many_pointers(subject: Subject) -> Iterator[str]:
    for path, item in _items(subject):
        if len(read(item, "diagnosisSequence")) > MOST_POINTERS:
            yield f"{path}.diagnosisSequence"


def _bad_money(subject: Subject) -> Iterator[str]:
    amounts = [("Claim.total", subject.claim.get("total"))]
    amounts += [(f"{path}.net", item.get("net")) for path, item in _items(subject)]
    for path, money in amounts:
        if any(_is_number(one) and not _is_cents(one) for one in read(money, "value")):
            yield f"{path}.value"
        if any(one != "USD" for one in read(money, "currency")):
            yield f"{path}.currency"


def _second_authorization(subject: Subject) -> Iterator[str]:
    if len(read(focal(subject.claim), "preAuthRef")) > 1:
        yield "Claim.insurance.preAuthRef"


def _coverage_of_another(subject: Subject) -> Iterator[str]:
    found, _ = parties(subject.claim, subject.resources)
    patient = _targets(subject.claim, "patient")
    insured = _targets(found.coverage, "beneficiary")
    if patient and insured and patient != insured:
        yield "Coverage.beneficiary"
    holder = _targets(found.coverage, "subscriber")
    if found.patient_is_subscriber and patient and holder and patient != holder:
        yield "Coverage.subscriber"


def _targets(resource: JsonObject, name: str) -> list[str]:
    """Return whom the element refers to, as `Type/id`; nothing where a reference is contained."""
    found = [str(one) for one in read(resource, f"{name}.reference")]
    return [literal(one) for one in found if not one.startswith("#")]


def _too_many_modifiers(subject: Subject) -> Iterator[str]:
    for path, item in _items(subject):
        if len(read(item, "modifier")) > 4:
            yield f"{path}.modifier"


def _bad_procedure(subject: Subject) -> Iterator[str]:
    for path, item in _items(subject):
        codes = [str(one) for one in read(item, "productOrService.coding.code")]
        if codes and not any(_PROCEDURE.fullmatch(one) for one in codes):
            yield f"{path}.productOrService"


def _bad_diagnosis(subject: Subject) -> Iterator[str]:
    for index, one in enumerate(read(subject.claim, "diagnosis")):
        codes = read(one, f"diagnosisCodeableConcept.coding[system={ICD_10_CM}].code")
        if any(not _DIAGNOSIS.fullmatch(str(code)) for code in codes):
            yield f"Claim.diagnosis[{index}].diagnosisCodeableConcept"


def _bad_quantity(subject: Subject) -> Iterator[str]:
    for path, item in _items(subject):
        units = [one for one in read(item, "quantity.value") if _is_number(one)]
        if any(Decimal(str(one)) <= 0 for one in units):
            yield f"{path}.quantity"
        charges = [one for one in read(item, "net.value") if _is_number(one)]
        if any(Decimal(str(one)) < 0 for one in charges):
            yield f"{path}.net"


def _future_service(subject: Subject) -> Iterator[str]:
    today = subject.today.isoformat()
    for path, item in _items(subject):
        for name in ("servicedDate", "servicedPeriod.start", "servicedPeriod.end"):
            if any(str(one)[:10] > today for one in read(item, name)):
                yield f"{path}.{name}"


def _reversed_period(subject: Subject) -> Iterator[str]:
    for path, item in _items(subject):
        starts, ends = read(item, "servicedPeriod.start"), read(item, "servicedPeriod.end")
        if starts and ends and str(starts[0])[:10] > str(ends[0])[:10]:
            yield f"{path}.servicedPeriod"


def _bad_npi(subject: Subject) -> Iterator[str]:
    found, _ = parties(subject.claim, subject.resources)
    named = [("Claim.provider", found.provider), ("Claim.facility", found.facility)]
    named += [(f"Claim.careTeam[{one.index}].provider", one.provider) for one in found.team]
    for path, provider in named:
        numbers = read(provider, f"identifier[system={NPI}].value")
        if any(not is_npi(str(one)) for one in numbers):
            yield f"{path}.identifier"


def _lapsed_coverage(subject: Subject) -> Iterator[str]:
    coverage = parties(subject.claim, subject.resources)[0].coverage
    if coverage.get("status", "active") != "active":
        yield "Coverage.status"
    starts, ends = read(coverage, "period.start"), read(coverage, "period.end")
    for day in _service_days(subject):
        before = any(day < str(one)[: len(day)] for one in starts)
        after = any(day[: len(str(one))] > str(one)[:10] for one in ends)
        if before or after:
            yield "Coverage.period"
            return


def _service_days(subject: Subject) -> Iterator[str]:
    for _, item in _items(subject):
        for name in ("servicedDate", "servicedPeriod.start"):
            yield from (str(one)[:10] for one in read(item, name))


def _unfinished_encounter(subject: Subject) -> Iterator[str]:
    for path, item in _items(subject):
        for reference in read(item, "encounter.reference"):
            encounter = subject.resources.get(str(reference))
            if encounter is not None and encounter.get("status") != "finished":
                yield f"{path}.encounter"


def is_npi(number: str) -> bool:
    """Tell whether ten digits end in the right check digit (Luhn over 80840 and the number)."""
    if not re.fullmatch(r"[12][0-9]{9}", number):
        return False
    digits = [int(one) for one in "80840" + number]
    doubled = (
        sum(divmod(digit * 2, 10)) if place % 2 else digit
        for place, digit in enumerate(reversed(digits))
    )
    return sum(doubled) % 10 == 0


def _is_number(value: JsonValue) -> bool:
    return isinstance(value, (int, Decimal)) and not isinstance(value, bool)


def _is_cents(value: JsonValue) -> bool:
    amount = Decimal(str(value))
    return amount == round(amount, 2)


_CLAIM_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9 .\-/]{0,19}")
_PROCEDURE = re.compile(r"[A-Z0-9][0-9]{3}[A-Z0-9]")
_DIAGNOSIS = re.compile(r"[A-Z][0-9][0-9A-Z](\.?[0-9A-Z]{1,4})?")
_EPOCH = date(2012, 1, 1)  # the day 005010 became the form of claims
_ICD_10 = date(2015, 10, 1)

RULES: tuple[ScrubRule, ...] = (
    ScrubRule("claim-not-billable", _EPOCH, _not_billable, "only an active claim is submitted"),
    ScrubRule(
        "claim-type",
        _EPOCH,
        _unknown_kind,
        "only professional, institutional and oral claims are sent as 837",
    ),
    ScrubRule(
        "claim-number",
        _EPOCH,
        _bad_number,
        "the claim's number has 1 to 20 letters, digits, blanks, dots, hyphens or slashes",
    ),
    ScrubRule("claim-total", _EPOCH, _wrong_total, "the total is not the sum of the lines"),
    ScrubRule(
        "diagnosis-pointer", _EPOCH, _lost_pointer, "the line points to a diagnosis not listed"
    ),
    ScrubRule("care-team-pointer", _EPOCH, _lost_member, "the line names no member of careTeam"),
    ScrubRule("line-sequence", _EPOCH, _repeated_sequence, "the number of the line is not unique"),
    ScrubRule(
        "diagnosis-pointer-count",
        _EPOCH,
        _too_many_pointers,
        f"a line points to at most {MOST_POINTERS} diagnoses",
    ),
    ScrubRule("money-form", _EPOCH, _bad_money, "an amount is in dollars and whole cents"),
    ScrubRule(
        "authorization-count",
        _EPOCH,
        _second_authorization,
        "a claim names one prior authorization",
    ),
    ScrubRule(
        "coverage-of-patient",
        _EPOCH,
        _coverage_of_another,
        "the coverage is another person's, not the patient's of the claim",
    ),
    ScrubRule("modifier-count", _EPOCH, _too_many_modifiers, "a line has at most four modifiers"),
    ScrubRule("procedure-form", _EPOCH, _bad_procedure, "no CPT or HCPCS code has this form"),
    ScrubRule("diagnosis-form", _ICD_10, _bad_diagnosis, "no ICD-10-CM code has this form"),
    ScrubRule("line-quantity", _EPOCH, _bad_quantity, "units are above and charges not below zero"),
    ScrubRule("service-in-future", _EPOCH, _future_service, "the service lies in the future"),
    ScrubRule("service-period", _EPOCH, _reversed_period, "the period ends before it begins"),
    ScrubRule("npi-check-digit", _EPOCH, _bad_npi, "the NPI has a wrong check digit or form"),
    ScrubRule(
        "coverage-in-force", _EPOCH, _lapsed_coverage, "the coverage is not in force at the service"
    ),
    ScrubRule(
        "encounter-finished", _EPOCH, _unfinished_encounter, "the visit is not finished", "warning"
    ),
)
