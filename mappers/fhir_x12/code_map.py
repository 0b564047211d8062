"""The translations between FHIR codes and X12 codes, each read both ways.

The first row of an X12 code is the one it is read as. A concept keeps X12's own coding beside the
FHIR one where the FHIR code would be written as another.
"""

from mappers.codes import CodeMap, Row
from mappers.fhir_x12 import system

GENDER = CodeMap(
    "administrative-gender",
    "Patient.gender",
    "DMG03",
    (Row("female", "F"), Row("male", "M"), Row("unknown", "U"), Row("other", "U")),
)
PAYER_ORDER = CodeMap(
    "coverage-order",
    "Coverage.order",
    "SBR01",
    tuple(Row(str(number), code) for number, code in enumerate("PSTABCDEFGHU", 1)),
)
UNIT = CodeMap(
    "unit",
    system.UCUM,
    "SV103, CTP05-1",
    (
        Row("1", "UN", note="units of service"),
        Row("{unit}", "UN"),
        Row("min", "MJ", note="minutes, of anesthesia only"),
        Row("d", "DA", note="days"),
        Row("mL", "ML"),
        Row("g", "GR"),
        Row("mg", "ME"),
        Row("[iU]", "F2", note="international units"),
    ),
)
RELATIONSHIP = CodeMap(
    "subscriber-relationship",
    system.RELATIONSHIP,
    system.X12_RELATIONSHIP,
    (
        Row("self", "18"),
        Row("spouse", "01"),
        Row("child", "19"),
        Row("common", "53"),
        Row("other", "G8"),
        Row("parent", "G8"),
        Row("injured", "G8"),
    ),
)
FILING = CodeMap(
    "coverage-type",
    system.ACT_CODE,
    system.FILING_INDICATOR,
    (
        Row("EHCPOL", "CI", note="employer's health plan"),
        Row("HIP", "CI", note="health insurance"),
        Row("HMO", "HM"),
        Row("PPO", "12"),
        Row("POS", "13"),
        Row("MCPOL", "CI", note="managed care"),
        Row("AUTOPOL", "AM"),
        Row("WCBPOL", "WC"),
        Row("MENTPRG", "ZZ", note="public mental health program"),
        Row("SUBPRG", "ZZ", note="public substance use program"),
        Row("SUBSIDIZ", "ZZ"),
        Row("PUBLICPOL", "ZZ"),
    ),
)
ACCIDENT = CodeMap(
    "accident-type",
    system.ACT_CODE,
    system.X12_CAUSE,
    (Row("MVA", "AA"), Row("WPA", "EM"), Row("SCHOOL", "OA"), Row("SPT", "OA")),
)
ASSIGNMENT = CodeMap(
    "payee-type",
    system.PAYEE_TYPE,
    system.X12_ASSIGNMENT,
    (Row("provider", "Y"), Row("subscriber", "N"), Row("beneficiary", "N"), Row("other", "Y")),
)
FREQUENCY = CodeMap(
    "related-claim",
    system.RELATED_CLAIM,
    "CLM05-3",
    (
        Row("replaces", "7", note="takes the place of the claim named"),
        Row("prior", "7", note="R4's own word for the claim replaced"),
        Row("voids", "8", note="cancels the claim named"),
    ),
)
ON_ADMISSION = CodeMap(
    "on-admission",
    system.PRESENT_ON_ADMISSION,
    "HI01-9",
    (Row("y", "Y"), Row("n", "N"), Row("u", "U"), Row("w", "W"), Row("exempt", "1")),
)
PLAIN_MAPS = (GENDER, PAYER_ORDER, UNIT)
CONCEPT_MAPS = (RELATIONSHIP, FILING, ACCIDENT, ASSIGNMENT, FREQUENCY, ON_ADMISSION)


NARROWER = frozenset(
    {"EHCPOL", "MCPOL", "MENTPRG", "SUBPRG", "SUBSIDIZ", "PUBLICPOL", "SCHOOL", "SPT"}
)
"""FHIR codes that say more than their X12 code does: it is never read as one of them."""


def backwards(codes: CodeMap) -> dict[str, str]:
    """Return the FHIR code each X12 code is read as: that of its first row that says no more."""
    return {row.target: row.code for row in reversed(codes.rows) if row.code not in NARROWER}
