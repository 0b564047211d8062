"""Claim status: the payer is asked (276), and what it answers (277) is stored as Task.

Question and answer find each other by the trace number (TRN02), which is the id of the claim.
"""

from collections.abc import Mapping, Sequence
from uuid import NAMESPACE_URL, uuid5

from fhir_server.billing.asking import (
    Surroundings,
    converse,
    send_in_file,
    surroundings,
    trace_of,
)
from fhir_server.billing.conversation import Conversation
from fhir_server.billing.gathering import read_claim
from fhir_server.billing.inquiry import Inquiry
from fhir_server.billing.moving import claim_numbered, move
from fhir_server.billing.refusal import ask_to_correct
from fhir_server.billing.state import Event
from fhir_server.billing.work_queue import WORK, Subject
from fhir_server.billing.worklist import ask, open_task
from fhir_server.interactions.claim_record import record_moves
from fhir_server.interactions.criteria import Criteria
from fhir_server.interactions.match import matches
from fhir_server.interactions.write import save
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, Version
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.store import exchanges
from fhir_server.store.exchanges import Effect, Link
from fhir_server.store.unit_of_work import UnitOfWork
from fhir_server.transport.failure import NotTaken
from mappers.fhir_x12.datatype import coding
from mappers.fhir_x12.status_276 import Sought, question_set, status_question
from mappers.fhir_x12.status_277ca import status_response
from mappers.fhir_x12.status_report import Report, reports
from mappers.fhir_x12.status_task import (
    CODE,
    Standing,
    claim_status,
    number_of,
    standing,
    status_task,
)
from mappers.fhir_x12.status_task import (
    trace_of as traced,
)
from mappers.fhir_x12.system import PAYER_CLAIM_NUMBER
from mappers.path import read
from mappers.x12.envelope import Interchange, TransactionSet
from mappers.x12.sets import STATUS_276, STATUS_277

EVENTS: Mapping[Standing, Event] = {
    "received": "receive",
    "accepted": "accept",
    "rejected": "reject",
    "on-hold": "pend",
}
"""What a status does to its claim; a finished one waits for its remittance."""
MOST_RESPONSES = 50


def ask_status(id: str, context: Context, runtime: Runtime) -> Version:
    """Ask the payer for the status of a claim and return the stored Task.

    Raises NotFound, Gone; Invalid with every issue; and what says that there was no answer:
    NotReached, NoAnswer, NotTrusted, NotTaken.
    """
    claim, around, number = _known(id, context, runtime)
    inquiry = _inquiry([(claim, around, number)])
    if not around.partner.converses:
        return runtime.store.transact(
            context, lambda work: _queue(inquiry, [claim], around, work, runtime)[0]
        )
    conversation = converse(inquiry, around.partner, context, runtime)
    return runtime.store.transact(
        context, lambda work: _answered(conversation, claim, work, runtime)
    )


def send_status_questions(ids: Sequence[str], context: Context, runtime: Runtime) -> list[Version]:
    """Ask for the status of many claims in one file for each partner; the Tasks are requested.

    Raises as `ask_status` does before anything leaves.
    """
    by_partner: dict[str, list[tuple[JsonObject, Surroundings, str]]] = {}
    for id in ids:
        known = _known(id, context, runtime)
        by_partner.setdefault(known[1].partner.id, []).append(known)

    def send(work: UnitOfWork) -> list[Version]:
        return [
            version
            for known in by_partner.values()
            for version in _queue(
                _inquiry(known), [one for one, _, _ in known], known[0][1], work, runtime
            )
        ]

    return runtime.store.transact(context, send)


def _known(id: str, context: Context, runtime: Runtime) -> tuple[JsonObject, Surroundings, str]:
    """Return a claim, what it refers to, and the payer's number of it, where one was told."""
    with runtime.store.read(context) as reader:
        claim = read_claim(id, reader)
        criteria = Criteria.of("ClaimResponse", (("request", f"Claim/{id}"),), runtime)
        found = [decode(one.body) for one in matches(criteria, reader, limit=MOST_RESPONSES)]
    numbers = [
        str(one)
        for tree in found
        for one in read(tree, f"identifier[system={PAYER_CLAIM_NUMBER}].value")
    ]
    return claim, surroundings(claim, context, runtime), next(iter(numbers), "")


def _inquiry(known: Sequence[tuple[JsonObject, Surroundings, str]]) -> Inquiry:
    partner = known[0][1].partner

    def told() -> list[Report]:
        return [
            status_question(
                claim,
                around.resources,
                Sought(partner.own.id, partner.own.name, trace_of(str(claim["id"])), number),
            )
            for claim, around, number in known
        ]

    return Inquiry(
        STATUS_276,
        lambda reference, moment: question_set(told(), reference, moment),
        tuple(Link("Claim", str(claim["id"]), "276") for claim, _, _ in known),
    )


