"""The named transformations between a FHIR value and X12 text, each with its inverse.

`write` turns a FHIR value into text (None: it cannot be said), `read` the text into a value. What
reading gives, writing gives back.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from mappers.codes import CodeMap
from mappers.fhir_x12 import code_map, form_day
from mappers.fhir_x12.amount import amount
from mappers.path import JsonObject, JsonValue, text
from mappers.x12.lexer import STANDARD
from mappers.x12.text import decimal_text, plain

Write = Callable[[JsonValue, int], str | None]
Read = Callable[[str], JsonValue]

_CLEAN = re.compile(r"[A-Za-z0-9.,'#/\-]+(?: [A-Za-z0-9.,'#/\-]+)*")
_NO_MARKS = str.maketrans(dict.fromkeys(STANDARD.marks, " "))
_NDC_PARTS = (5, 4, 2)


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

    Reading gives both, so that what a FHIR code does not tell apart is kept.
    """
    back = code_map.backwards(codes)

    def write(value: JsonValue, _: int) -> str | None:
        codings = _codings(value)
        own = (text(one.get("code")) for one in codings if one.get("system") == codes.system)
        mapped = (codes.translate(text(one.get("code"))) for one in codings)
        return next(own, None) or next((one.code for one in mapped if one), None)

    def read(value: str) -> JsonValue:
        found = back.get(value)
        codings: list[JsonValue] = [{"system": codes.system, "code": value}]
        if found is not None:
            codings.insert(0, {"system": codes.source, "code": found})
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
    Form("date", form_day.date, form_day.read_date),
    Form("span", form_day.span, form_day.read_span),
    Form("statement", form_day.statement, form_day.read_span),
    Form("start", form_day.start, form_day.read_start),
    Form("moment", form_day.moment, form_day.read_moment),
    Form("hour", form_day.hour, form_day.read_hour),
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
