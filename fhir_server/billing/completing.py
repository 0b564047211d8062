"""A claim completed by what is stored here: its authorization, and the payer's number it changes.

What the claim says itself is left. The authorization is that of a review whose certified services
are those of the claim; the number of a claim to be replaced or voided is the last one the payer
gave it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from fhir_server.billing.certified import Found, authorization_for, certified, used_by
from fhir_server.billing.replacing import is_replacing
from fhir_server.billing.state import state_of
from fhir_server.interactions.criteria import Criteria
from fhir_server.interactions.match import matches
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import Issue
from fhir_server.runtime import Runtime
from fhir_server.store.reader import Reader
from mappers.fhir_x12.reference import literal
from mappers.fhir_x12.system import PAYER_CLAIM_NUMBER, PAYMENT_STATUS_EXTENSION
from mappers.path import read, text

MOST_REVIEWS = 50
MOST_CLAIMS = 500
UNBILLED = frozenset({"draft", "held", "rejected", "void"})
_ICN = f"identifier[system={PAYER_CLAIM_NUMBER}].value"
_REVERSAL = "22"


@dataclass(frozen=True, slots=True)
class Completed:
    """A claim with what was found, and what a person should know of it."""

    claim: JsonObject
    warnings: tuple[Issue, ...] = ()


def completed(
    claim: JsonObject, resources: Mapping[str, JsonObject], reader: Reader, runtime: Runtime
) -> Completed:
    """Return a claim with its authorization and the payer's numbers, where they are stored."""
    related = _related(claim, reader, runtime)
    claim = {**claim, "related": related} if related else claim
    at = _focal(claim)
    insurance = read(claim, "insurance")
    if at is None or read(insurance[at], "preAuthRef"):
        return Completed(claim)
    found = _authorization(claim, resources, reader, runtime)
    warnings = tuple(
        Issue(
            "warning",
            "business-rule",
            "the units an authorization certifies are used up: ask the payer to extend it",
            f"Claim.insurance[{at}].preAuthRef",
            "authorization-used-up",
        )
        for _ in found.exhausted
    )
    if not found.number:
        return Completed(claim, warnings)
    filled: list[JsonValue] = [
        {**one, "preAuthRef": [found.number]} if place == at and isinstance(one, dict) else one
        for place, one in enumerate(insurance)
    ]
    return Completed({**claim, "insurance": filled}, warnings)


def _focal(claim: JsonObject) -> int | None:
    every = read(claim, "insurance")
    focal = [at for at, one in enumerate(every) if read(one, "focal") == [True]]
    return next(iter(focal), 0 if every else None)


def _authorization(
    claim: JsonObject, resources: Mapping[str, JsonObject], reader: Reader, runtime: Runtime
) -> Found:
    """Return the authorization of the claim among the reviews of its patient and payer."""
    patient = next(iter(read(claim, "patient.reference")), None)
    if not isinstance(patient, str) or patient.startswith("#"):
        return Found("")
    asked = (("patient", patient), ("use", "preauthorization"))
    responses = _search("ClaimResponse", asked, MOST_REVIEWS, reader, runtime)
    payers = _payers(claim, resources)
    responses = [one for one in responses if not payers.isdisjoint(_insurers(one)) or not payers]
    ids = [literal(text(one)) for each in responses for one in read(each, "request.reference")]
    keys = [(kind, id) for kind, _, id in (one.partition("/") for one in ids) if id]
    found = reader.many(keys).values() if keys else ()
    requests = {f"Claim/{one.id}": decode(one.body) for one in found if not one.deleted}
    services = [
        service
        for each in responses
        for name in read(each, "request.reference")
        for service in certified(requests.get(literal(text(name)), {}), each)
    ]
    if not services:
        return Found("")
    billed = _search(
        "Claim", (("patient", patient), ("use", "claim")), MOST_CLAIMS, reader, runtime
    )
    others = [
        one for one in billed if one.get("id") != claim.get("id") and state_of(one) not in UNBILLED
    ]
    return authorization_for(claim, services, used_by(others))


def _payers(claim: JsonObject, resources: Mapping[str, JsonObject]) -> set[str]:
    """Return the payer of a claim: its insurer and who pays its coverage."""
    covers = (text(one) for one in read(claim, "insurance.coverage.reference"))
    payors = (
        text(payor)
        for one in covers
        for payor in read(resources.get(literal(one), {}), "payor.reference")
    )
    told = (text(one) for one in read(claim, "insurer.reference"))
    return {literal(one) for one in (*payors, *told)}


def _insurers(response: JsonObject) -> set[str]:
    return {literal(text(one)) for one in read(response, "insurer.reference")}


def _related(claim: JsonObject, reader: Reader, runtime: Runtime) -> list[JsonValue]:
    """Return the related claims, those to be replaced or voided with the payer's number."""
    return [
        {**one, "reference": {"system": PAYER_CLAIM_NUMBER, "value": number}}
        if isinstance(one, dict)
        and "reference" not in one
        and is_replacing(one)
        and (number := payers_number(one, reader, runtime))
        else one
        for one in read(claim, "related")
    ]


def payers_number(related: JsonObject, reader: Reader, runtime: Runtime) -> str:
    """Return the number the payer last gave to a related claim; empty where it gave none."""
    reference = next(iter(read(related, "claim.reference")), None)
    return number_of(literal(text(reference)), reader, runtime) if reference else ""


def number_of(claim: str, reader: Reader, runtime: Runtime) -> str:
    """Return the payer's number of a claim (`Claim/ID`): of its latest answer that takes none back.

    An answer that corrects another under a new number is found by the claim, and is the later one.
    """
    found = _search("ClaimResponse", (("request", claim),), MOST_REVIEWS, reader, runtime)
    found.sort(key=lambda one: (text(one.get("created") or ""), "payment" in one))
    standing = [
        one
        for one in found
        if _REVERSAL not in read(one, f"extension[url={PAYMENT_STATUS_EXTENSION}].valueCode")
    ]
    numbers = [text(one) for each in standing or found for one in read(each, _ICN)]
    return numbers[-1] if numbers else ""


def _search(
    type: str,
    pairs: Iterable[tuple[str, str]],
    most: int,
    reader: Reader,
    runtime: Runtime,
) -> list[JsonObject]:
    criteria = Criteria.of(type, tuple(pairs), runtime)
    return [decode(one.body) for one in matches(criteria, reader, limit=most)]
