"""TA1, 999 and 277CA: what they say of interchanges and claims, as moves and ClaimResponses."""

from collections.abc import Iterator, Mapping
from uuid import NAMESPACE_URL, uuid5

from fhir_server.billing.gathering import gather_many, read_claims
from fhir_server.billing.lateness import done
from fhir_server.billing.moving import claim_numbered, move, move_all
from fhir_server.billing.refusal import ask_to_correct, refuse_set
from fhir_server.billing.state import Event
from fhir_server.interactions.write import save
from fhir_server.model.resource import JsonObject
from fhir_server.runtime import Runtime
from fhir_server.store import exchanges
from fhir_server.store.awaited import note_answer
from fhir_server.store.exchanges import Effect, Exchange, Link
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.fhir_x12.party import npi, parties
from mappers.fhir_x12.status_277ca import (
    Outcome,
    RefusedLevel,
    claim_statuses,
    refused_levels,
    status_response,
)
from mappers.fhir_x12.status_report import reports
from mappers.fhir_x12.status_task import status_task
from mappers.x12.envelope import Interchange, TransactionSet
from mappers.x12.responses import GroupResponse, SetResponse, group_response, interchange_response

EVENTS: dict[Outcome, Event] = {
    "received": "receive",
    "accepted": "accept",
    "rejected": "reject",
    "pending": "pend",
}


def take_interchange_acknowledgment(
    received: Interchange, one: TransactionSet | None, work: UnitOfWork, runtime: Runtime
) -> Effect:
    """Apply the TA1s of an interchange: its claims have been received, or must be corrected."""
    del one, runtime
    effects = []
    for segment in received.acknowledgments:
        response = interchange_response(segment)
        event: Event = "refuse" if response.verdict == "R" else "receive"
        sent = _sent(received, response.control, work)
        if sent is None:
            effects.append(Effect(notes=(f"TA1 speaks of no interchange sent: {response.note}",)))
        else:
            _note(sent, "TA1", work)
            effects.append(_move_all(sent, event, work, None, None))
    return joined(effects)


def take_acknowledgment(
    received: Interchange, one: TransactionSet | None, work: UnitOfWork, runtime: Runtime
) -> Effect:
    """Apply a 999: accepted sets have been received, rejected ones go back to be corrected."""
    del runtime
    if one is None:
        return Effect()
    response = group_response(one)
    sent = _sent(received, response.control, work)
    if sent is None:
        return Effect(notes=("the 999 speaks of no group sent",), is_aside=True)
    _note(sent, "999", work)
    if sent.state == "sent":
        exchanges.set_state(work, sent.id, "acknowledged")
    effects = [
        _move_all(sent, "receive" if accepted else "refuse", work, control, told)
        for control, accepted, told in _verdicts(response)
    ]
    return joined([*effects, Effect(notes=tuple(_errors(response)))])


def take_claim_status(
    received: Interchange, one: TransactionSet | None, work: UnitOfWork, runtime: Runtime
) -> Effect:
    """Apply a 277CA: a ClaimResponse for each claim it speaks of, and the claim's move."""
    if one is None:
        return Effect()
    moment = runtime.clock().isoformat()
    place = f"{received.header.sender}/{received.header.control}/{one.header.control}"
    effects = []
    told = [report for report in reports(one.root) if report.claim is not None]
    for number, (status, report) in enumerate(zip(claim_statuses(one.root), told, strict=True), 1):
        if not status.statuses:
            effects.append(Effect(notes=(f"claim {number} of the 277CA has no status",)))
            continue
        event = EVENTS[status.outcome]
        claim = claim_numbered(status.claim_number, event, work, runtime)
        if claim is None:
            effects.append(Effect(notes=(f"claim {number} of the 277CA is not found here",)))
            continue
        id = str(uuid5(NAMESPACE_URL, f"277CA/{place}/{number}"))
        version = save(status_response(claim, status, id, moment), work, runtime)
        record = status_task(report, claim, f"{id}-task", moment)
        note = move(str(claim["id"]), event, work)
        if event == "reject" and not note:
            kept = ask_to_correct(claim, status, f"277CA/{place}/{number}", work, record)
        else:
            kept = save(record, work, runtime)
        made = [Link(one.type, one.id) for one in (version, kept)]
        links = (*made, Link("Claim", str(claim["id"])))
        effects.append(Effect(links, (note,) if note else ()))
    effects += [_refuse_level(received, level, place, work) for level in refused_levels(one.root)]
    return joined(effects)


