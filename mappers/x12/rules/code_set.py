"""Code sets (SNIP 5): what public facts tell of a code: check digits, forms, short public lists.

Whether a code exists is told where a site has loaded its list (`code_list`); its form always is.
"""

import re
from collections.abc import Iterator
from datetime import date
from functools import lru_cache

from mappers.x12.codes.public import PLACES, STATES
from mappers.x12.kind import CLAIMS
from mappers.x12.rules.claim import diagnoses, procedure_at, service
from mappers.x12.rules.rule import Hit, Rule
from mappers.x12.rules.view import View

_NPI_SINCE = date(2007, 5, 23)
_ICD_10_SINCE = date(2015, 10, 1)
_ALL = (*CLAIMS, "835", "270", "271", "276", "277", "277CA", "278", "278I", "275")
_ICD_10 = re.compile(r"[A-TV-Z][0-9][0-9A-Z](?:[0-9A-Z]{1,4})?|U(?:0[0-9]|09|8[2-5])[0-9]?")
_ICD_9 = re.compile(r"[0-9]{3,5}|V[0-9]{2,4}|E[0-9]{3,4}")
_TAXONOMY = re.compile(r"[0-9A-Z]{9}X")
_PROCEDURE = re.compile(r"[0-9A-Z][0-9]{3}[0-9A-Z]")
_MODIFIER = re.compile(r"[0-9A-Z]{2}")
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


def _diagnosis_form(claim: View) -> Iterator[Hit]:
    for segment, position in diagnoses(claim, all_kinds=True):
        qualifier = segment.component(position, 1)
        form = _ICD_10 if qualifier in {"ABK", "ABF", "ABJ", "APR", "ABN"} else _ICD_9
        if not form.fullmatch(segment.component(position, 2)):
            yield Hit(segment, position, 2)


def _diagnosis_mix(claim: View) -> Iterator[Hit]:
    found = diagnoses(claim)
    editions = {segment.component(position, 1)[0] for segment, position in found}
    if len(editions) > 1:
        yield Hit(found[0][0], found[0][1], 1)


def _taxonomy(view: View) -> Iterator[Hit]:
    for segment in view.every("PRV"):
        if segment.element(2) == "PXC" and not _TAXONOMY.fullmatch(segment.element(3)):
            yield Hit(segment, 3)


def _place(claim: View) -> Iterator[Hit]:
    if claim.opening.component(5, 1) not in PLACES:
        yield Hit(claim.opening, 5, 1)
    for line in claim.each("2400"):
        segment = service(line)
        at = 5 if claim.scene.kind == "837P" else 3
        if segment is not None and segment.element(at) and segment.element(at) not in PLACES:
            yield Hit(segment, at)


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


def _procedure_form(line: View) -> Iterator[Hit]:
    segment, at = service(line), procedure_at(line.scene.kind)
    if segment is None or segment.component(at, 1) not in {"HC", "AD"}:
        return
    if not _PROCEDURE.fullmatch(segment.component(at, 2)):
        yield Hit(segment, at, 2)


def _modifier_form(line: View) -> Iterator[Hit]:
    segment, at = service(line), procedure_at(line.scene.kind)
    parts = segment.components(at) if segment is not None else ()
    for component, part in enumerate(parts[2:6], 3):
        if segment is not None and part and not _MODIFIER.fullmatch(part):
            yield Hit(segment, at, component)


def _drug(view: View) -> Iterator[Hit]:
    for segment in view.every("LIN"):
        code = segment.element(3)
        if segment.element(2) == "N4" and not (len(code) == 11 and _DIGITS.fullmatch(code)):
            yield Hit(segment, 3)


def _revenue(view: View) -> Iterator[Hit]:
    for segment in view.every("SV2"):
        if not (len(segment.element(1)) == 4 and _DIGITS.fullmatch(segment.element(1))):
            yield Hit(segment, 1)


def _bill_type(claim: View) -> Iterator[Hit]:
    kind, frequency = claim.opening.component(5, 1), claim.opening.component(5, 3)
    if not (len(kind) == 2 and kind[0] in "12345678" and kind[1] in "123456789"):
        yield Hit(claim.opening, 5, 1)
    if len(frequency) == 1 and frequency not in "0123456789ABCDEFGHIJKMOPQXYZ":
        yield Hit(claim.opening, 5, 3)


def _facts_of_stay(claim: View) -> Iterator[Hit]:
    for segment in claim.every("CL1"):
        status = segment.element(3)
        if status and not (len(status) == 2 and _DIGITS.fullmatch(status)):
            yield Hit(segment, 3)
        if segment.element(1) and segment.element(1) not in "123459":
            yield Hit(segment, 1)


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
    ),
    Rule(
        "diagnosis-form",
        CLAIMS,
        "2300",
        5,
        "error",
        "the code does not have the form its qualifier names",
        "send an ICD-10-CM code without the dot",
        _diagnosis_form,
        segment="HI",
        path="Claim.diagnosis.diagnosisCodeableConcept",
        status="A7:255",
    ),
    Rule(
        "diagnosis-mix",
        CLAIMS,
        "2300",
        5,
        "error",
        "ICD-9 and ICD-10 codes are mixed in one claim",
        "split the claim by date of service",
        _diagnosis_mix,
        _ICD_10_SINCE,
        segment="HI",
        path="Claim.diagnosis.diagnosisCodeableConcept",
        status="A8:255",
    ),
    Rule(
        "taxonomy-form",
        (*CLAIMS, "270", "278"),
        "",
        5,
        "warning",
        "the specialty is not a taxonomy code",
        "send ten characters that end with X",
        _taxonomy,
        segment="PRV",
        status="A7:145",
    ),
    Rule(
        "place-of-service",
        ("837P", "837D"),
        "2300",
        5,
        "warning",
        "the place of service is not a code of the CMS list",
        "send the two-digit place of service",
        _place,
        path="Claim.item.locationCodeableConcept",
        status="A7:249",
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
    ),
    Rule(
        "procedure-form",
        CLAIMS,
        "2400",
        5,
        "error",
        "no procedure code has this form",
        "send a CPT, HCPCS or CDT code of five characters",
        _procedure_form,
        status="A7:454",
    ),
    Rule(
        "modifier-form",
        CLAIMS,
        "2400",
        5,
        "error",
        "a modifier has two letters or digits",
        "correct or leave out the modifier",
        _modifier_form,
        path="Claim.item.modifier",
        status="A7:453",
    ),
    Rule(
        "drug-code-form",
        CLAIMS,
        "2410",
        5,
        "error",
        "an NDC has eleven digits",
        "send the 5-4-2 form without hyphens",
        _drug,
        segment="LIN",
        status="A7:218",
    ),
    Rule(
        "revenue-code-form",
        ("837I",),
        "2400",
        5,
        "error",
        "a revenue code has four digits",
        "send the leading zero too",
        _revenue,
        segment="SV2",
        status="A7:455",
    ),
    Rule(
        "bill-type-form",
        ("837I",),
        "2300",
        5,
        "error",
        "no type of bill has this form",
        "send its second and third digit in CLM05-1, the frequency in CLM05-3",
        _bill_type,
        path="Claim.supportingInfo.where(category.coding.code='typeofbill').code",
        status="A7:228",
    ),
    Rule(
        "stay-code-form",
        ("837I",),
        "2300",
        5,
        "error",
        "the kind of admission or the patient's status has no such form",
        "send one digit in CL101, two in CL103",
        _facts_of_stay,
        segment="CL1",
        status="A7:231",
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
    ),
)
