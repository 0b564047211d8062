"""Situations of a stay or a facility's bill (SNIP 4): dates, admission, status."""

from collections.abc import Iterator

from mappers.x12.rules.claim import is_inpatient, service
from mappers.x12.rules.rule import Hit, Rule
from mappers.x12.rules.view import View

_INPATIENT_PLACES = frozenset({"21", "51", "61"})
_PRESENT_ON_ADMISSION = frozenset({"N", "U", "W", "Y", "1"})


def _admission(claim: View) -> Iterator[Hit]:
    if claim.scene.kind == "837P":
        is_stay = claim.opening.component(5, 1) in _INPATIENT_PLACES
    else:
        is_stay = is_inpatient(claim)
    if is_stay and claim.first("DTP", "435") is None:
        yield Hit(claim.opening, 5, 1, missing="DTP")


def _present_on_admission(claim: View) -> Iterator[Hit]:
    if not is_inpatient(claim):
        return
    for segment in claim.every("HI"):
        for position in range(1, len(segment.elements)):
            parts = segment.components(position)
            is_told = len(parts) > 8 and parts[8] in _PRESENT_ON_ADMISSION
            if parts[:1] and parts[0] in {"ABK", "ABF"} and not is_told:
                yield Hit(segment, position, 9)


def _admitting(claim: View) -> Iterator[Hit]:
    if is_inpatient(claim) and not _has_health_code(claim, "ABJ", "BJ"):
        yield Hit(claim.opening, 5, 1, missing="HI")


def _has_health_code(claim: View, *qualifiers: str) -> bool:
    return any(one.component(1, 1) in qualifiers for one in claim.every("HI"))


def _patient_status(claim: View) -> Iterator[Hit]:
    """Compare CL103 30 (still a patient) with the frequency of the bill."""
    facts = claim.first("CL1")
    if facts is None or not is_inpatient(claim) or not facts.element(3):
        return
    is_open = claim.opening.component(5, 3) in {"2", "3"}
    if is_open != (facts.element(3) == "30") and claim.opening.component(5, 3) in "1234":
        yield Hit(facts, 3)


def _outpatient_days(line: View) -> Iterator[Hit]:
    claim = line.up("2300")
    segment = service(line)
    if claim is None or segment is None or is_inpatient(claim):
        return
    if line.first("DTP", "472") is None:
        yield Hit(segment, None, None, missing="DTP")


def _statement(claim: View) -> Iterator[Hit]:
    dates = claim.first("DTP", "434")
    if dates is None or len(dates.element(3)) != 17:
        return
    first, last = dates.element(3)[:8], dates.element(3)[9:]
    for line in claim.each("2400"):
        day = line.first("DTP", "472")
        if day is not None and not first <= day.element(3)[:8] <= last:
            yield Hit(day, 3, None, "outside DTP*434")


RULES: tuple[Rule, ...] = (
    Rule(
        "admission-date",
        ("837P", "837I"),
        "2300",
        4,
        "warning",
        "a stay needs the day of admission",
        "send DTP*435",
        _admission,
        path="Claim.supportingInfo.where(category.coding.code='admissionperiod')",
        status="A6:189",
        report="IK3",
        code="I6",
    ),
    Rule(
        "present-on-admission",
        ("837I",),
        "2300",
        4,
        "warning",
        "a diagnosis of a stay does not tell whether it was present on admission",
        "send component 9 of the diagnosis as Y, N, U or W",
        _present_on_admission,
        segment="HI",
        path="Claim.diagnosis.onAdmission",
        status="A6:255",
    ),
    Rule(
        "admitting-diagnosis",
        ("837I",),
        "2300",
        4,
        "warning",
        "a stay needs the admitting diagnosis",
        "send HI*ABJ",
        _admitting,
        path="Claim.diagnosis.type",
        status="A6:232",
        report="IK3",
        code="I6",
    ),
    Rule(
        "patient-status",
        ("837I",),
        "2300",
        4,
        "warning",
        "the patient's status and the frequency of the bill contradict each other",
        "send status 30 with a first or continuing interim bill, and only with one",
        _patient_status,
        segment="CL1",
        status="A8:234",
    ),
    Rule(
        "outpatient-date",
        ("837I",),
        "2400",
        4,
        "warning",
        "a line of an outpatient bill needs its date of service",
        "send DTP*472",
        _outpatient_days,
        path="Claim.item.serviced[x]",
        status="A6:187",
        report="IK3",
        code="I6",
    ),
    Rule(
        "statement-dates",
        ("837I",),
        "2300",
        4,
        "warning",
        "a service lies outside the statement's dates",
        "correct DTP*434 or the line, or bill the service on its own",
        _statement,
        segment="DTP",
        path="Claim.billablePeriod",
        status="A8:187",
    ),
)
