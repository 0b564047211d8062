"""The behavioral-health rule pack (SNIP 6): what payers of such services look at in a claim."""

from collections.abc import Iterator
from datetime import date
from typing import Protocol

from mappers.x12.diagnosis import is_date
from mappers.x12.lexer import Segment
from mappers.x12.rules import behavioral_table as table
from mappers.x12.rules.claim import (
    billing,
    coverage,
    diagnoses,
    health_codes,
    npi,
    procedure,
    procedure_at,
    service,
    service_days,
    units,
    units_at,
)
from mappers.x12.rules.rule import Hit, Rule
from mappers.x12.rules.view import View

_PROFESSIONAL, _FACILITY = ("837P",), ("837I",)
_BOTH = ("837P", "837I")
_MEDICARE = frozenset({"MA", "MB"})
_BASES = {code: basis for basis in table.UNITS for code in basis.codes}
_ADD_ONS = {one.code: one for one in table.ADD_ONS}
_EXCLUSIONS = {one.code: one for one in table.EXCLUSIONS}
_PROGRAM_OF = {code: program for program in table.PROGRAMS for code in program.revenue}


class Dated(Protocol):
    """A row of the table: in force from a day to a day."""

    @property
    def since(self) -> date:
        """The first day."""

    @property
    def until(self) -> date | None:
        """The last day; None while it holds."""


def _is_in_force(row: Dated, text: str) -> bool:
    if not is_date(text):
        return True
    day = date.fromisoformat(text)
    return row.since <= day and (row.until is None or day <= row.until)


def _at(line: View) -> tuple[Segment, int]:
    """Return the service segment of a line that has one, and where its procedure stands."""
    segment = service(line)
    return segment or line.opening, procedure_at(line.scene.kind)


def _by_day(claim: View) -> dict[str, set[str]]:
    """Return the procedures of each day of a claim."""
    days: dict[str, set[str]] = {}
    for line in claim.each("2400"):
        days.setdefault(service_days(line)[0], set()).add(procedure(line)[0])
    return days


def _add_on(claim: View) -> Iterator[Hit]:
    lines = [one for one in claim.each("2400") if procedure(one)[0] in _ADD_ONS]
    days = _by_day(claim) if lines else {}
    for line in lines:
        code, day = procedure(line)[0], service_days(line)[0]
        row = _ADD_ONS[code]
        if _is_in_force(row, day) and not row.bases & days.get(day, set()):
            segment, at = _at(line)
            yield Hit(segment, at, 2, f"{code} without its base")


def _excluded(claim: View) -> Iterator[Hit]:
    lines = [one for one in claim.each("2400") if procedure(one)[0] in _EXCLUSIONS]
    days = _by_day(claim) if lines else {}
    for line in lines:
        (code, modifiers), day = procedure(line), service_days(line)[0]
        row = _EXCLUSIONS[code]
        met = row.others & days.get(day, set())
        if met and _is_in_force(row, day) and not table.DISTINCT & set(modifiers):
            segment, at = _at(line)
            yield Hit(segment, at, 2, f"{code} beside {min(met)}")


