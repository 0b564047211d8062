"""Programs of care on facility bills (SNIP 6): intensive outpatient, partial, residential."""

from collections.abc import Iterator

from mappers.x12.rules import behavioral_table as table
from mappers.x12.rules.claim import coverage, procedure
from mappers.x12.rules.health_code import health_codes
from mappers.x12.rules.rule import Hit, Rule
from mappers.x12.rules.view import View

_FACILITY = ("837I",)
_MEDICARE = frozenset({"MA", "MB"})
_PROGRAM_OF = {code: program for program in table.PROGRAMS for code in program.revenue}


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


RULES: tuple[Rule, ...] = (
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
        alone=("SV2",),
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
)