def _refuse_level(
    received: Interchange, level: RefusedLevel, place: str, work: UnitOfWork
) -> Effect:
    """Apply a 277CA that refuses a batch, or a provider of it, to the claims it does not name."""
    sent = _sent(received, level.batch, work)
    if sent is None:
        return Effect(notes=("the 277CA refuses a batch that was not sent here",), is_aside=True)
    links = [one for one in exchanges.links_of(work, sent.id) if one.type == "Claim"]
    claims = read_claims([one.id for one in links], work)
    if level.provider:
        held = gather_many(claims.values(), work)
        claims = {id: one for id, one in claims.items() if _biller(one, held) == level.provider}
    trees, notes = move_all(list(claims), "reject", work)
    for claim in trees:
        ask_to_correct(claim, level.status, f"277CA/{place}", work)
    return Effect(tuple(Link("Claim", id) for id in claims), tuple(notes))


def _biller(claim: JsonObject, resources: Mapping[str, JsonObject]) -> str:
    """Return the NPI of the billing provider."""
    return npi(parties(claim, resources)[0].provider)


def joined(effects: list[Effect]) -> Effect:
    """Return many effects as one; set aside when any part is, or when nothing was found."""
    links = tuple(link for one in effects for link in one.links)
    notes = tuple(note for one in effects for note in one.notes)
    return Effect(links, notes, any(one.is_aside for one in effects) or bool(notes and not links))


def _verdicts(response: GroupResponse) -> Iterator[tuple[str | None, bool, SetResponse | None]]:
    """Yield each set's control number and verdict; None stands for every set of the group."""
    if not response.sets:
        yield None, response.verdict in {"A", "E"}, None
    for one in response.sets:
        yield one.control, one.is_accepted, one


def _errors(response: GroupResponse) -> Iterator[str]:
    """Yield the errors a 999 names: set, place and code; no values."""
    for one in response.sets:
        for error in one.errors:
            element = f"{error.element:02d}" if error.element else ""
            code = error.element_code or error.code
            place = f"{error.loop} {error.segment}{element}".strip()
            yield f"set {one.control}: {place} at segment {error.position}, code {code}"


def _note(sent: Exchange, kind: str, work: UnitOfWork) -> None:
    """Note that an answer to what we sent has come, and that nobody has to ask for it any more."""
    note_answer(work, sent, kind)
    links = exchanges.links_of(work, sent.id)
    for each in ("TA1", "999") if kind == "999" else (kind,):
        done(sent.id, links, each, work)


def _sent(received: Interchange, control: str, work: UnitOfWork) -> Exchange | None:
    """Return the interchange of ours an answer speaks of; ISA13 and GS06 are the same number."""
    header = received.header
    number = control.zfill(9)
    found = exchanges.with_control(work, "x12", "out", header.receiver, number)
    return next((one for one in found if one.facts.receiver == header.sender), None)


def _move_all(
    sent: Exchange,
    event: Event,
    work: UnitOfWork,
    control: str | None,
    response: SetResponse | None,
) -> Effect:
    links = [
        one
        for one in exchanges.links_of(work, sent.id)
        if one.type == "Claim" and control in {None, one.place}
    ]
    ids = [one.id for one in links]
    if event == "refuse":
        notes = refuse_set(sent, ids, response, work)
    else:
        notes = move_all(ids, event, work)[1]
    return Effect(tuple(Link(one.type, one.id) for one in links), tuple(notes))