def _unit_basis(line: View) -> Iterator[Hit]:
    code = procedure(line)[0]
    basis = _BASES.get(code)
    count = units(line) if basis is not None else None
    if basis is None or count is None:
        return
    first, last = service_days(line)
    if not _is_in_force(basis, first):
        return
    days = 1
    if is_date(first) and is_date(last):
        days = (date.fromisoformat(last) - date.fromisoformat(first)).days + 1
    most = basis.most * (-(-days // 7) if basis.unit == "week" else max(days, 1))
    if count > most:
        segment, _ = _at(line)
        told = f"{code} counts by {basis.unit}, {count} units in {days} days"
        yield Hit(segment, units_at(line.scene.kind), None, told)


def _group(line: View) -> Iterator[Hit]:
    code, modifiers = procedure(line)
    segment, at = _at(line)
    if "HQ" in modifiers and code in table.INDIVIDUAL:
        yield Hit(segment, at, 2, f"{code} is no group service")


def _group_needs(line: View) -> Iterator[Hit]:
    code, modifiers = procedure(line)
    if code not in table.GROUP_PROCEDURES or "HQ" in modifiers:
        return
    claim = line.up("2300")
    payer = coverage(claim) if claim is not None else None
    if payer is not None and payer.element(9) == "MC":
        segment, at = _at(line)
        yield Hit(segment, at, 3)


def _telehealth(line: View) -> Iterator[Hit]:
    claim = line.up("2300")
    segment = service(line)
    if claim is None or segment is None:
        return
    place = segment.element(5) or claim.opening.component(5, 1)
    is_marked = bool(table.TELEHEALTH_MODIFIERS & set(procedure(line)[1]))
    if place in table.TELEHEALTH_PLACES and not is_marked:
        yield Hit(segment, 1, 3)


def _telehealth_place(line: View) -> Iterator[Hit]:
    claim = line.up("2300")
    segment = service(line)
    if claim is None or segment is None:
        return
    place = segment.element(5) or claim.opening.component(5, 1)
    if {"95", "93"} & set(procedure(line)[1]) and place not in table.TELEHEALTH_PLACES:
        yield Hit(segment, 1, 3)


def _modifier_order(line: View) -> Iterator[Hit]:
    modifiers = procedure(line)[1]
    informs = False
    for component, modifier in enumerate(modifiers, 3):
        if informs and modifier in table.PRICING_MODIFIERS:
            segment, at = _at(line)
            yield Hit(segment, at, component)
            return
        informs = informs or modifier in table.INFORMING_MODIFIERS


def _modifier_repeated(line: View) -> Iterator[Hit]:
    modifiers = procedure(line)[1]
    if len(set(modifiers)) < len(modifiers):
        segment, at = _at(line)
        yield Hit(segment, at, 3)


def _same_service(claim: View) -> Iterator[Hit]:
    seen: set[tuple[str, str, tuple[str, ...], str]] = set()
    for line in claim.each("2400"):
        code, modifiers = procedure(line)
        renderer = npi(line.child("2420A"))
        key = (service_days(line)[0], code, modifiers, renderer)
        is_drug = line.child("2410") is not None
        if code and key in seen and not is_drug and not table.DISTINCT & set(modifiers):
            segment, at = _at(line)
            yield Hit(segment, at, 2)
        seen.add(key)


def _rendering_is_group(claim: View) -> Iterator[Hit]:
    rendering, biller = claim.child("2310B"), billing(claim)
    number = npi(rendering)
    if rendering is None or biller is None or not number or number != npi(biller):
        return
    if biller.opening.element(2) == "2":
        yield Hit(rendering.opening, 9)


def _rendering_specialty(claim: View) -> Iterator[Hit]:
    rendering = claim.child("2310B")
    if rendering is not None and rendering.first("PRV") is None:
        yield Hit(rendering.opening, missing="PRV")


def _supervised(claim: View) -> Iterator[Hit]:
    rendering = claim.child("2310B")
    specialty = rendering.first("PRV") if rendering is not None else None
    is_trainee = specialty is not None and specialty.element(3) == table.TRAINEE_TAXONOMY
    lines = claim.each("2400")
    marked = any(table.TRAINEE_MODIFIERS & set(procedure(line)[1]) for line in lines)
    if (is_trainee or marked) and claim.child("2310D") is None:
        yield Hit(claim.opening, missing="NM1")


def _supervisor_is_other(claim: View) -> Iterator[Hit]:
    supervisor = claim.child("2310D")
    if supervisor is not None and npi(supervisor) and npi(supervisor) == npi(claim.child("2310B")):
        yield Hit(supervisor.opening, 9)


def _program_procedure(line: View) -> Iterator[Hit]:
    segment = line.first("SV2")
    program = _PROGRAM_OF.get(segment.element(1)) if segment is not None else None
    code = procedure(line)[0]
    if segment is not None and program is not None and code and code not in program.procedures:
        yield Hit(segment, 1, None, f"{program.name}, {code}")


def _program_bill(line: View) -> Iterator[Hit]:
    segment, claim = line.first("SV2"), line.up("2300")
    program = _PROGRAM_OF.get(segment.element(1)) if segment is not None else None
    if segment is None or claim is None or program is None:
        return
    kind = claim.opening.component(5, 1)
    if kind not in program.bill_types:
        yield Hit(claim.opening, 5, 1, f"{program.name} on 0{kind}x")


def _program_condition(claim: View) -> Iterator[Hit]:
    payer = coverage(claim)
    if payer is None or payer.element(9) not in _MEDICARE:
        return
    conditions = set(health_codes(claim, "BG"))
    for line in claim.each("2400"):
        segment = line.first("SV2")
        program = _PROGRAM_OF.get(segment.element(1)) if segment is not None else None
        is_stay = claim.opening.component(5, 1) == "11"
        if segment is None or program is None or not program.condition or is_stay:
            continue
        if program.condition not in conditions:
            yield Hit(segment, 1, None, f"condition code {program.condition} is missing", "HI")
            return


def _programs_mixed(claim: View) -> Iterator[Hit]:
    if {"41", "92"} <= set(health_codes(claim, "BG")):
        yield Hit(claim.opening, 5)


def _diagnosed(claim: View) -> Iterator[Hit]:
    lines = claim.each("2400")
    if not any(procedure(line)[0] in table.INDIVIDUAL for line in lines):
        return
    codes = [segment.component(at, 2) for segment, at in diagnoses(claim)]
    if codes and not any(code[:1] in {"F", "Z", "R", "T"} for code in codes):
        yield Hit(claim.first("HI") or claim.opening, 1, 2)


RULES: tuple[Rule, ...] = (
    Rule(
        "add-on-base",
        _BOTH,
        "2300",
        6,
        "warning",
        "an add-on code needs its base code for the same day in the same claim",
        "bill both in one claim, or the service without the add-on",
        _add_on,
        path="Claim.item.productOrService",
        status="A8:454",
    ),
    Rule(
        "services-exclude",
        _BOTH,
        "2300",
        6,
        "warning",
        "the two services are not billed for one day",
        "bill the one that was given, or 59 or X{EPSU} where both were, apart",
        _excluded,
        path="Claim.item.productOrService",
        status="A8:454",
    ),
    Rule(
        "unit-basis",
        _BOTH,
        "2400",
        6,
        "warning",
        "there are more units than the days of service can hold",
        "bill a per-diem or session code once a day, a timed code by its quarter hours",
        _unit_basis,
        status="A7:476",
    ),
    Rule(
        "group-of-one",
        _BOTH,
        "2400",
        6,
        "warning",
        "the group modifier HQ stands with the code of an individual service",
        "bill the group code, or leave HQ out",
        _group,
        path="Claim.item.modifier",
        status="A8:453",
    ),
    Rule(
        "group-modifier",
        _BOTH,
        "2400",
        6,
        "warning",
        "Medicaid programs ask for the modifier HQ on a group service",
        "send HQ",
        _group_needs,
        path="Claim.item.modifier",
        status="A6:453",
    ),
    Rule(
        "telehealth-modifier",
        _PROFESSIONAL,
        "2400",
        6,
        "warning",
        "a service by telehealth (place 02 or 10) bears no modifier that says how",
        "send 95 for video, 93 for sound alone, GT where the payer asks for it",
        _telehealth,
        path="Claim.item.modifier",
        status="A6:453",
    ),
    Rule(
        "telehealth-place",
        _PROFESSIONAL,
        "2400",
        6,
        "information",
        "the modifier tells of telehealth, the place of service does not",
        "send place 10 for a patient at home, 02 elsewhere, unless the payer wants otherwise",
        _telehealth_place,
        path="Claim.item.locationCodeableConcept",
        status="A8:249",
    ),
    Rule(
        "modifier-order",
        _BOTH,
        "2400",
        6,
        "warning",
        "a modifier that sets the price stands after one that only informs",
        "send modifiers that price first",
        _modifier_order,
        path="Claim.item.modifier",
        status="A7:453",
    ),
    Rule(
        "modifier-repeated",
        _BOTH,
        "2400",
        6,
        "warning",
        "the line bears one modifier twice",
        "send each modifier once",
        _modifier_repeated,
        path="Claim.item.modifier",
        status="A7:453",
    ),
    Rule(
        "service-repeated",
        _PROFESSIONAL,
        "2300",
        6,
        "warning",
        "the same service of one day stands on two lines",
        "bill one line with two units, or 76, 77, 59 or X{EPSU} on the second",
        _same_service,
        path="Claim.item",
        status="A7:54",
    ),
    Rule(
        "rendering-is-group",
        _PROFESSIONAL,
        "2300",
        6,
        "warning",
        "the rendering provider bears the NPI of the group",
        "send the NPI of the person who gave the service",
        _rendering_is_group,
        path="Claim.careTeam.provider",
        status="A8:562",
    ),
    Rule(
        "rendering-specialty",
        _PROFESSIONAL,
        "2300",
        6,
        "warning",
        "the rendering provider's taxonomy is missing, many payers price by it",
        "send PRV*PE",
        _rendering_specialty,
        path="Claim.careTeam.qualification",
        status="A6:145",
    ),
    Rule(
        "supervisor-missing",
        _PROFESSIONAL,
        "2300",
        6,
        "warning",
        "a trainee gave the service and nobody is named as supervising",
        "send the supervising provider in 2310D",
        _supervised,
        path="Claim.careTeam.responsible",
        status="A6:21",
    ),
    Rule(
        "supervisor-is-rendering",
        _PROFESSIONAL,
        "2300",
        6,
        "warning",
        "the supervising provider is the rendering provider",
        "name the supervisor, or leave 2310D out",
        _supervisor_is_other,
        path="Claim.careTeam.responsible",
        status="A8:562",
    ),
    Rule(
        "program-procedure",
        _FACILITY,
        "2400",
        6,
        "warning",
        "the procedure is not one of the program its revenue code names",
        "send the revenue code of the level of care that was given",
        _program_procedure,
        segment="SV2",
        path="Claim.item.revenue",
        status="A8:455",
    ),
    Rule(
        "program-bill-type",
        _FACILITY,
        "2400",
        6,
        "warning",
        "the program is not billed on this type of bill",
        "send the type of bill of the facility that gave it",
        _program_bill,
        segment="SV2",
        path="Claim.supportingInfo.where(category.coding.code='typeofbill').code",
        status="A8:228",
    ),
    Rule(
        "program-condition",
        _FACILITY,
        "2300",
        6,
        "warning",
        "Medicare knows the program by a condition code, which is missing",
        "send HI*BG with 92 for intensive outpatient, 41 for partial hospitalization",
        _program_condition,
        path="Claim.supportingInfo",
        status="A6:460",
    ),
    Rule(
        "programs-mixed",
        _FACILITY,
        "2300",
        6,
        "warning",
        "intensive outpatient and partial hospitalization stand on one claim",
        "bill each program on its own claim",
        _programs_mixed,
        segment="HI",
        path="Claim.supportingInfo",
        status="A8:460",
    ),
    Rule(
        "behavioral-diagnosis",
        _PROFESSIONAL,
        "2300",
        6,
        "information",
        "psychotherapy is billed without a diagnosis of mental health",
        "check the diagnoses of the session",
        _diagnosed,
        path="Claim.diagnosis",
        status="A7:255",
    ),
)
