"""Situations of claims (SNIP 4): what one element of a claim asks of another."""

from collections.abc import Iterator
from decimal import Decimal

from mappers.x12.kind import CLAIMS
from mappers.x12.rules.claim import diagnoses, is_inpatient, npi, service
from mappers.x12.rules.rule import Hit, Rule
from mappers.x12.rules.sums import Sum, summed
from mappers.x12.rules.view import View

_POINTERS = {"837P": 7, "837D": 11}
_INPATIENT_PLACES = frozenset({"21", "51", "61"})
_PRESENT_ON_ADMISSION = frozenset({"N", "U", "W", "Y", "1"})
_MOST_CLAIMS = 5000


def _pointers(claim: View) -> Iterator[Hit]:
    at = _POINTERS[claim.scene.kind]
    count = -1
    for line in claim.each("2400"):
        segment = service(line)
        if segment is None or not segment.element(at):
            continue
        count = len(diagnoses(claim)) if count < 0 else count
        for component, pointer in enumerate(segment.components(at), 1):
            is_number = pointer.isascii() and pointer.isdigit() and len(pointer) < 3
            if is_number and not 1 <= int(pointer) <= count:
                detail = f"points to diagnosis {pointer}, the claim has {count}"
                yield Hit(segment, at, component, detail)


def _repeated_pointers(line: View) -> Iterator[Hit]:
    at = _POINTERS[line.scene.kind]
    segment = service(line)
    pointers = segment.components(at) if segment is not None else ()
    if segment is not None and len(set(pointers)) < len(pointers):
        yield Hit(segment, at)


def _repeated_diagnoses(claim: View) -> Iterator[Hit]:
    seen: set[str] = set()
    for segment, position in diagnoses(claim):
        code = segment.component(position, 2)
        if code in seen:
            yield Hit(segment, position, 2)
        seen.add(code)


def _reference_of_replaced(claim: View) -> Iterator[Hit]:
    opening = claim.opening
    if opening.component(5, 3) in {"7", "8"} and claim.first("REF", "F8") is None:
        yield Hit(opening, 5, 3, missing="REF")


def _frequency(claim: View) -> Iterator[Hit]:
    if claim.opening.component(5, 3) not in {"1", "6", "7", "8", ""}:
        yield Hit(claim.opening, 5, 3)


def _claim_number(claim: View) -> Iterator[Hit]:
    length = len(claim.opening.element(1))
    if 20 < length <= 38:
        yield Hit(claim.opening, 1, None, f"{length} characters")


def _claim_repeated(claim: View) -> Iterator[Hit]:
    key = (claim.opening.element(1), claim.opening.component(5, 3))
    if key[0] and not claim.scene.is_new("claim", key):
        yield Hit(claim.opening, 1)


def _line_numbers(claim: View) -> Iterator[Hit]:
    seen: set[str] = set()
    for line in claim.each("2400"):
        reference = line.first("REF", "6R")
        if reference is None:
            continue
        if reference.element(2) in seen:
            yield Hit(reference, 2)
        seen.add(reference.element(2))


def _line_number_length(line: View) -> Iterator[Hit]:
    reference = line.first("REF", "6R")
    if reference is not None and len(reference.element(2)) > 30:
        yield Hit(reference, 2, None, f"{len(reference.element(2))} characters")


def _accident_date(claim: View) -> Iterator[Hit]:
    related = claim.opening.components(11)
    if related and {"AA", "OA"} & set(related[:3]) and claim.first("DTP", "439") is None:
        yield Hit(claim.opening, 11, missing="DTP")


def _accident_state(claim: View) -> Iterator[Hit]:
    related = claim.opening.components(11)
    if "AA" in related[:3] and not claim.opening.component(11, 4):
        yield Hit(claim.opening, 11, 4)


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


def _paperwork(view: View) -> Iterator[Hit]:
    for segment in view.every("PWK"):
        if segment.element(2) in {"BM", "EL", "EM", "FX", "FT"} and not segment.element(6):
            yield Hit(segment, 6)


def _minutes(line: View) -> Iterator[Hit]:
    segment = service(line)
    if segment is None or segment.element(3) != "MJ":
        return
    if not segment.component(1, 2).startswith("0"):
        yield Hit(segment, 3)


def _positive_units(line: View) -> Iterator[Hit]:
    segment = service(line)
    if segment is None:
        return
    at = {"837P": 4, "837I": 5, "837D": 6}[line.scene.kind]
    if segment.element(at)[:1] == "-" or segment.element(at) == "0":
        yield Hit(segment, at)


def _rendering_is_billing(claim: View) -> Iterator[Hit]:
    rendering = claim.child("2310B")
    level = claim.up("2000A")
    biller = level.child("2010AA") if level is not None else None
    number = npi(rendering)
    if rendering is None or biller is None or not number or number != npi(biller):
        return
    if biller.opening.element(2) == "1":
        yield Hit(rendering.opening, 9)


