"""Posting the claim payments of a remittance: many in one unit of work, with few reads.

Each payment becomes a ClaimResponse and moves its claim. The id of a response follows from payer,
trace number and place, so a payment that is posted is known, whatever was killed when.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from uuid import NAMESPACE_URL, uuid5

from fhir_server.billing.matching import Held, earlier_response, hold
from fhir_server.billing.state import Event, moved, state_of
from fhir_server.billing.work_queue import Subject, task
from fhir_server.interactions.content import check_content
from fhir_server.model.codec import decode, encode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.outcome import Conflict, Invalid
from fhir_server.runtime import Runtime
from fhir_server.store.exchanges import Link
from fhir_server.store.unit_of_work import UnitOfWork
from fhir_server.store.write import Create
from mappers.fhir_x12.payment_835 import Answered, claim_response
from mappers.fhir_x12.payment_detail import claim_detail
from mappers.fhir_x12.remittance import ClaimPayment, Remittance
from mappers.path import read

CORRECTED_INSURED = "74"
MOST_NOTES = 200
"""Remarks told of one remittance."""


@dataclass(slots=True)
class Posting:
    """What units of work have posted of a remittance, and what is to be told of it.

    `facts` are those around its claims, `id` that of its PaymentReconciliation. `details` are
    those of the claims, encoded, as there may be very many. `lost` are the numbers of payments
    that could not be posted, `states` those of claims moved, by id; `wishes` wait.
    """

    facts: Remittance
    id: str
    moment: str
    details: list[bytes] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    lost: list[int] = field(default_factory=list)
    states: dict[str, str] = field(default_factory=dict)
    wishes: list[Create] = field(default_factory=list)

    def add(self, part: "Posting") -> None:
        """Take over what a part has posted, once it is committed with its links."""
        self.details += part.details
        self.lost += part.lost
        self.notes += part.notes
        if len(self.notes) > MOST_NOTES:
            self.notes[MOST_NOTES:] = ["further remarks are left out; the Tasks are all there"]

    def emptied(self) -> "Posting":
        """Return one for a part of the same remittance."""
        return Posting(self.facts, self.id, self.moment)

    def copied(self) -> "Posting":
        """Return one to go on with in a unit of work, which may be run again."""
        kept = ([*self.details], [*self.links], [*self.notes], [*self.lost])
        return Posting(self.facts, self.id, self.moment, *kept)

    def note(self, payment: ClaimPayment, response: str, claim: str) -> None:
        """Note what a claim payment became; without a response it could not be posted."""
        of: JsonObject | None = {"id": claim} if claim else None
        detail = claim_detail(self.facts, Answered(payment, of, response))
        if response:
            self.links.append(Link("ClaimResponse", response))
        else:
            del detail["response"]
            self.lost.append(payment.number)
        if claim:
            self.links.append(Link("Claim", claim))
        self.details.append(encode(detail))


def response_id(id: str, number: int) -> str:
    """Return the id of the response of a claim payment, by its number, of the remittance `id`."""
    return str(uuid5(NAMESPACE_URL, f"{id}/{number}"))


def event_of(payment: ClaimPayment) -> Event | None:
    """Return what a claim payment does to its claim; None for a mere prediction or forwarding."""
    if payment.status in {"23", "25"}:
        return None
    if payment.is_reversal:
        return "reverse"
    if payment.is_denial:
        return "deny"
    return "pay-partly" if any(one.is_denied for one in payment.services) else "pay"


def post(
    posting: Posting, payments: Sequence[ClaimPayment], work: UnitOfWork, runtime: Runtime
) -> None:
    """Post those of the payments that are not posted yet, in their order."""
    ids = {one.number: response_id(posting.id, one.number) for one in payments}
    known = work.many([("ClaimResponse", id) for id in ids.values()])
    left = [one for one in payments if ("ClaimResponse", ids[one.number]) not in known]
    held = hold(left, work, runtime) if left else Held()
    for one in payments:
        id = ids[one.number]
        version = known.get(("ClaimResponse", id))
        if version is None:
            _post(posting, one, id, held, work, runtime)
        else:
            named = read(decode(version.body), "request.reference") if version.body else []
            claim = str(named[0]).removeprefix("Claim/") if named else ""
            posting.note(one, id, claim)
            posting.notes += _remarks(one, is_matched=bool(claim))
    work.apply(posting.wishes)
    posting.wishes.clear()


def _post(
    posting: Posting,
    payment: ClaimPayment,
    id: str,
    held: Held,
    work: UnitOfWork,
    runtime: Runtime,
) -> None:
    event = event_of(payment)
    claim = held.find(payment, event)
    claim_id = str(claim["id"]) if claim else ""
    earlier = _earlier(payment, held.responses.get(claim_id, ()))
    response = claim_response(posting.facts, Answered(payment, claim, id, earlier), posting.moment)
    try:
        check_content(response, runtime.validator)
    except Invalid as error:
        where = "; ".join(str(one.expression) for one in error.issues[:3])
        posting.notes.append(f"CLP {payment.number} could not be posted: {where}")
        posting.note(payment, "", "")
        return
    posting.wishes.append(Create("ClaimResponse", response, id))
    posting.note(payment, id, claim_id)
    if claim:
        held.responses.setdefault(claim_id, []).append(response)
    asked = work_of(payment, response, claim, posting.moment, held.proposed(payment))
    for one in asked:
        posting.wishes.append(Create("Task", one, str(one["id"])))
    posting.notes += _remarks(payment, is_matched=bool(claim))
    if claim and event is not None:
        posting.notes += _move(claim_id, event, held, posting, work)


def _earlier(payment: ClaimPayment, responses: Sequence[JsonObject]) -> str:
    found = earlier_response(payment, responses)
    return str(found["id"]) if found else ""


def _move(id: str, event: Event, held: Held, posting: Posting, work: UnitOfWork) -> Iterator[str]:
    """Move a held claim, or yield why it is not moved."""
    before = held.trees[id]
    try:
        after = moved(before, event)
    except Conflict as error:
        yield f"Claim/{id}: {error}"
        return
    held.claims[id] = work.update(held.claims[id], after, before)
    held.trees[id] = after
    posting.states[id] = state_of(after)


def _remarks(payment: ClaimPayment, *, is_matched: bool) -> Iterator[str]:
    for line in payment.services:
        if not line.is_readable:
            place = f"CLP {payment.number} SVC {line.number}"
            yield f"{place} names no procedure: only its CAS is posted"
    if not is_matched:
        yield f"CLP {payment.number} answers no claim here"


def work_of(
    payment: ClaimPayment,
    response: JsonObject,
    claim: JsonObject | None,
    moment: str,
    proposed: Sequence[str] = (),
) -> Iterator[JsonObject]:
    """Yield what is left to a person about a claim payment; `proposed` are claims it may be of."""
    focus = f"ClaimResponse/{response['id']}"
    if claim is None:
        why = "no claim of this number"
        why += ": see those of the same member, day and charge" if proposed else ""
        claims = tuple(
            ("claim", dict[str, JsonValue](valueReference={"reference": f"Claim/{one}"}))
            for one in proposed
        )
        yield task("match-payment", Subject(focus, reason=why, inputs=claims), moment)
        return
    patient = claim.get("patient")
    about = (f"Claim/{claim['id']}", patient if isinstance(patient, dict) else None)
    if "addItem" in response and read(response, "item"):
        yield task("line-to-match", Subject(focus, *about), moment)
    corrected = payment.loop.first("NM1", CORRECTED_INSURED)
    coverage = next(iter(read(claim, "insurance[0].coverage.reference")), None)
    if corrected is not None and coverage is not None:
        names = (("family name", 3), ("given name", 4), ("middle name", 5), ("member id", 9))
        inputs = tuple(
            (name, {"valueString": corrected.element(at)})
            for name, at in names
            if corrected.element(at)
        )
        subject = Subject(str(coverage), *about, part=str(response["id"]), inputs=_typed(inputs))
        yield task("update-coverage", subject, moment)


def _typed(
    inputs: tuple[tuple[str, dict[str, str]], ...],
) -> tuple[tuple[str, JsonObject], ...]:
    return tuple((name, dict[str, JsonValue](value)) for name, value in inputs)
