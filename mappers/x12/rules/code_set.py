"""Code sets (SNIP 5): what can be told from public facts: NPI, ICD-10-CM form, taxonomy, place.

Whether a code exists is not told where its list is licensed or large; its form is.
"""

import re
from collections.abc import Iterator
from datetime import date

from mappers.x12.rules.rule import Hit, Rule
from mappers.x12.rules.situation import diagnoses
from mappers.x12.tree import LoopNode

_SINCE = date(2000, 1, 1)
_NPI_SINCE = date(2007, 5, 23)
_ICD_10_SINCE = date(2015, 10, 1)
_ICD_10 = re.compile(r"[A-Z][0-9][0-9A-Z](?:[0-9A-Z]{1,4})?")
_ICD_9 = re.compile(r"[0-9]{3,5}|V[0-9]{2,4}|E[0-9]{3,4}")
_TAXONOMY = re.compile(r"[0-9A-Z]{9}X")
_PLACES = frozenset(
    f"{code:02d}"
    for first, last in (
        (1, 27),
        (31, 34),
        (41, 42),
        (49, 58),
        (60, 62),
        (65, 66),
        (71, 72),
        (81, 81),
        (99, 99),
    )
    for code in range(first, last + 1)
)  # CMS place of service codes


def is_npi(text: str) -> bool:
    """Tell whether a text is an NPI: ten digits with the Luhn check over 80840 and them."""
    if len(text) != 10 or not (text.isascii() and text.isdigit()) or text[0] not in "12":
        return False
    doubled = "".join(
        str(int(digit) * (2 if place % 2 else 1)) for place, digit in enumerate(text[::-1])
    )
    return (24 + sum(map(int, doubled))) % 10 == 0


def _npi(node: LoopNode) -> Iterator[Hit]:
    for name, kind, position in (("NM1", 8, 9), ("N1", 3, 4)):
        for segment in node.every(name):
            number = segment.element(position)
            if segment.element(kind) == "XX" and number and not is_npi(number):
                yield Hit(segment, position)


def _diagnosis_form(claim: LoopNode) -> Iterator[Hit]:
    for segment, position in diagnoses(claim):
        form = _ICD_10 if segment.component(position, 1).startswith("A") else _ICD_9
        if not form.fullmatch(segment.component(position, 2)):
            yield Hit(segment, position, 2)


def _diagnosis_mix(claim: LoopNode) -> Iterator[Hit]:
    found = diagnoses(claim)
    editions = {segment.component(position, 1)[0] for segment, position in found}
    if len(editions) > 1:
        yield Hit(found[0][0], found[0][1], 1)


def _taxonomy(node: LoopNode) -> Iterator[Hit]:
    for segment in node.every("PRV"):
        if segment.element(2) == "PXC" and not _TAXONOMY.fullmatch(segment.element(3)):
            yield Hit(segment, 3)


def _place(claim: LoopNode) -> Iterator[Hit]:
    opening = claim.opening
    if opening and opening.component(5, 1) not in _PLACES:
        yield Hit(opening, 5, 1)
    for line in claim.each("2400"):
        service = line.first("SV1")
        if service and service.element(5) and service.element(5) not in _PLACES:
            yield Hit(service, 5)


RULES: tuple[Rule, ...] = (
    Rule(
        "npi-check-digit",
        ("837", "835", "277"),
        "",
        5,
        "error",
        _NPI_SINCE,
        "the number is not an NPI: its check digit is wrong",
        "look the number up and correct it",
        _npi,
    ),
    Rule(
        "diagnosis-form",
        ("837",),
        "2300",
        5,
        "error",
        _SINCE,
        "the code does not have the form its qualifier names",
        "send an ICD-10-CM code without the dot",
        _diagnosis_form,
    ),
    Rule(
        "diagnosis-mix",
        ("837",),
        "2300",
        5,
        "error",
        _ICD_10_SINCE,
        "ICD-9 and ICD-10 codes are mixed in one claim",
        "split the claim by date of service",
        _diagnosis_mix,
    ),
    Rule(
        "taxonomy-form",
        ("837",),
        "",
        5,
        "warning",
        _SINCE,
        "the specialty is not a taxonomy code",
        "send ten characters that end with X",
        _taxonomy,
    ),
    Rule(
        "place-of-service",
        ("837",),
        "2300",
        5,
        "warning",
        _SINCE,
        "the place of service is not a code of the CMS list",
        "send the two-digit place of service",
        _place,
    ),
)