def _count(root: View) -> Iterator[Hit]:
    claims = summed(root, "claims")
    if claims is not None and claims > _MOST_CLAIMS:
        yield Hit(root.opening, None, None, f"{claims} claims")


def _one(_: View) -> Decimal:
    return Decimal(1)


SUMS: tuple[Sum, ...] = (Sum("claims", CLAIMS, "2300", _one),)
RULES: tuple[Rule, ...] = (
    Rule(
        "diagnosis-pointer",
        ("837P", "837D"),
        "2300",
        4,
        "error",
        "the line points to a diagnosis the claim does not have",
        "add the diagnosis to HI or correct the pointer of the line",
        _pointers,
        path="Claim.item.diagnosisSequence",
        status="A8:477",
        report="IK4",
        code="I9",
    ),
    Rule(
        "diagnosis-pointer-repeated",
        ("837P", "837D"),
        "2400",
        4,
        "warning",
        "the line points to one diagnosis twice",
        "point to each diagnosis once",
        _repeated_pointers,
        status="A7:477",
    ),
    Rule(
        "diagnosis-repeated",
        CLAIMS,
        "2300",
        4,
        "warning",
        "the claim names one diagnosis twice",
        "send each diagnosis once",
        _repeated_diagnoses,
        segment="HI",
        status="A7:255",
    ),
    Rule(
        "replaced-claim-number",
        CLAIMS,
        "2300",
        4,
        "error",
        "a replacement or void needs the payer's claim number",
        "send REF*F8 with the number the payer gave the earlier claim",
        _reference_of_replaced,
        path="Claim.related.reference",
        status="A6:464",
        report="IK3",
        code="I6",
    ),
    Rule(
        "claim-frequency",
        ("837P", "837D"),
        "2300",
        4,
        "warning",
        "the claim is neither original, nor replacement, nor void",
        "send CLM05-3 as 1, 7 or 8; 6 where the payer asks for it",
        _frequency,
        status="A7:535",
    ),
    Rule(
        "claim-number-length",
        CLAIMS,
        "2300",
        4,
        "warning",
        "payers need to keep only 20 characters of CLM01",
        "use a shorter claim number, it comes back in 277CA and 835",
        _claim_number,
        status="A7:478",
    ),
    Rule(
        "claim-number-repeated",
        CLAIMS,
        "2300",
        4,
        "warning",
        "two claims of the set bear the same number",
        "give each claim a number of its own",
        _claim_repeated,
        status="A7:54",
    ),
    Rule(
        "line-number-duplicate",
        CLAIMS,
        "2300",
        4,
        "warning",
        "the line control number is used twice in the claim",
        "give each line its own REF*6R",
        _line_numbers,
        path="Claim.item.extension",
        status="A7:21",
    ),
    Rule(
        "line-number-length",
        CLAIMS,
        "2400",
        4,
        "warning",
        "payers need to keep only 30 characters of the line control number",
        "use a shorter REF*6R, it comes back in the 835",
        _line_number_length,
        segment="REF",
    ),
    Rule(
        "accident-date",
        CLAIMS,
        "2300",
        4,
        "error",
        "an accident needs its date",
        "send DTP*439",
        _accident_date,
        path="Claim.accident.date",
        status="A6:189",
        report="IK3",
        code="I6",
    ),
    Rule(
        "accident-state",
        CLAIMS,
        "2300",
        4,
        "error",
        "an accident with a car needs the state it happened in",
        "send CLM11-4",
        _accident_state,
        path="Claim.accident.locationAddress.state",
        status="A6:21",
        report="IK4",
        code="I9",
    ),
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
    Rule(
        "paperwork-number",
        CLAIMS,
        "",
        4,
        "error",
        "paperwork sent apart needs a control number",
        "send PWK05 AC and PWK06, and the same number with the document",
        _paperwork,
        segment="PWK",
        status="A6:21",
        report="IK4",
        code="I9",
    ),
    Rule(
        "minutes-unit",
        ("837P",),
        "2400",
        4,
        "warning",
        "minutes are the unit of anesthesia alone",
        "send SV103 UN and the units of the code",
        _minutes,
        status="A7:476",
    ),
    Rule(
        "service-units",
        CLAIMS,
        "2400",
        4,
        "warning",
        "the units of the service are not above zero",
        "send the units that were given",
        _positive_units,
        status="A7:476",
    ),
    Rule(
        "rendering-is-billing",
        ("837P", "837D"),
        "2300",
        4,
        "warning",
        "the rendering provider is named though it is the billing provider",
        "leave 2310B out where the biller gave the service",
        _rendering_is_billing,
        path="Claim.careTeam.provider",
        status="A7:21",
    ),
    Rule(
        "claims-per-set",
        CLAIMS,
        "837",
        4,
        "warning",
        "receivers need to take only 5,000 claims in one set",
        "spread the claims over several sets",
        _count,
        status="A3:21",
    ),
)
