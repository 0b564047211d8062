"""A Claim to the question for its status, 276: whom to find, and by which numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from mappers.fhir_x12 import extension as ext
from mappers.fhir_x12 import system
from mappers.fhir_x12.amount import cents
from mappers.fhir_x12.datatype import listed, money, said
from mappers.fhir_x12.eligibility_party import Members, members, organization, person
from mappers.fhir_x12.party import parties
from mappers.fhir_x12.problem import NotMappable
from mappers.fhir_x12.status_report import Report, status_set
from mappers.path import JsonObject, JsonValue, read
from mappers.x12.tree import Node, seg


@dataclass(frozen=True, slots=True)
class Sought:
    """What is known of a claim beside itself: our name and id (41), the payer's number of it."""

    submitter_id: str
    submitter_name: str
    trace: str
    payer_claim_number: str = ""


def status_question(
    claim: JsonObject, resources: Mapping[str, JsonObject], sought: Sought
) -> Report:
    """Return the question of a claim. Raises NotMappable with every problem at once."""
    found, problems = parties(claim, resources)
    made = members(found)
    problems += made.problems
    if problems:
        raise NotMappable(problems)
    submitter = organization(
        {"name": sought.submitter_name or sought.submitter_id}, "41", "46", sought.submitter_id
    )
    levels = [
        _level("2000A", "20", [made.payer]),
        _level("2000B", "21", [submitter]),
        _level("2000C", "19", [made.provider]),
        *_people(made, found.patient),
    ]
    return Report(tuple(levels), tuple(_claim(claim, sought)))


def _people(made: Members, patient: JsonObject) -> list[JsonObject]:
    if made.dependent is None:
        return [_person("2000D", "22", made.subscriber)]
    dependent = person(patient, "QC", "", whole=True)
    return [_person("2000D", "22", made.subscriber), _person("2000E", "23", dependent)]


def _level(loop: str, code: str, parts: Sequence[JsonObject]) -> JsonObject:
    return {
        "url": ext.LEVEL,
        "extension": [
            {"url": "loop", "valueCode": loop},
            {"url": "code", "valueCode": code},
            *parts,
        ],
    }


def _person(loop: str, code: str, party: JsonObject) -> JsonObject:
    """Return a person's level: birth date and gender stand at the level, not beside the name."""
    parts = [one for one in listed(party, "extension") if isinstance(one, dict)]
    birth = [one for one in parts if one["url"] in {"birth-format", "birth-date", "gender"}]
    name: JsonObject = {**party, "extension": [one for one in parts if one not in birth]}
    return _level(loop, code, [*birth, name])


def _claim(claim: JsonObject, sought: Sought) -> list[JsonValue]:
    trace: JsonObject = {
        "url": ext.TRACE,
        "extension": [
            {"url": "kind", "valueCode": "1"},
            {"url": "number", "valueString": sought.trace},
        ],
    }
    bill = next((said(one, "code.coding[0].code") for one in _bills(claim)), "")
    numbers = (
        ("1K", sought.payer_claim_number),
        ("BLT", bill),
        ("EJ", said(claim, "identifier[0].value")),
    )
    references = [_reference(kind, value) for kind, value in numbers if value]
    return [trace, *references, *_total(claim), *_dates(claim)]


def _bills(claim: JsonObject) -> list[JsonObject]:
    return [
        one
        for one in read(claim, "supportingInfo")
        if isinstance(one, dict) and "typeofbill" in read(one, "category.coding.code")
    ]


def _reference(kind: str, value: str) -> JsonObject:
    told: JsonObject = {
        "type": {"coding": [{"system": system.REFERENCE_QUALIFIER, "code": kind}]},
        "value": value,
    }
    return {"url": ext.REFERENCE, "valueIdentifier": told}


def _total(claim: JsonObject) -> list[JsonValue]:
    found = next(iter(read(claim, "total.value")), None)
    if not isinstance(found, int | Decimal):
        return []
    parts: list[JsonValue] = [
        {"url": "qualifier", "valueCode": "T3"},
        {"url": "value", "valueMoney": money(cents(Decimal(found)))},
    ]
    return [{"url": ext.AMOUNT, "extension": parts}]


def _dates(claim: JsonObject) -> list[JsonValue]:
    """Return the dates of service: of the claim, else from the first line to the last."""
    days = [
        str(one)[:10]
        for path in ("servicedDate", "servicedPeriod.start", "servicedPeriod.end")
        for one in read(claim, f"item.{path}")
    ]
    start = said(claim, "billablePeriod.start")[:10] or min(days, default="")
    end = said(claim, "billablePeriod.end")[:10] or max(days, default="") or start
    if not start:
        return []
    form = "D8" if start == end else "RD8"
    parts: list[JsonValue] = [
        {"url": "qualifier", "valueCode": "472"},
        {"url": "format", "valueCode": form},
        {"url": "value", "valuePeriod": {"start": start, "end": end}},
    ]
    return [{"url": ext.PERIOD, "extension": parts}]


def question_set(told: Sequence[Report], reference: str, moment: datetime) -> Node:
    """Return the set that asks for these claims, for the writer."""
    header = seg("BHT", "0010", "13", reference, f"{moment:%Y%m%d}", f"{moment:%H%M}")
    return status_set("276", header, told)
