"""The named transformations between a FHIR value and X12 text, each with its inverse.

`write` turns a FHIR value into text (None: it cannot be said), `read` the text into a value. What
reading gives, writing gives back.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from mappers.codes import CodeMap
from mappers.fhir_x12 import code_map
from mappers.fhir_x12.amount import amount, day
from mappers.path import JsonObject, JsonValue, text
from mappers.x12.lexer import STANDARD
from mappers.x12.text import decimal_text, plain

Write = Callable[[JsonValue, int], str | None]
Read = Callable[[str], JsonValue]

_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_CLEAN = re.compile(r"[A-Za-z0-9.,'#/\-]+(?: [A-Za-z0-9.,'#/\-]+)*")
_NO_MARKS = str.maketrans(dict.fromkeys(STANDARD.marks, " "))
_DAY_LENGTH = len("2026-03-01")
_NDC_PARTS = (5, 4, 2)
_MOMENT = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})T([0-9]{2}):([0-9]{2})")
_CLOCK = re.compile(r"([0-2][0-9])([0-5][0-9])")


@dataclass(frozen=True, slots=True)
class Form:
    """A transformation and its inverse; `codes` is the code map it translates by, if any."""

    name: str
    write: Write
    read: Read
    codes: CodeMap | None = None
    leaf: str = ""  # where in the element the value is, for messages


def _words(value: JsonValue, limit: int) -> str | None:
    """Return text for people in X12's characters; delimiters in it become blanks."""
    if not isinstance(value, str):
        return None
    if not _CLEAN.fullmatch(value):
        value = plain(value.translate(_NO_MARKS))
    return value[:limit].rstrip() or None


def _token(value: JsonValue, _: int) -> str | None:
    """Return an identifier or code as it is; what X12 cannot carry is the writer's to refuse."""
    if isinstance(value, str):
        return value.strip() or None
    return text(value) if isinstance(value, (int, Decimal)) and value is not True else None


def _same(value: str) -> JsonValue:
    return value


def _digits(value: JsonValue, _: int) -> str | None:
    """Return the digits of a telephone number, postal code or tax number."""
    if not isinstance(value, str):
        return None
    return (value if value.isdecimal() else re.sub(r"[^0-9]", "", value)) or None


def _postal(value: JsonValue, limit: int) -> str | None:
    """Return a postal code: digits of an American one, letters and digits of another."""
    if not isinstance(value, str):
        return None
    bare = value.replace("-", "").replace(" ", "")
    return bare if bare.isalnum() else _digits(value, limit)


def _ndc(value: JsonValue, limit: int) -> str | None:
    """Return a National Drug Code in eleven digits: a hyphenated one is filled up to 5-4-2."""
    found = value.split("-") if isinstance(value, str) else []
    if len(found) == len(_NDC_PARTS):
        return "".join(one.rjust(width, "0") for one, width in zip(found, _NDC_PARTS, strict=True))
    return _digits(value, limit)


def _country(value: JsonValue, limit: int) -> str | None:
    """Return a country other than the United States, which X12 leaves unsaid."""
    told = _token(value, limit)
    return None if told in {"US", "USA"} else told


def _number(value: JsonValue, _: int) -> str | None:
    """Return an exact number in its shortest form."""
    if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
        return None
    return decimal_text(Decimal(value))


def _read_number(value: str) -> JsonValue:
    return amount(value)


def _integer(value: str) -> JsonValue:
    found = amount(value)
    return int(found) if found is not None and found == int(found) else None


def _money(value: JsonValue, limit: int) -> str | None:
    """Return the amount of Money."""
    return _number(value.get("value"), limit) if isinstance(value, dict) else None


def _read_money(value: str) -> JsonValue:
    found = amount(value)
    return None if found is None else {"value": found, "currency": "USD"}


def _date(value: JsonValue, _: int) -> str | None:
    """Return the day of a FHIR date or dateTime as CCYYMMDD; a month or year alone is no day."""
    found = _DATE.match(value) if isinstance(value, str) else None
    return "".join(found.groups()) if found else None


def _read_date(value: str) -> JsonValue:
    return (day(value) or None) if len(value) == 8 else None


def _span(value: JsonValue, limit: int) -> str | None:
    """Return a Period of days as CCYYMMDD-CCYYMMDD; hours within one day are that day."""
    if not isinstance(value, dict):
        return None
    start, end = value.get("start"), value.get("end")
    first, last = _date(start, limit), _date(end, limit)
    if not first or not last:
        return None
    is_visit = first == last and isinstance(start, str) and len(start) > _DAY_LENGTH
    return None if is_visit else f"{first}-{last}"


def _read_span(value: str) -> JsonValue:
    first, _, last = value.partition("-")
    start, end = _read_date(first), _read_date(last)
    return {"start": start, "end": end} if start and end else None


