"""The payer's acknowledgment of claims, 277CA, as facts and as ClaimResponse.

A rejection here is no denial: the claim was never adjudicated and goes out again as an original.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from mappers.fhir_x12 import system
from mappers.fhir_x12.extension import EXPRESSION
from mappers.path import JsonObject, JsonValue
from mappers.x12.lexer import Segment
from mappers.x12.tree import LoopNode

Outcome = Literal["accepted", "rejected", "pending", "received"]

CATEGORIES: dict[str, Outcome] = {
    "A0": "received",  # forwarded
    "A1": "received",  # a clearinghouse has it: that is not the payer's acceptance
    "A2": "accepted",
    "A3": "rejected",
    "A4": "rejected",
    "A5": "accepted",  # split
    "A6": "rejected",
    "A7": "rejected",
    "A8": "rejected",
    "P0": "pending",
    "P1": "pending",
    "P2": "pending",
    "P3": "pending",
    "P4": "pending",
    "P5": "pending",
}
ELEMENTS: dict[str, str] = {  # claim status code: the element of ours it speaks of
    "33": "Claim.insurance.coverage",
    "21": "Claim",
    "88": "Claim.insurance.coverage",
    "116": "Claim.insurer",
    "145": "Claim.careTeam.qualification",
    "164": "Claim.insurance.coverage.subscriberId",
    "178": "Claim.total",
    "187": "Claim.item.serviced",
    "249": "Claim.item.locationCodeableConcept",
    "254": "Claim.diagnosis",
    "255": "Claim.diagnosis",
    "453": "Claim.item.modifier",
    "454": "Claim.item.productOrService",
    "562": "Claim.provider.identifier",
    "675": "Claim.insurance.preAuthRef",
}


@dataclass(frozen=True, slots=True)
class Status:
    """One status triplet: category, status, and the entity it speaks of."""

    category: str
    code: str
    entity: str


@dataclass(frozen=True, slots=True)
class ClaimStatus:
    """What a 277CA says of one claim; `claim_number` is our CLM01, `line` loops are folded in."""

    claim_number: str
    payer_claim_number: str
    action: str
    statuses: tuple[Status, ...]

    @property
    def outcome(self) -> Outcome:
        """The gravest of the statuses; an action of U rejects whatever they say."""
        told = {CATEGORIES.get(one.category, "received") for one in self.statuses}
        if self.action == "U":
            return "rejected"
        order: tuple[Outcome, ...] = ("rejected", "pending", "accepted")
        return next((one for one in order if one in told), "received")


def claim_statuses(root: LoopNode) -> tuple[ClaimStatus, ...]:
    """Return the claims a 277CA speaks of, in the order of the file."""
    return tuple(_status(loop) for loop in root.walk() if loop.id == "2200D")


def _status(loop: LoopNode) -> ClaimStatus:
    trace, number = loop.first("TRN"), loop.first("REF", "1K")
    segments = [*loop.every("STC"), *(s for line in loop.each("2220D") for s in line.every("STC"))]
    actions = [one.element(3) for one in segments]
    return ClaimStatus(
        claim_number=trace.element(2) if trace else "",
        payer_claim_number=number.element(2) if number else "",
        action="U" if "U" in actions else next(iter(actions), ""),
        statuses=tuple(dict.fromkeys(one for segment in segments for one in _triplets(segment))),
    )


def _triplets(segment: Segment) -> Iterator[Status]:
    for position in (1, 10, 11):
        if segment.element(position):
            yield Status(*(segment.component(position, part) for part in (1, 2, 3)))


def status_response(claim: JsonObject, status: ClaimStatus, id: str, created: str) -> JsonObject:
    """Return the ClaimResponse of an acknowledged claim: queued, or error with the codes."""
    number = status.payer_claim_number
    identifier: list[JsonValue] = [{"system": system.PAYER_CLAIM_NUMBER, "value": number}]
    is_rejected = status.outcome == "rejected"
    errors: list[JsonValue] = [_error(one) for one in status.statuses if is_rejected]
    return {
        "resourceType": "ClaimResponse",
        "id": id,
        **({"identifier": identifier} if number else {}),
        "status": "active",
        "type": claim["type"],
        "use": claim.get("use", "claim"),
        "patient": claim["patient"],
        "created": created,
        "insurer": claim.get("insurer", {"display": "the payer of the coverage"}),
        "request": {"reference": f"Claim/{claim['id']}"},
        "outcome": "error" if is_rejected else "queued",
        "disposition": f"277CA: {status.outcome}",
        **({"error": errors} if errors else {}),
    }


def _error(status: Status) -> JsonObject:
    codings: list[JsonValue] = [{"system": system.STATUS_CATEGORY, "code": status.category}]
    if status.code:
        codings.append({"system": system.STATUS, "code": status.code})
    element = ELEMENTS.get(status.code)
    told: JsonObject = {"url": EXPRESSION, "valueString": element or ""}
    extension: JsonObject = {"extension": [told]} if element else {}
    return {**extension, "code": {"coding": codings, **({"text": element} if element else {})}}


@dataclass(frozen=True, slots=True)
class RefusedLevel:
    """A batch, or a provider of it, that a 277CA refuses without naming its claims.

    `batch` is BHT03 of what was sent (2200B TRN02); `provider` the NPI of 2100C, empty where the
    whole batch is refused.
    """

    batch: str
    provider: str
    status: ClaimStatus


def refused_levels(root: LoopNode) -> Iterator[RefusedLevel]:
    """Yield the levels a 277CA refuses whose claims it does not name."""
    for source in root.each("2000A"):
        for receiver in source.each("2000B"):
            yield from _refused_under(receiver)


def _refused_under(receiver: LoopNode) -> Iterator[RefusedLevel]:
    trace = next((one.first("TRN") for one in receiver.each("2200B")), None)
    batch = trace.element(2) if trace else ""
    whole = [_status(one) for one in receiver.each("2200B")]
    if not any(one.id == "2200D" for one in receiver.walk()):
        yield from (RefusedLevel(batch, "", one) for one in whole if one.outcome == "rejected")
    for provider in receiver.each("2000C"):
        if any(one.id == "2200D" for one in provider.walk()):
            continue
        names = [one.opening for one in provider.each("2100C") if one.opening]
        npi = next((one.element(9) for one in names if one.element(8) == "XX"), "")
        told = [_status(one) for one in provider.each("2200C")]
        yield from (RefusedLevel(batch, npi, one) for one in told if one.outcome == "rejected")
