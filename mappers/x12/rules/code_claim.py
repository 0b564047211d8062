"""Codes of claims (SNIP 5): diagnoses, procedures, places, bills, by their form."""

import re
from collections.abc import Iterator
from datetime import date

from mappers.x12.codes.public import PLACES
from mappers.x12.kind import CLAIMS
from mappers.x12.rules.claim import SERVICE_IDS, procedure, procedure_at, service
from mappers.x12.rules.health_code import diagnoses
from mappers.x12.rules.rule import Hit, Rule
from mappers.x12.rules.view import View

_ICD_10_SINCE = date(2015, 10, 1)
_ICD_10 = re.compile(r"[A-TV-Z][0-9][0-9A-Z](?:[0-9A-Z]{1,4})?|U(?:0[0-9]|09|8[2-5])[0-9]?")
_ICD_9 = re.compile(r"[0-9]{3,5}|V[0-9]{2,4}|E[0-9]{3,4}")
_PROCEDURE = re.compile(r"[0-9A-Z][0-9]{3}[0-9A-Z]")
_MODIFIER = re.compile(r"[0-9A-Z]{2}")
_DIGITS = re.compile(r"[0-9]+")


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


def _place(claim: View) -> Iterator[Hit]:
    if claim.opening.component(5, 1) not in PLACES:
        yield Hit(claim.opening, 5, 1)
    for line in claim.each("2400"):
        segment = service(line)
        at = 5 if claim.scene.kind == "837P" else 3
        if segment is not None and segment.element(at) and segment.element(at) not in PLACES:
            yield Hit(segment, at)


def _procedure_form(line: View) -> Iterator[Hit]:
    if _PROCEDURE.fullmatch(procedure(line)[0]):
        return
    segment, at = service(line), procedure_at(line.scene.kind)
    if segment is None or segment.component(at, 1) not in {"HC", "AD"}:
        return
    yield Hit(segment, at, 2)


def _modifier_form(line: View) -> Iterator[Hit]:
    if all(map(_MODIFIER.fullmatch, procedure(line)[1])):
        return
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


RULES: tuple[Rule, ...] = (
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
        alone=("HI",),
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
        "procedure-form",
        CLAIMS,
        "2400",
        5,
        "error",
        "no procedure code has this form",
        "send a CPT, HCPCS or CDT code of five characters",
        _procedure_form,
        status="A7:454",
        alone=SERVICE_IDS,
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
        alone=SERVICE_IDS,
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
        alone=("LIN",),
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
        alone=("SV2",),
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
        alone=("CL1",),
    ),
)
