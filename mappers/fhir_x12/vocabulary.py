"""The transformations and code maps which the segment tables name."""

import re
from collections.abc import Mapping
from decimal import Decimal

from mappers.apply import Call, Transformation, Vocabulary
from mappers.codes import CodeMap, Row, index_maps
from mappers.fhir_x12.system import FILING_INDICATOR
from mappers.path import JsonValue, read, text
from mappers.x12.lexer import STANDARD
from mappers.x12.text import decimal_text, plain

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")

GENDER = CodeMap(
    "administrative-gender",
    "Patient.gender",
    "DMG03",
    (Row("female", "F"), Row("male", "M"), Row("other", "U"), Row("unknown", "U")),
)
RELATIONSHIP = CodeMap(
    "subscriber-relationship",
    "Coverage.relationship",
    "PAT01",
    (
        Row("spouse", "01"),
        Row("child", "19"),
        Row("common", "53"),
        Row("parent", "G8"),
        Row("other", "G8"),
        Row("injured", "G8"),
    ),
)
PAYER_ORDER = CodeMap(
    "coverage-order",
    "Coverage.order",
    "SBR01",
    tuple(Row(str(number), code) for number, code in enumerate("PSTABCDEFGH", 1)),
)
FILING = CodeMap(
    "coverage-type",
    "Coverage.type",
    FILING_INDICATOR,
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
    "Claim.accident.type",
    "CLM11-1",
    (Row("MVA", "AA"), Row("WPA", "EM"), Row("SCHOOL", "OA"), Row("SPT", "OA")),
)
ASSIGNMENT = CodeMap(
    "payee-type",
    "Claim.payee.type",
    "CLM08",
    (Row("provider", "Y"), Row("subscriber", "N"), Row("beneficiary", "N"), Row("other", "Y")),
)
FREQUENCY = CodeMap(
    "related-claim",
    "Claim.related.relationship",
    "CLM05-3",
    (
        Row("replaces", "7", note="takes the place of the claim named"),
        Row("prior", "7", note="R4's own word for the claim replaced"),
        Row("voids", "8", note="cancels the claim named"),
    ),
)
CONTACT = CodeMap(
    "contact-point", "telecom.system", "PER03", (Row("phone", "TE"), Row("email", "EM"))
)


def words(node: JsonValue, call: Call[None]) -> JsonValue:
    """Return text for people in X12's characters; delimiters in it become blanks."""
    if not isinstance(node, str):
        return None
    free = "".join(" " if one in STANDARD.marks else one for one in node)
    return plain(free)[: _LIMITS.get(call.rule.target, 60)] or None


def token(node: JsonValue, _: Call[None]) -> JsonValue:
    """Return an identifier or code as it is; what X12 cannot carry is the writer's to refuse."""
    return text(node).strip() or None if isinstance(node, (str, int, Decimal)) else None


def digits(node: JsonValue, _: Call[None]) -> JsonValue:
    """Return the digits of a telephone number, postal code or tax number."""
    return re.sub(r"[^0-9]", "", node) or None if isinstance(node, str) else None


def number(node: JsonValue, _: Call[None]) -> JsonValue:
    """Return an exact number in its shortest form."""
    if isinstance(node, bool) or not isinstance(node, (int, Decimal)):
        return None
    return decimal_text(Decimal(node))


def date(node: JsonValue, _: Call[None]) -> JsonValue:
    """Return the day of a FHIR date or dateTime as CCYYMMDD; a month or year alone is no day."""
    found = _DATE.match(node) if isinstance(node, str) else None
    return "".join(found.groups()) if found else None


def span(node: JsonValue, call: Call[None]) -> JsonValue:
    """Return a Period of two days as CCYYMMDD-CCYYMMDD."""
    start, end = (next(iter(read(node, name)), None) for name in ("start", "end"))
    first, last = date(start, call), date(end, call)
    return f"{first}-{last}" if first and last else None


def undotted(node: JsonValue, _: Call[None]) -> JsonValue:
    """Return a diagnosis code as X12 writes it, without its dot."""
    return node.replace(".", "").upper() or None if isinstance(node, str) else None


def coded(node: JsonValue, call: Call[None]) -> JsonValue:
    """Return the code translated by the rule's code map."""
    found = call.translate(text(node)) if isinstance(node, (str, int)) else None
    return found.code if found else None


_LIMITS: Mapping[str, int] = {  # longest text of a name, address line and note
    "NM103": 60,
    "NM104": 35,
    "NM105": 25,
    "NM107": 10,
    "N301": 55,
    "N302": 55,
    "N401": 30,
    "NTE02": 80,
    "SBR04": 60,
    "PER02": 60,
}
_TRANSFORMATIONS: Mapping[str, Transformation[JsonValue, None]] = {
    "text": words,
    "token": token,
    "digits": digits,
    "number": number,
    "date": date,
    "span": span,
    "undotted": undotted,
    "code": coded,
}
_MAPS = (
    GENDER,
    RELATIONSHIP,
    PAYER_ORDER,
    FILING,
    ACCIDENT,
    ASSIGNMENT,
    FREQUENCY,
    CONTACT,
)
VOCABULARY: Vocabulary[JsonValue, None] = Vocabulary(_TRANSFORMATIONS, index_maps(_MAPS))
