"""Codes of providers and addresses (SNIP 5): check digits, forms, short public lists."""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from mappers.x12.codes.public import STATES
from mappers.x12.kind import CLAIMS, REVIEWS
from mappers.x12.rules.rule import Hit, Rule
from mappers.x12.rules.view import View

_NPI_SINCE = date(2007, 5, 23)
_ALL = (*CLAIMS, "835", "270", "271", "276", "277", "277CA", *REVIEWS, "275")
_TAXONOMY = re.compile(r"[0-9A-Z]{9}X")
_DIGITS = re.compile(r"[0-9]+")
_ZIP = re.compile(r"[0-9]{5}(?:[0-9]{4})?")
_NINE = re.compile(r"[0-9]{9}")


@lru_cache(maxsize=16_384)
def is_npi(text: str) -> bool:
    """Tell whether a text is an NPI: ten digits with the Luhn check over 80840 and them."""
    if len(text) != 10 or not (text.isascii() and text.isdigit()) or text[0] not in "12":
        return False
    doubled = "".join(
        str(int(digit) * (2 if place % 2 else 1)) for place, digit in enumerate(text[::-1])
    )
    return (24 + sum(map(int, doubled))) % 10 == 0


def _npi(view: View) -> Iterator[Hit]:
    for segment in view.every("NM1"):
        number = segment.element(9)
        if number and segment.element(8) == "XX" and not is_npi(number):
            yield Hit(segment, 9)


def _payee_npi(view: View) -> Iterator[Hit]:
    for segment in view.every("N1"):
        number = segment.element(4)
        if number and segment.element(3) == "XX" and not is_npi(number):
            yield Hit(segment, 4)


def _taxonomy(view: View) -> Iterator[Hit]:
    for segment in view.every("PRV"):
        if segment.element(2) == "PXC" and not _TAXONOMY.fullmatch(segment.element(3)):
            yield Hit(segment, 3)


def _state(view: View) -> Iterator[Hit]:
    for segment in view.every("N4"):
        is_here = segment.element(4) in {"", "US"} and len(segment.elements) < 8
        if is_here and segment.element(2) and segment.element(2) not in STATES:
            yield Hit(segment, 2)


def _zip(view: View) -> Iterator[Hit]:
    for segment in view.every("N4"):
        code = segment.element(3)
        if code and segment.element(2) in STATES and not _ZIP.fullmatch(code):
            yield Hit(segment, 3)


def _full_zip(loop: View) -> Iterator[Hit]:
    for segment in loop.every("N4"):
        if len(segment.element(3)) == 5:
            yield Hit(segment, 3)


def _box(loop: View) -> Iterator[Hit]:
    for segment in loop.every("N3"):
        street = segment.element(1).upper().replace(".", "").replace(" ", "")
        if street.startswith(("POBOX", "BOX", "LOCKBOX")):
            yield Hit(segment, 1)


def _social_security(view: View) -> Iterator[Hit]:
    for segment in view.every("REF"):
        if segment.element(1) == "SY" and not _NINE.fullmatch(segment.element(2)):
            yield Hit(segment, 2)


def _tax_id(view: View) -> Iterator[Hit]:
    for segment in view.every("REF"):
        if segment.element(1) == "EI" and not _NINE.fullmatch(segment.element(2)):
            yield Hit(segment, 2)


def _phone(view: View) -> Iterator[Hit]:
    for segment in view.every("PER"):
        for at in (3, 5, 7):
            number = segment.element(at + 1)
            is_phone = segment.element(at) in {"TE", "FX"}
            if is_phone and number and not (len(number) == 10 and _DIGITS.fullmatch(number)):
                yield Hit(segment, at + 1)


RULES: tuple[Rule, ...] = (
    Rule(
        "npi-check-digit",
        _ALL,
        "",
        5,
        "error",
        "the number is not an NPI: its check digit is wrong",
        "look the number up and correct it",
        _npi,
        _NPI_SINCE,
        segment="NM1",
        status="A7:562",
        alone=("NM1",),
    ),
    Rule(
        "payee-npi-check-digit",
        ("835",),
        "",
        5,
        "error",
        "the payee's number is not an NPI: its check digit is wrong",
        "ask the payer to correct its record of the payee",
        _payee_npi,
        _NPI_SINCE,
        segment="N1",
        alone=("N1",),
    ),
    Rule(
        "taxonomy-form",
        (*CLAIMS, "270", *REVIEWS),
        "",
        5,
        "warning",
        "the specialty is not a taxonomy code",
        "send ten characters that end with X",
        _taxonomy,
        segment="PRV",
        status="A7:145",
        alone=("PRV",),
    ),
    Rule(
        "state-code",
        _ALL,
        "",
        5,
        "warning",
        "the state is not one of the postal codes",
        "send two letters, as CA",
        _state,
        segment="N4",
        status="A7:126",
        alone=("N4",),
    ),
    Rule(
        "zip-form",
        _ALL,
        "",
        5,
        "warning",
        "the ZIP code has neither five nor nine digits",
        "send the digits alone, without a hyphen",
        _zip,
        segment="N4",
        status="A7:126",
        alone=("N4",),
    ),
    Rule(
        "billing-zip",
        CLAIMS,
        "2010AA",
        5,
        "information",
        "the billing provider's ZIP code has five digits, payers ask for nine",
        "send the nine digits of the place",
        _full_zip,
        segment="N4",
        status="A7:126",
        alone=("N4",),
    ),
    Rule(
        "billing-box",
        CLAIMS,
        "2010AA",
        5,
        "warning",
        "the billing provider's address is a box, payers ask for a street",
        "send the street here and the box as pay-to address (2010AB)",
        _box,
        segment="N3",
        status="A7:126",
        alone=("N3",),
    ),
    Rule(
        "social-security-form",
        _ALL,
        "",
        5,
        "warning",
        "the social security number does not have nine digits",
        "send nine digits without hyphens",
        _social_security,
        segment="REF",
        status="A7:164",
        alone=("REF",),
    ),
    Rule(
        "tax-id-form",
        CLAIMS,
        "2010AA",
        5,
        "warning",
        "the tax id does not have nine digits",
        "send nine digits without a hyphen",
        _tax_id,
        segment="REF",
        status="A7:128",
        alone=("REF",),
    ),
    Rule(
        "phone-form",
        CLAIMS,
        "",
        5,
        "warning",
        "a telephone number has ten digits",
        "send area code and number without marks",
        _phone,
        segment="PER",
        status="A7:21",
        alone=("PER",),
    ),
)
