"""The status of a claim as Task, from 277 and 277CA: R4 has no resource of its own for it.

The Task says the status in its own elements and keeps all of the message in extensions, so that
the message can be written from it again.
"""

from collections.abc import Iterator, Mapping
from typing import Literal

from mappers.fhir_x12 import extension as ext
from mappers.fhir_x12 import system
from mappers.fhir_x12.datatype import coding, objects, said, some
from mappers.fhir_x12.status_277ca import ELEMENTS, ClaimStatus, Status
from mappers.fhir_x12.status_report import Report
from mappers.path import JsonObject, JsonValue, read

CODE = "claim-status"
WORK = "https://parity.example/fhir/CodeSystem/work"
Standing = Literal["received", "accepted", "rejected", "on-hold", "completed", "failed"]
STANDINGS: Mapping[str, Standing] = {  # by category, or by its letter
    "A0": "received",
    "A1": "received",
    "A2": "accepted",
    "A5": "accepted",
    "A4": "failed",  # not found
    "A": "rejected",
    "P": "on-hold",
    "R": "on-hold",  # the payer asks for more
    "F": "completed",
    "D": "failed",  # the search failed
    "E": "failed",  # the request could not be processed
}
GRAVEST: tuple[Standing, ...] = (
    "rejected",
    "failed",
    "on-hold",
    "completed",
    "accepted",
    "received",
)
ENTITIES: Mapping[str, str] = {  # entity (98): the element of the party
    "IL": "Claim.insurance.coverage",
    "QC": "Claim.patient",
    "PR": "Claim.insurer",
    "85": "Claim.provider",
    "1P": "Claim.provider",
    "41": "Claim.enterer",
    "82": "Claim.careTeam.provider",
    "DQ": "Claim.careTeam.provider",
    "DN": "Claim.careTeam.provider",
    "71": "Claim.careTeam.provider",
    "77": "Claim.facility",
}


def statuses(report: Report) -> tuple[Status, ...]:
    """Return every triplet of the claim and its lines; without a claim, those of its levels."""
    tree: JsonObject = {"extension": report.extensions}
    if report.claim is not None:
        tree = {"extension": list(report.claim)}
    return tuple(dict.fromkeys(_triplets(tree)))


def _triplets(tree: JsonObject) -> Iterator[Status]:
    for one in objects(tree, "extension"):
        if one.get("url") == ext.STATUS:
            yield from (found for number in ("", "2", "3") if (found := _triplet(one, number)))
        elif one.get("url") in {ext.LINE, ext.LEVEL, ext.LEVEL_STATUS}:
            yield from _triplets(one)


def _triplet(one: JsonObject, number: str) -> Status | None:
    words = (f"{word}{number}" for word in ("category", "status", "entity"))
    found = Status(*(said(one, f"extension[url={word}].valueCode") for word in words))
    return found if found.category or found.code else None


def standing(report: Report) -> Standing:
    """Return the gravest of the statuses; an action of U rejects whatever they say."""
    tree: JsonObject = {"extension": list(report.claim or ())}
    actions = [
        *read(tree, f"extension[url={ext.STATUS}].extension[url=action].valueCode"),
        *read(tree, f"extension[url={ext.LINE}].extension[url={ext.STATUS}].{_ACTION}"),
    ]
    if "U" in actions:
        return "rejected"
    told = {_standing(one.category) for one in statuses(report)}
    return next((one for one in GRAVEST if one in told), "received")


_ACTION = "extension[url=action].valueCode"


def _standing(category: str) -> Standing:
    return STANDINGS.get(category) or STANDINGS.get(category[:1]) or "received"


def number_of(report: Report, qualifier: str) -> str:
    """Return a number of the claim by its qualifier: 1K the payer's, EJ the provider's."""
    for one in read({"extension": list(report.claim or ())}, f"extension[url={ext.REFERENCE}]"):
        if qualifier in read(one, "valueIdentifier.type.coding.code"):
            return said(one if isinstance(one, dict) else {}, "valueIdentifier.value")
    return ""


def trace_of(report: Report) -> str:
    """Return the trace number: of the claim, else of the last level that has one."""
    path = f"extension[url={ext.TRACE}].extension[url=number].valueString"
    if report.claim is not None:
        return said({"extension": list(report.claim)}, path)
    for one in reversed(report.levels):
        found = said(one, f"extension[url={ext.LEVEL_STATUS}].{path}")
        if found:
            return found
    return ""


def status_task(report: Report, claim: JsonObject | None, id: str, created: str) -> JsonObject:
    """Return the Task of a report; `claim` is the claim it speaks of, if it is known here."""
    told = statuses(report)
    number = number_of(report, "1K")
    identifiers: list[JsonValue] = [
        {"system": at, "value": value}
        for at, value in (
            (system.PAYER_CLAIM_NUMBER, number),
            (system.STATUS_TRACE, trace_of(report)),
        )
        if value
    ]
    first = told[0] if told else Status("", "", "")
    business: list[JsonValue] = [*_codings(first)]
    reasons: list[JsonValue] = [one for status in told for one in _codings(status)]
    focus: JsonObject = {"reference": f"Claim/{claim['id']}"} if claim else {}
    return {
        "resourceType": "Task",
        "id": id,
        "extension": report.extensions,
        **some("identifier", identifiers),
        "status": standing(report),
        **({"statusReason": {"coding": reasons}} if reasons else {}),
        **({"businessStatus": {"coding": business}} if business else {}),
        "intent": "order",
        "code": {"coding": [coding(WORK, CODE)]},
        **({"focus": focus} if claim else {}),
        **({"for": claim["patient"]} if claim and "patient" in claim else {}),
        "authoredOn": created,
        "lastModified": created,
    }


def _codings(one: Status) -> Iterator[JsonValue]:
    pairs = (
        (system.STATUS_CATEGORY, one.category),
        (system.STATUS, one.code),
        (system.ENTITY, one.entity),
    )
    yield from (coding(at, code) for at, code in pairs if code)


def claim_status(report: Report) -> ClaimStatus:
    """Return the facts of a report by which a claim is moved and a person is asked."""
    gravest = standing(report)
    action = "U" if gravest == "rejected" else ""
    return ClaimStatus(
        claim_number=number_of(report, "EJ"),
        payer_claim_number=number_of(report, "1K"),
        action=action,
        statuses=statuses(report),
    )


def element_of(one: Status) -> str:
    """Return the FHIR element a status speaks of: by its code, else by the party it names."""
    return ELEMENTS.get(one.code) or ENTITIES.get(one.entity, "Claim")
