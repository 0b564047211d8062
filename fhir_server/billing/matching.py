"""Which claims of ours the payments of a remittance answer: many at once, in two reads.

By our number (CLP01, which is CLM01 come back), else by the payer's (CLP07) where an earlier answer
told it, else by member, day and charge (`likeness`). What fits no claim, or more than one, is for a
person.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from fhir_server.billing.likeness import OPEN, Alike, alike
from fhir_server.billing.moving import escaped, the_one
from fhir_server.billing.state import Event, state_of
from fhir_server.interactions.criteria import Criteria
from fhir_server.interactions.match import matches
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, Version
from fhir_server.runtime import Runtime
from fhir_server.store.unit_of_work import UnitOfWork
from fhir_server.store.version import Stored
from mappers.fhir_x12.reference import literal
from mappers.fhir_x12.remittance import ClaimPayment
from mappers.fhir_x12.system import PAYER_CLAIM_NUMBER, PAYMENT_STATUS_EXTENSION
from mappers.path import read, text

NAMESAKES = 4
"""Claims looked at for each number: a claim, its replacements, and others that carry it."""
OTHERS = 100


@dataclass(slots=True)
class Held:
    """Claims and the responses they had, held by a unit of work: by id, kept current by who moves.

    `responses` are those of each claim, the oldest first; `seen` are the versions of claims read.
    """

    seen: dict[tuple[str, int], JsonObject] = field(default_factory=dict)
    claims: dict[str, Stored] = field(default_factory=dict)
    trees: dict[str, JsonObject] = field(default_factory=dict)
    numbered: dict[str, list[str]] = field(default_factory=dict)
    responses: dict[str, list[JsonObject]] = field(default_factory=dict)
    alike: dict[int, Alike] = field(default_factory=dict)

    def find(self, payment: ClaimPayment, event: Event | None) -> JsonObject | None:
        """Return the claim that a payment answers; None when there is none or it is not clear."""
        for number in (payment.claim_number, _payers(payment.payer_claim_number)):
            named = [self.trees[id] for id in self.numbered.get(number, ()) if number]
            found = the_one(named, event)
            if found is not None and (number == payment.claim_number or _fits(found, payment)):
                return found
        like = self.alike.get(payment.number, Alike())
        found = self.trees.get(like.claims[0]) if like.is_certain else None
        return found if found is not None and state_of(found) in OPEN else None

    def proposed(self, payment: ClaimPayment) -> tuple[str, ...]:
        """Return the ids of the claims a person may choose from, for a payment of none."""
        return self.alike.get(payment.number, Alike()).claims


def _fits(claim: JsonObject, payment: ClaimPayment) -> bool:
    """Tell whether the charge is the claim's: a payer's number alone may be another payer's."""
    totals = [one for one in read(claim, "total.value") if isinstance(one, int | Decimal)]
    return not payment.charge or abs(payment.charge) in totals


def hold(payments: Sequence[ClaimPayment], work: UnitOfWork, runtime: Runtime) -> Held:
    """Read and hold the claims that payments may answer, and what was answered to them before."""
    held = Held()
    _by_own_number(held, payments, work, runtime)
    unknown = [one for one in payments if not held.numbered.get(one.claim_number)]
    _by_payers_number(held, unknown, work, runtime)
    for one in unknown:
        if not held.numbered.get(_payers(one.payer_claim_number)):
            held.alike[one.number] = alike(one, work, runtime)
    named = {id for found in held.numbered.values() for id in found}
    ids = sorted(named | {id for one in held.alike.values() for id in one.claims if one.is_certain})
    for (_, id), stored in work.lock_many([("Claim", id) for id in ids]).items():
        if not stored.deleted:
            known = held.seen.get((id, stored.number))
            held.claims[id], held.trees[id] = stored, known or decode(stored.body)
    for number, found in held.numbered.items():
        held.numbered[number] = [id for id in found if id in held.claims]
    _responses(held, payments, work, runtime)
    return held


def _by_own_number(
    held: Held, payments: Sequence[ClaimPayment], work: UnitOfWork, runtime: Runtime
) -> None:
    numbers = {one.claim_number for one in payments if one.claim_number}
    for version, claim in _search("Claim", "identifier", numbers, work, runtime):
        held.seen[version.id, version.number] = claim
        for number in {text(one) for one in read(claim, "identifier[0].value")} & numbers:
            held.numbered.setdefault(number, []).append(str(claim["id"]))


def _by_payers_number(
    held: Held, payments: Sequence[ClaimPayment], work: UnitOfWork, runtime: Runtime
) -> None:
    numbers = {one.payer_claim_number for one in payments if one.payer_claim_number}
    for _, response in _search("ClaimResponse", "identifier", numbers, work, runtime):
        told = read(response, f"identifier[system={PAYER_CLAIM_NUMBER}].value")
        for number in {text(one) for one in told} & numbers:
            for reference in read(response, "request.reference"):
                ids = held.numbered.setdefault(_payers(number), [])
                id = literal(str(reference)).partition("/")[2]
                ids += [id] if id not in ids else []


def _responses(
    held: Held, payments: Sequence[ClaimPayment], work: UnitOfWork, runtime: Runtime
) -> None:
    """Read the earlier responses of claims that are taken back or were answered before."""
    reversed_ = {one.claim_number for one in payments if one.is_reversal}
    asked = {
        id
        for number, ids in held.numbered.items()
        for id in ids
        if number in reversed_ or number.startswith(_payers("")) or _was_answered(held.trees[id])
    }
    references = {f"Claim/{id}" for id in asked}
    for _, response in _search("ClaimResponse", "request", references, work, runtime):
        for reference in read(response, "request.reference"):
            claim = literal(str(reference)).partition("/")[2]
            held.responses.setdefault(claim, []).append(response)
    for found in held.responses.values():
        found.sort(key=lambda one: str(one.get("created")))


def _was_answered(claim: JsonObject) -> bool:
    return state_of(claim) in {"paid", "partly-paid", "denied", "reversed", "closed"}


def _search(
    type: str, parameter: str, values: Iterable[str], work: UnitOfWork, runtime: Runtime
) -> Iterator[tuple[Version, JsonObject]]:
    wanted = sorted(set(values))
    if wanted:
        pairs = ((parameter, ",".join(escaped(one) for one in wanted)),)
        criteria = Criteria.of(type, pairs, runtime)
        for one in matches(criteria, work, limit=NAMESAKES * len(wanted) + OTHERS):
            yield one, decode(one.body)


def _payers(number: str) -> str:
    """Return the key of a payer's number, which may equal one of ours."""
    return f"payer {number}"


def earlier_response(payment: ClaimPayment, responses: Sequence[JsonObject]) -> JsonObject | None:
    """Return the response a reversal takes back or a correction replaces, the latest that fits.

    A payment of a claim never answered has none. Only remittances count: what a 277 led to paid
    nothing.
    """
    paid = [one for one in responses if "payment" in one and not _is_reversal(one)]
    named = [
        one
        for one in paid
        if payment.payer_claim_number in read(one, f"identifier[system={PAYER_CLAIM_NUMBER}].value")
    ]
    return next(reversed(named or paid), None)


def _is_reversal(response: JsonObject) -> bool:
    return "22" in read(response, f"extension[url={PAYMENT_STATUS_EXTENSION}].valueCode")
