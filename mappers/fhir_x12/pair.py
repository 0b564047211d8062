"""Pairs of transformations: an X12 element as a FHIR value, and the value as the element again."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from mappers.codes import CodeMap, Row
from mappers.fhir_x12.amount import amount, day, dollars
from mappers.path import JsonValue, text
from mappers.x12.lexer import STANDARD
from mappers.x12.text import decimal_text, plain

USD = "USD"
_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_CLOCK = re.compile(r"([0-9]{2})([0-9]{2})([0-9]{2})?[0-9]{0,2}")


@dataclass(frozen=True, slots=True)
class Pair:
    """Both ways of one transformation; None where a text is no value or a value has no text."""

    read: Callable[[str], JsonValue]
    write: Callable[[JsonValue], str | None]


def _said(value: str) -> JsonValue:
    return value if value.isalnum() else " ".join(value.split()) or None


def _plain(value: JsonValue) -> str | None:
    """Return text for people in X12's characters; delimiters in it become blanks."""
    said = text(value) if isinstance(value, str | int | Decimal) else ""
    return plain("".join(" " if one in STANDARD.marks else one for one in said)) or None


def _token(value: JsonValue) -> str | None:
    return text(value).strip() or None if isinstance(value, str | int | Decimal) else None


def _exact(value: str) -> JsonValue:
    return amount(value)


def _shortest(value: JsonValue) -> str | None:
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    return decimal_text(Decimal(value))


def _cents(value: str) -> JsonValue:
    return dollars(value)


def _whole(value: str) -> JsonValue:
    found = amount(value)
    return None if found is None or found != found.to_integral_value() else int(found)


def _money(value: str) -> JsonValue:
    found = dollars(value)
    return None if found is None else {"value": found, "currency": USD}


def _of_money(value: JsonValue) -> str | None:
    return _shortest(value.get("value")) if isinstance(value, dict) else None


def _day(value: str) -> JsonValue:
    return day(value) or None


def _compact(value: JsonValue) -> str | None:
    found = _DAY.match(value) if isinstance(value, str) else None
    return "".join(found.groups()) if found else None


def _span(value: str) -> JsonValue:
    """Return CCYYMMDD-CCYYMMDD as a Period; one day is a Period that ends as it starts."""
    first, mark, last = value.partition("-")
    start, end = day(first), day(last) if mark else day(first)
    return {"start": start, "end": end} if start and end else None


def _of_span(value: JsonValue) -> str | None:
    if not isinstance(value, dict):
        return None
    start, end = _compact(value.get("start")), _compact(value.get("end"))
    if start and end:
        return start if start == end else f"{start}-{end}"
    return start or end


def _clock(value: str) -> JsonValue:
    found = _CLOCK.fullmatch(value)
    if not found or int(found[1]) > 23 or int(found[2]) > 59 or int(found[3] or 0) > 59:
        return None
    return f"{found[1]}:{found[2]}:{found[3] or '00'}"


def _of_clock(value: JsonValue) -> str | None:
    if not isinstance(value, str):
        return None
    bare = value.replace(":", "")[:6]
    return bare.removesuffix("00") if len(bare) == 6 else bare


def _flag(value: str) -> JsonValue:
    return {"Y": True, "N": False}.get(value)


def _of_flag(value: JsonValue) -> str | None:
    return ("Y" if value else "N") if isinstance(value, bool) else None


CONTACT_SYSTEM = CodeMap(
    "contact-system",
    "PER03",
    "ContactPoint.system",
    (
        Row("TE", "phone"),
        Row("FX", "fax"),
        Row("EM", "email"),
        Row("UR", "url"),
        Row("EX", "other", note="an extension of the number before it"),
    ),
)


def coded(code_map: CodeMap) -> Pair:
    """Return the pair of a code map from X12; back, the first code that leads to the target."""
    back = {row.target: row.code for row in reversed(code_map.rows) if row.target}

    def read(value: str) -> JsonValue:
        found = code_map.translate(value)
        return found.code if found else None

    return Pair(read, lambda value: back.get(value) if isinstance(value, str) else None)


GENDER = CodeMap(
    "x12-gender",
    "DMG03",
    "Patient.gender",
    (Row("M", "male"), Row("F", "female"), Row("U", "unknown"), Row("U", "other")),
)
PAIRS: Mapping[str, Pair] = {
    "text": Pair(_said, _plain),
    "token": Pair(_said, _token),
    "number": Pair(_exact, _shortest),
    "amount": Pair(_cents, _shortest),
    "whole": Pair(_whole, _shortest),
    "money": Pair(_money, _of_money),
    "day": Pair(_day, _compact),
    "span": Pair(_span, _of_span),
    "clock": Pair(_clock, _of_clock),
    "flag": Pair(_flag, _of_flag),
    "contact-system": coded(CONTACT_SYSTEM),
    "gender": coded(GENDER),
}
