"""Claims and their 837, there and back: what `fidelity` compares."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files

from mappers.fhir_x12.claim_837 import Gathered, map_claim
from mappers.fhir_x12.claim_kind import KINDS, Kind, kind_of
from mappers.fhir_x12.claim_level import claim_set
from mappers.fhir_x12.exchange import Exchange
from mappers.fhir_x12.fidelity import RoundTrip
from mappers.fhir_x12.read_837 import read_837
from mappers.fhir_x12.reference import follow
from mappers.path import JsonObject, JsonValue
from mappers.x12.sets import guide_of
from mappers.x12.tree import LoopNode, Node

_DEEPEST = 6
_EXCHANGE = Exchange(
    "PARITY", "CHP01", "Cascade Health Plan", "000000007", datetime(2026, 11, 3, 10, tzinfo=UTC)
)
_NOT_SENT = "the guide wants it only of a subscriber who is the patient"
REASONS: Mapping[str, str] = {
    "Claim.status": "837 has active claims only",
    "Claim.created": "837 has the day of the batch, not of the claim",
    "Claim.priority": "837 has no priority",
    "Claim.item.careTeamSequence": "numbers are given anew",
    "Claim.identifier.system": "X12 tells no system",
    "Claim.patient.identifier": "sent where its type is MR, without its system",
    "Claim.insurance.coverage.subscriber.identifier": "sent where its type is MR",
    "Claim.patient.name": "one name is sent, the official one",
    "2010AB NM1": "the entity type is the billing provider's",
    "2010AA REF*EI": "written without punctuation",
    "1000B": "only the name and the id of the receiver",
    "2300 DTP*434": "a statement is a range, of one day too",
    "837 BHT 05": "hours, minutes and seconds are written",
}
_NO_RECORD = dict.fromkeys(
    ("Claim.patient.identifier", "Claim.insurance.coverage.subscriber.identifier"),
    "837D does not use the medical record number",
)
WITHHELD: dict[str, str] = {
    "Claim.insurance.coverage.subscriber.address": _NOT_SENT,
    "Claim.insurance.coverage.subscriber.birthDate": _NOT_SENT,
    "Claim.insurance.coverage.subscriber.gender": _NOT_SENT,
    "2300 CLM 06": "837I does not use it",
    "2320 AMT*F2": "the guide does not use it",
}


@dataclass(frozen=True, slots=True)
class HeldClaims:
    """Claims of one set with what they refer to, and who sends them."""

    claims: tuple[JsonObject, ...]
    resources: Mapping[str, JsonObject]
    exchange: Exchange


def _reader(kind: Kind) -> "RoundTrip[HeldClaims]":
    guide = guide_of(kind.guide)
    if guide is None:
        raise LookupError(f"no guide {kind.guide}")
    return RoundTrip(
        kind.guide,
        guide,
        lambda root: _read(root, kind.guide),
        _write,
        _view,
        lambda: _cases(kind.name),
        lambda resources: _take(resources, kind.name),
        REASONS,
        WITHHELD | (_NO_RECORD if kind.name == "oral" else {}),
    )


def _read(root: LoopNode, guide: str) -> HeldClaims:
    found = read_837(root, guide)
    return HeldClaims(found.claims, found.resources, found.exchange)


def _write(held: HeldClaims) -> Node:
    mapped = [map_claim(Gathered(one, held.resources)) for one in held.claims]
    return claim_set(mapped, held.exchange)


def _view(held: HeldClaims) -> JsonValue:
    """Return the claims, each reference replaced by what it refers to."""
    return [_inlined(one, one, held.resources, _DEEPEST) for one in held.claims]


def _inlined(
    value: JsonValue, owner: JsonObject, resources: Mapping[str, JsonObject], depth: int
) -> JsonValue:
    if isinstance(value, list):
        return [_inlined(one, owner, resources, depth) for one in value]
    if not isinstance(value, dict):
        return value
    found = follow(owner, value, resources) if "reference" in value else None
    if found is not None and found.get("resourceType") not in _INSIDE and depth:
        if found.get("resourceType") == "PractitionerRole" and "practitioner" in found:
            return _inlined(found["practitioner"], found, resources, depth)
        return _inlined(found, found, resources, depth - 1)
    hidden = ("contained", *_BACK.get(str(value.get("resourceType")), ()))
    return {
        name: _inlined(one, owner, resources, depth)
        for name, one in value.items()
        if name not in hidden
    }


_INSIDE = frozenset({"Claim", "Encounter"})
"""What a claim refers to inside the practice: not what it says to a payer."""
_BACK: Mapping[str, tuple[str, ...]] = {  # members that lead back to what names them
    "Coverage": ("beneficiary",),
    "RelatedPerson": ("patient",),
    "ClaimResponse": ("patient", "insurer", "request", "created", "type"),
}


@cache
def _files() -> Mapping[str, tuple[JsonObject, ...]]:
    """Return the resources of each built-in case."""
    found: dict[str, tuple[JsonObject, ...]] = {}
    for one in sorted(files("mappers.fhir_x12.cases").iterdir(), key=lambda file: file.name):
        if one.name.endswith(".json"):
            bundle = json.loads(one.read_text(encoding="utf-8"), parse_float=Decimal)
            name = one.name.removesuffix(".json")
            found[name] = tuple(entry["resource"] for entry in bundle["entry"])
    return found


def _cases(kind: str) -> dict[str, HeldClaims]:
    return {name: held for name, resources in _files().items() for held in _take(resources, kind)}


def _take(resources: Sequence[JsonObject], kind: str) -> Iterator[HeldClaims]:
    """Yield the claims of one kind among resources, together."""
    by_reference = {f"{one['resourceType']}/{one.get('id')}": one for one in resources}
    claims = [
        one
        for one in resources
        if one["resourceType"] == "Claim"
        and one.get("use") != "preauthorization"
        and kind_of(one).name == kind
    ]
    if claims:
        reference = str(claims[0].get("id", "1"))[:30]
        yield HeldClaims(tuple(claims), by_reference, replace(_EXCHANGE, reference=reference))


ROUND_TRIPS = tuple(_reader(kind) for kind in KINDS.values())
