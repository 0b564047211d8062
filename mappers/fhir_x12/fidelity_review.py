"""Reviews and their 278, there and back: what `fidelity` compares."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from importlib.resources import files

from mappers.fhir_x12 import pas
from mappers.fhir_x12.fidelity import RoundTrip
from mappers.fhir_x12.reference import follow
from mappers.fhir_x12.review_278 import Asking, Purpose, review_278
from mappers.fhir_x12.review_answer import Context, answers
from mappers.fhir_x12.review_answering import Answering, response_278
from mappers.fhir_x12.review_bundle import unbundled
from mappers.fhir_x12.review_reading import BASE, asked
from mappers.path import JsonObject, JsonValue, read, text
from mappers.x12.grammar import Guide
from mappers.x12.reader import read as read_x12
from mappers.x12.sets import (
    REVIEW_278_INQUIRY,
    REVIEW_278_INQUIRY_RESPONSE,
    REVIEW_278_REQUEST,
    REVIEW_278_RESPONSE,
)
from mappers.x12.tree import LoopNode, Node

_DEEPEST = 5
_ORIGINATOR = "9PARITY000"
REASONS: Mapping[str, str] = {
    "Claim.priority": "278 has no priority; how urgent it is is UM06",
    "Claim.item.careTeamSequence": "numbers are given anew",
    "Claim.item.informationSequence": "numbers are given anew",
    "Claim.item.extension": "the event's kind and certification are said of each item",
    "Claim.item.extension.valueCode": "what was changed is told by the certification type (UM02)",
    "Claim.item.productOrService.coding.system": "SV101-1 HC stands for CPT and HCPCS alike",
    "Claim.careTeam.extension": "a member of an item stands with it (2010F) and needs no mark",
    "Claim.extension.valueReference.period": "the kind of an encounter is sent, not its days",
    "Claim.careTeam.role": "read as the X12 role it was sent as",
    "Claim.provider.contact": "one contact is sent",
    "ClaimResponse.created": "278 has the moment of the answer, to the minute",
}
WITHHELD: Mapping[str, str] = {
    "Claim.identifier.system": "TRN has no element for the system of a trace number",
    "Claim.item.extension.valueIdentifier.system": "TRN has no element for it",
    "Claim.identifier.assigner.identifier.system": "TRN03 is a bare number",
    "Claim.identifier.extension": "the guide has nothing of the jurisdiction of a trace number",
    "Claim.created": "BHT has the moment of the question",
    "Claim.patient.gender": "DMG tells the gender beside a date of birth alone",
    "Claim.careTeam.provider.practitioner": "a role is sent, and comes back, as its person",
    "Claim.careTeam.provider.location": "the address of a role's place is sent as the person's",
    "*.identifier.system": "NM108 names kinds of ids; what is no NPI by its form is another kind",
    "*.address.country": "N404 is sent of addresses abroad alone",
    "*.display": "X12 has codes, not their words",
}


@dataclass(frozen=True, slots=True)
class HeldReview:
    """A request Bundle."""

    bundle: JsonObject


@dataclass(frozen=True, slots=True)
class HeldAnswer:
    """A response with what it refers to, and the header of its set."""

    response: JsonObject
    resources: Mapping[str, JsonObject]
    reference: str
    written: datetime


def _question(purpose: Purpose) -> "RoundTrip[HeldReview]":
    guide = REVIEW_278_REQUEST if purpose == "request" else REVIEW_278_INQUIRY
    return RoundTrip(
        guide.kind,
        guide,
        lambda root: HeldReview(asked(root)[0].bundle),
        lambda held: _asking(held, purpose),
        lambda held: _inlined_claim(held.bundle),
        lambda: {name: HeldReview(one) for name, one in _bundles(purpose).items()},
        lambda resources: _requests(resources, purpose),
        REASONS,
        WITHHELD,
    )


def _asking(held: HeldReview, purpose: Purpose) -> Node:
    found = unbundled(held.bundle)
    number = text(next(iter(read(held.bundle, "identifier.value")), "1"))
    facts = Asking(number[:50], _moment(held.bundle.get("timestamp")), _ORIGINATOR)
    return review_278(found.claim, found.resources, facts, purpose).root


def _moment(value: JsonValue) -> datetime:
    try:
        return datetime.fromisoformat(text(value))
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)


def _inlined_claim(bundle: JsonObject) -> JsonValue:
    found = unbundled(bundle)
    return _inlined(found.claim, found.claim, found.resources, _DEEPEST)


_BACK: Mapping[str, tuple[str, ...]] = {  # members that lead back to what names them
    "Coverage": ("beneficiary", "payor"),
    "ServiceRequest": ("subject", "code"),
    "Encounter": ("subject", "class"),
    "DocumentReference": ("subject", "content", "status"),
}


def _inlined(
    value: JsonValue, owner: JsonObject, resources: Mapping[str, JsonObject], depth: int
) -> JsonValue:
    """Return a tree, each reference replaced by what it refers to."""
    if isinstance(value, list):
        return [_inlined(one, owner, resources, depth) for one in value]
    if not isinstance(value, dict):
        return value
    found = follow(owner, value, resources) if "reference" in value else None
    if found is not None and depth:
        return _inlined(found, owner, resources, depth - 1)
    hidden = ("contained", *_BACK.get(text(value.get("resourceType")), ()))
    return {
        name: _inlined(one, owner, resources, depth)
        for name, one in value.items()
        if name not in hidden
    }


@cache
def _cases(ending: str) -> Mapping[str, bytes]:
    """Return the built-in cases of one kind by name."""
    found = sorted(files("mappers.fhir_x12.review_cases").iterdir(), key=lambda file: file.name)
    return {
        one.name.removesuffix(ending): one.read_bytes()
        for one in found
        if one.name.endswith(ending)
    }


def _bundles(purpose: Purpose) -> dict[str, JsonObject]:
    found: dict[str, JsonObject] = {
        name: json.loads(data, parse_float=Decimal) for name, data in _cases(".json").items()
    }
    is_inquiry = purpose == "inquiry"
    return {name: one for name, one in found.items() if (name == "inquiry") == is_inquiry}


def _requests(resources: Sequence[JsonObject], purpose: Purpose) -> Iterator[HeldReview]:
    """Yield the Bundle of each prior authorization among resources, of requests or inquiries."""
    for one in resources:
        is_review = one.get("use") == "preauthorization" and one["resourceType"] == "Claim"
        is_inquiry = pas.CLAIM_INQUIRY in read(one, "meta.profile")
        if is_review and is_inquiry == (purpose == "inquiry"):
            yield HeldReview(_bundle(one, resources))


def _bundle(claim: JsonObject, resources: Sequence[JsonObject]) -> JsonObject:
    others = [one for one in resources if one["resourceType"] != "Claim"]
    entries: list[JsonValue] = [
        {"fullUrl": f"{BASE}/{one['resourceType']}/{one.get('id')}", "resource": one}
        for one in (claim, *others)
    ]
    return {
        "resourceType": "Bundle",
        "identifier": {"value": text(claim.get("id") or "1")},
        "type": "collection",
        "timestamp": claim.get("created", "1970-01-01T00:00:00Z"),
        "entry": entries,
    }


def _read_answer(root: LoopNode) -> HeldAnswer:
    header = root.first("BHT")
    day, time = (header.element(4), header.element(5)) if header else ("", "")
    try:
        written = datetime.strptime(f"{day}{time[:4]}Z", "%Y%m%d%H%M%z")
    except ValueError:
        written = _moment("")
    found = answers(root, Context(written.isoformat()))[0]
    resources = {f"{one['resourceType']}/{one['id']}": one for one in found.others}
    return HeldAnswer(found.response, resources, header.element(3) if header else "1", written)


def _write_answer(held: HeldAnswer, purpose: Answering = "response") -> Node:
    facts = Asking(held.reference, held.written, _ORIGINATOR)
    return response_278(held.response, {}, held.resources, facts, purpose)


def _answer_cases() -> dict[str, HeldAnswer]:
    return {
        name: _read_answer(one.root)
        for name, data in _cases(".278").items()
        for _, _, one in read_x12(data).sets()
    }


def _responses(resources: Sequence[JsonObject]) -> Iterator[HeldAnswer]:
    known = {f"{one['resourceType']}/{one.get('id')}": one for one in resources}
    for one in resources:
        if one["resourceType"] == "ClaimResponse" and one.get("use") == "preauthorization":
            number = text(next(iter(read(one, "identifier.value")), "1"))
            yield HeldAnswer(one, known, number[:50], _moment(one.get("created")))


def _answer(guide: Guide, purpose: Answering) -> "RoundTrip[HeldAnswer]":
    """Return the map of answers, to a request or to an inquiry: the same cases in both guides."""
    return RoundTrip(
        guide.kind,
        guide,
        _read_answer,
        lambda held: _write_answer(held, purpose),
        lambda held: _inlined(held.response, held.response, held.resources, _DEEPEST),
        _answer_cases,
        _responses if purpose == "response" else _none,
        REASONS,
    )


def _none(_: Sequence[JsonObject]) -> Iterator[HeldAnswer]:
    """Take nothing: a response does not tell whether it answers a request or an inquiry."""
    yield from ()


ROUND_TRIPS = (
    _question("request"),
    _question("inquiry"),
    _answer(REVIEW_278_RESPONSE, "response"),
    _answer(REVIEW_278_INQUIRY_RESPONSE, "inquiry-response"),
)
