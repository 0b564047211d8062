"""The people and organizations of an eligibility or status question, out of FHIR resources."""

from dataclasses import dataclass

from mappers.fhir_x12 import extension as ext
from mappers.fhir_x12.datatype import said
from mappers.fhir_x12.party import Parties
from mappers.fhir_x12.problem import Problem
from mappers.fhir_x12.system import EIN, NPI, PAYER_ID
from mappers.path import JsonObject, JsonValue, read

PERSON, OTHER = "1", "2"


@dataclass(frozen=True, slots=True)
class Members:
    """Payer, provider, subscriber and, where it is another person, the patient."""

    payer: JsonObject
    provider: JsonObject
    subscriber: JsonObject
    dependent: JsonObject | None
    problems: tuple[Problem, ...]


def members(found: Parties) -> Members:
    """Return the parties of a question; what a payer must have to search is a problem if missing.

    The subscriber is found by number; name, birth date and gender go along for the person asked
    for. A dependent has no number of its own.
    """
    own = found.patient_is_subscriber
    member = said(found.coverage, "subscriberId")
    subscriber = person(found.subscriber, "IL", member, whole=own)
    dependent = None if own else person(found.patient, "03", "", whole=True)
    asked = ((found.payer, "Coverage.payor", PAYER_ID, "2100A NM1"),)
    problems = [
        Problem("missing", f"{path}.identifier", f"{place}09", "the payer's id is missing")
        for tree, path, system, place in asked
        if not said(tree, f"identifier[system={system}].value")
    ]
    if not provider_id(found.provider)[1]:
        path = "CoverageEligibilityRequest.provider.identifier"
        problems.append(Problem("missing", path, "2100B NM109", "neither NPI nor tax id is there"))
    if not member:
        problems.append(
            Problem("missing", "Coverage.subscriberId", "2100C NM109", "the member id is missing")
        )
    return Members(
        organization(found.payer, "PR", "PI", said(found.payer, _PAYER)),
        provider(found.provider),
        subscriber,
        dependent,
        tuple(problems),
    )


_PAYER = f"identifier[system={PAYER_ID}].value"


def provider(tree: JsonObject) -> JsonObject:
    """Return who asks: by NPI, else by tax id."""
    kind, number = provider_id(tree)
    if read(tree, "name.family"):
        made = person(tree, "1P", number, whole=False)
        return _with_kind(made, kind)
    return organization(tree, "1P", kind, number)


def provider_id(tree: JsonObject) -> tuple[str, str]:
    """Return the qualifier and number of a provider."""
    number = said(tree, f"identifier[system={NPI}].value")
    return ("XX", number) if number else ("FI", said(tree, f"identifier[system={EIN}].value"))


def organization(tree: JsonObject, role: str, kind: str, number: str) -> JsonObject:
    """Return an organization as a party."""
    name = said(tree, "name") if isinstance(tree.get("name"), str) else ""
    return _party(role, OTHER, {"family": name} if name else {}, kind, number)


def person(tree: JsonObject, role: str, number: str, *, whole: bool) -> JsonObject:
    """Return a person as a party; `whole` adds what a payer searches by: birth date, gender."""
    name: JsonObject = {}
    for member, path in (("family", "name.family"), ("given", "name.given[0]")):
        found = said(tree, path)
        if found:
            name[member] = found if member == "family" else [found]
    made = _party(role, PERSON, name, "MI", number)
    more: list[JsonValue] = []
    birth, gender = said(tree, "birthDate"), said(tree, "gender")
    if whole and len(birth) == len("2000-01-01"):
        more.append({"url": "birth-format", "valueCode": "D8"})
        more.append({"url": "birth-date", "valueDate": birth})
        if gender:
            more.append({"url": "gender", "valueCode": gender})
    known = made["extension"]
    return {**made, "extension": [*(known if isinstance(known, list) else []), *more]}


def _with_kind(party: JsonObject, kind: str) -> JsonObject:
    known = party["extension"]
    kept = [
        one
        for one in (known if isinstance(known, list) else [])
        if said(one if isinstance(one, dict) else {}, "url") != "identifier"
    ]
    number = said(party, "extension[url=identifier].valueIdentifier.value")
    return {**party, "extension": [*kept, *_identified(kind, number)]}


def _party(role: str, kind: str, name: JsonObject, id_kind: str, number: str) -> JsonObject:
    parts: list[JsonValue] = [
        {"url": "role", "valueCode": role},
        {"url": "kind", "valueCode": kind},
        *_name(name),
        *_identified(id_kind, number),
    ]
    return {"url": ext.ELIGIBILITY_PARTY, "extension": parts}


def _name(name: JsonObject) -> list[JsonValue]:
    return [{"url": "name", "valueHumanName": name}] if name else []


def _identified(kind: str, number: str) -> list[JsonValue]:
    if not number:
        return []
    value: JsonObject = {"type": {"coding": [{"code": kind}]}, "value": number}
    return [{"url": "identifier", "valueIdentifier": value}]