def _queue(
    inquiry: Inquiry,
    claims: Sequence[JsonObject],
    around: Surroundings,
    work: UnitOfWork,
    runtime: Runtime,
) -> list[Version]:
    exchange = send_in_file(inquiry, around.partner, work, runtime)
    moment = runtime.clock().isoformat()
    versions = [save(_asked(one, exchange.id, moment), work, runtime) for one in claims]
    exchanges.link(work, exchange.id, [Link(one.type, one.id) for one in versions])
    return versions


def _asked(claim: JsonObject, exchange: int, moment: str) -> JsonObject:
    return {
        "resourceType": "Task",
        "id": _id(f"asked/{exchange}/{claim['id']}"),
        "status": "requested",
        "intent": "order",
        "code": {"coding": [coding(WORK, CODE)]},
        "description": "asked in a file: the answer is not here yet",
        "focus": {"reference": f"Claim/{claim['id']}"},
        "for": claim["patient"],
        "authoredOn": moment,
    }


def _id(place: str) -> str:
    return str(uuid5(NAMESPACE_URL, f"277/{place}"))


def _answered(
    conversation: Conversation, claim: JsonObject, work: UnitOfWork, runtime: Runtime
) -> Version:
    """Store the answer of a conversation. Raises NotTaken where it answers something else."""
    exchange = conversation.answer
    sets = [one for _, _, one in conversation.document.sets() if one.kind == STATUS_277.kind]
    found = [report for one in sets for report in reports(one.root)]
    mine = [one for one in found if traced(one) == claim["id"]]
    mine = mine or [one for one in found if one.claim is None]
    if not mine:
        told = "; ".join(conversation.refusals) or "it answers none of what was asked"
        raise NotTaken(f"the partner's answer, exchange {exchange.id}, cannot be used: {told}")
    version, _ = _store(mine[0], claim, f"{exchange.id}/1", work, runtime)
    exchanges.link(work, exchange.id, [Link(version.type, version.id)])
    exchanges.set_state(work, exchange.id, "applied")
    record_moves(work, exchange)
    return version


def take_status(
    received: Interchange, one: TransactionSet | None, work: UnitOfWork, runtime: Runtime
) -> Effect:
    """Apply a 277 that came in a file: a Task for each claim it speaks of, and the claim's move."""
    if one is None:
        return Effect()
    place = f"{received.header.sender}/{received.header.control}/{one.header.control}"
    links, notes = [], []
    for number, report in enumerate(reports(one.root), 1):
        claim = _traced(report, work, runtime)
        if claim is None and report.claim is not None:
            notes.append(f"claim {number} of the 277 is not found here")
            continue
        version, note = _store(report, claim, f"{place}/{number}", work, runtime)
        links += [Link(version.type, version.id)]
        links += [Link("Claim", str(claim["id"]))] if claim else []
        notes += [note] if note else []
    return Effect(tuple(links), tuple(notes), is_aside=not links)


def _traced(report: Report, work: UnitOfWork, runtime: Runtime) -> JsonObject | None:
    known = work.current("Claim", traced(report)) if report.claim is not None else None
    if known is not None and not known.deleted:
        return decode(known.body)
    return claim_numbered(number_of(report, "EJ"), None, work, runtime)


def _store(
    report: Report, claim: JsonObject | None, place: str, work: UnitOfWork, runtime: Runtime
) -> tuple[Version, str]:
    """Store a report: the Task, the response, the claim's move, and what is left to a person.

    A question that was asked in a file is answered in its own Task; a rejection nobody asked about
    is the Task to correct the claim.
    """
    moment = runtime.clock().isoformat()
    if claim is None or report.claim is None:
        return save(status_task(report, claim, _id(place), moment), work, runtime), ""
    facts, stands = claim_status(report), standing(report)
    response = status_response(claim, facts, _id(f"{place}/response"), moment)
    outcome = {"completed": "complete", "rejected": "error", "failed": "error"}.get(
        stands, "queued"
    )
    save({**response, "outcome": outcome, "disposition": f"277: {stands}"}, work, runtime)
    event = EVENTS.get(stands)
    note = move(str(claim["id"]), event, work) if event else ""
    asked = open_task(CODE, f"Claim/{claim['id']}", work, runtime)
    record = status_task(report, claim, asked or _id(place), moment)
    is_rejected = event == "reject" and not note
    if is_rejected and not asked:
        version = ask_to_correct(claim, facts, f"277/{place}", work, record)
    else:
        version = save(record, work, runtime)
        if is_rejected:
            ask_to_correct(claim, facts, f"277/{place}", work)
    if any(one.category.startswith("R") for one in facts.statuses):
        patient = claim.get("patient")
        about = patient if isinstance(patient, dict) else None
        ask("answer-payer", Subject(f"Claim/{claim['id']}", patient=about, part=place), work)
    return version, note