def _statement(value: JsonValue, limit: int) -> str | None:
    """Return a Period of days as CCYYMMDD-CCYYMMDD, one day from itself to itself."""
    if not isinstance(value, dict):
        return None
    first = _date(value.get("start"), limit)
    return f"{first}-{_date(value.get('end'), limit) or first}" if first else None


def _start(value: JsonValue, limit: int) -> str | None:
    """Return the day a Period begins: it has no end, or ends the same day."""
    return _date(value.get("start"), limit) if isinstance(value, dict) else None


def _read_start(value: str) -> JsonValue:
    start = _read_date(value)
    return {"start": start} if start else None


def _moment(value: JsonValue, _: int) -> str | None:
    """Return a day and an hour without a zone (`2026-03-01T08:00`) as CCYYMMDDHHMM."""
    found = _MOMENT.fullmatch(value) if isinstance(value, str) else None
    return "".join(found.groups()) if found else None


def _read_moment(value: str) -> JsonValue:
    date, hour = _read_date(value[:8]), _read_hour(value[8:])
    return f"{date}T{str(hour)[:5]}" if date and hour else None


def _hour(value: JsonValue, _: int) -> str | None:
    """Return a FHIR time as HHMM."""
    return value[:5].replace(":", "") or None if isinstance(value, str) else None


def _read_hour(value: str) -> JsonValue:
    found = _CLOCK.fullmatch(value)
    return f"{found[1]}:{found[2]}:00" if found else None


def _yes(value: JsonValue, _: int) -> str | None:
    return "Y" if value is True else None


def _read_yes(value: str) -> JsonValue:
    return True if value == "Y" else None


def _yes_no(value: JsonValue, _: int) -> str | None:
    return {True: "Y", False: "N"}.get(value) if isinstance(value, bool) else None


def _read_yes_no(value: str) -> JsonValue:
    return {"Y": True, "N": False}.get(value)


def _zero(value: JsonValue, _: int) -> str | None:
    return "0" if value is True else None


def _read_zero(value: str) -> JsonValue:
    return True if value == "0" else None


def _code(codes: CodeMap) -> Form:
    """Return the translation of a plain code."""
    back = code_map.backwards(codes)

    def write(value: JsonValue, _: int) -> str | None:
        found = codes.translate(text(value)) if isinstance(value, (str, int)) else None
        return found.code if found else None

    def read(value: str) -> JsonValue:
        found = back.get(value)
        is_number = found is not None and found.isdecimal()
        return int(found) if found is not None and is_number else found

    return Form(codes.name, write, read, codes)


def _concept(codes: CodeMap) -> Form:
    """Return the translation of a CodeableConcept: X12's own coding first, then the mapped ones.

    Reading gives the mapped code, and X12's own beside it where the mapped one does not lead back.
    """
    back = code_map.backwards(codes)

    def write(value: JsonValue, _: int) -> str | None:
        codings = _codings(value)
        own = (text(one.get("code")) for one in codings if one.get("system") == codes.system)
        mapped = (codes.translate(text(one.get("code"))) for one in codings)
        return next(own, None) or next((one.code for one in mapped if one), None)

    def read(value: str) -> JsonValue:
        found = back.get(value)
        codings: list[JsonValue] = []
        if found is not None:
            codings.append({"system": codes.source, "code": found})
        mapped = codes.translate(found) if found is not None else None
        if mapped is None or mapped.code != value:
            codings.append({"system": codes.system, "code": value})
        return {"coding": codings}

    return Form(codes.name, write, read, codes, ".coding.code")


def _codings(concept: JsonValue) -> list[JsonObject]:
    found = concept.get("coding") if isinstance(concept, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


_PLAIN = (
    Form("text", _words, _same),
    Form("token", _token, _same),
    Form("digits", _digits, _same),
    Form("postal", _postal, _same),
    Form("ndc", _ndc, _same),
    Form("country", _country, _same),
    Form("number", _number, _read_number),
    Form("integer", _number, _integer),
    Form("money", _money, _read_money, leaf=".value"),
    Form("date", _date, _read_date),
    Form("span", _span, _read_span),
    Form("statement", _statement, _read_span),
    Form("start", _start, _read_start),
    Form("moment", _moment, _read_moment),
    Form("hour", _hour, _read_hour),
    Form("yes", _yes, _read_yes),
    Form("yes-no", _yes_no, _read_yes_no),
    Form("zero", _zero, _read_zero),
)
FORMS: Mapping[str, Form] = {
    one.name: one
    for one in (
        *_PLAIN,
        *map(_code, code_map.PLAIN_MAPS),
        *map(_concept, code_map.CONCEPT_MAPS),
    )
}
"""Every transformation by its name; those that translate bear the name of their code map."""
