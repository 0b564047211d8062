"""Eligibility: a request asked of its payer, and every answer stored beside it.

Question and answer find each other by the trace number (TRN02), which is the id of the request.
"""

from collections.abc import Iterator, Sequence
from uuid import NAMESPACE_URL, uuid5

from fhir_server.billing.asking import (
    Surroundings,
    company,
    converse,
    send_in_file,
    surroundings,
    trace_of,
)
from fhir_server.billing.conversation import Conversation
from fhir_server.billing.inquiry import Inquiry
from fhir_server.billing.work_queue import Subject
from fhir_server.billing.worklist import ask
from fhir_server.interactions.write import save
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, Version
from fhir_server.model.rest import Context
from fhir_server.outcome import Gone, NotFound
from fhir_server.runtime import Runtime
from fhir_server.store import exchanges
from fhir_server.store.exchanges import Effect, Link
from fhir_server.store.unit_of_work import UnitOfWork
from fhir_server.transport.failure import NotTaken
from mappers.fhir_x12.datatype import some
from mappers.fhir_x12.eligibility_270 import Question, eligibility_question, question
from mappers.fhir_x12.eligibility_271 import Answer, answers
from mappers.fhir_x12.eligibility_code import AWAY, BEHAVIORAL, PLAN
from mappers.fhir_x12.eligibility_response import Asked, eligibility_response
from mappers.fhir_x12.eligibility_writing import Batch
from mappers.path import read, text
from mappers.x12.envelope import Interchange, TransactionSet
from mappers.x12.sets import ELIGIBILITY_270, ELIGIBILITY_271

TYPE = "CoverageEligibilityRequest"
SERVICE_TYPES = (PLAN, "MH")
"""What is asked for where neither the request nor the partner says else: plan and mental health."""


def submit_request(id: str, context: Context, runtime: Runtime) -> Version:
    """Ask the payer what a stored request asks, and return the stored response.

    Raises NotFound, Gone; Invalid with every issue; and what says that there was no answer:
    NotReached, NoAnswer, NotTrusted, NotTaken.
    """
    request = _request(id, context, runtime)
    around = surroundings({**request, "resourceType": "Claim"}, context, runtime)
    inquiry = _inquiry([(request, around)], around)
    if not around.partner.converses:
        return runtime.store.transact(
            context, lambda work: _queue(inquiry, [request], around, work, runtime)[0]
        )
    conversation = converse(inquiry, around.partner, context, runtime)
    return runtime.store.transact(
        context, lambda work: _answered(conversation, request, work, runtime)
    )


def send_requests(ids: Sequence[str], context: Context, runtime: Runtime) -> list[Version]:
    """Ask what many stored requests ask in one file for each partner; the answers are queued.

    Raises as `submit_request` does before anything leaves.
    """
    by_partner: dict[str, list[tuple[JsonObject, Surroundings]]] = {}
    for id in ids:
        request = _request(id, context, runtime)
        around = surroundings({**request, "resourceType": "Claim"}, context, runtime)
        by_partner.setdefault(around.partner.id, []).append((request, around))

    def send(work: UnitOfWork) -> list[Version]:
        queued = []
        for pairs in by_partner.values():
            inquiry = _inquiry(pairs, pairs[0][1])
            requests = [one for one, _ in pairs]
            queued += _queue(inquiry, requests, pairs[0][1], work, runtime)
        return queued

    return runtime.store.transact(context, send)


def _request(id: str, context: Context, runtime: Runtime) -> JsonObject:
    with runtime.store.read(context) as reader:
        version = reader.current(TYPE, id)
    if version is None:
        raise NotFound(f"{TYPE}/{id} is not known")
    if version.deleted:
        raise Gone(f"{TYPE}/{id} was deleted")
    return decode(version.body)


def _inquiry(pairs: Sequence[tuple[JsonObject, Surroundings]], around: Surroundings) -> Inquiry:
    """Return the question for these requests; those of one provider stand together."""
    types = around.partner.service_types or SERVICE_TYPES
    originator = company(around.partner)

    def questions() -> Iterator[Question]:
        for request, own in pairs:
            trace = trace_of(str(request["id"]))
            yield question(request, own.resources, trace, originator, types)

    return Inquiry(
        ELIGIBILITY_270,
        lambda number, moment: eligibility_question(
            sorted(questions(), key=lambda one: repr(one.provider)),
            Batch("13", number, moment),
        ),
        tuple(Link(TYPE, str(one["id"])) for one, _ in pairs),
    )


def _queue(
    inquiry: Inquiry,
    requests: Sequence[JsonObject],
    around: Surroundings,
    work: UnitOfWork,
    runtime: Runtime,
) -> list[Version]:
    """Send a question in a file and store a response that says so for each request."""
    exchange = send_in_file(inquiry, around.partner, work, runtime)
    moment = runtime.clock().isoformat()
    versions = [save(_queued(one, exchange.id, moment), work, runtime) for one in requests]
    exchanges.link(work, exchange.id, [Link(one.type, one.id) for one in versions])
    return versions


def _queued(request: JsonObject, exchange: int, moment: str) -> JsonObject:
    coverage = next(iter(read(request, "insurance.coverage")), None)
    return {
        "resourceType": "CoverageEligibilityResponse",
        "id": response_id(str(request["id"]), f"queued {exchange}"),
        "status": "active",
        "purpose": request.get("purpose", ["benefits"]),
        "patient": request["patient"],
        "created": moment,
        "request": {"reference": f"{TYPE}/{request['id']}"},
        "outcome": "queued",
        "disposition": "asked in a file: the answer is not here yet",
        "insurer": request.get("insurer", {"display": "the payer of the coverage"}),
        **some("insurance", [{"coverage": coverage}] if coverage else []),
    }


def response_id(request: str, place: str) -> str:
    """Return the id of the response to a request that came at a place."""
    return str(uuid5(NAMESPACE_URL, f"271/{request}/{place}"))


def _answered(
    conversation: Conversation, request: JsonObject, work: UnitOfWork, runtime: Runtime
) -> Version:
    """Store the answer of a conversation. Raises NotTaken where it answers something else."""
    id, exchange = str(request["id"]), conversation.answer
    sets = [one for _, _, one in conversation.document.sets() if one.kind == ELIGIBILITY_271.kind]
    found = [answer for one in sets for answer in answers(one.root)]
    mine = [one for one in found if id in one.traces]
    mine = mine or [one for one in found if not one.traces]
    if not mine:
        told = "; ".join(conversation.refusals) or "it answers none of what was asked"
        raise NotTaken(f"the partner's answer, exchange {exchange.id}, cannot be used: {told}")
    version = _store(mine[0], request, f"{exchange.id}/1", work, runtime)
    exchanges.link(work, exchange.id, [Link(version.type, version.id)])
    exchanges.set_state(work, exchange.id, "applied")
    return version


def take_eligibility(
    received: Interchange, one: TransactionSet | None, work: UnitOfWork, runtime: Runtime
) -> Effect:
    """Apply a 271 that came in a file: a response to each request it answers."""
    if one is None:
        return Effect()
    place = f"{received.header.sender}/{received.header.control}/{one.header.control}"
    links, notes = [], []
    for number, answer in enumerate(answers(one.root), 1):
        request = _traced(answer, work)
        if request is None:
            notes.append(f"answer {number} of the 271 is to no request here")
            continue
        version = _store(answer, request, f"{place}/{number}", work, runtime)
        links += [Link(version.type, version.id), Link(TYPE, str(request["id"]))]
    return Effect(tuple(links), tuple(notes), is_aside=not links)


def _traced(answer: Answer, work: UnitOfWork) -> JsonObject | None:
    found = work.many([(TYPE, one) for one in answer.traces]).values()
    return next((decode(one.body) for one in found if not one.deleted), None)


def _store(
    answer: Answer, request: JsonObject, place: str, work: UnitOfWork, runtime: Runtime
) -> Version:
    id = response_id(str(request["id"]), place)
    asked = Asked(request, id, runtime.clock().isoformat())
    response = eligibility_response(answer, asked)
    version = save(response, work, runtime)
    for code, reason in _work(response):
        patient = request.get("patient")
        subject = Subject(
            f"CoverageEligibilityResponse/{id}",
            patient=patient if isinstance(patient, dict) else None,
            reason=reason,
        )
        ask(code, subject, work)
    return version


def _work(response: JsonObject) -> Iterator[tuple[str, str]]:
    """Yield what is left to a person: what to correct, what needs an authorization."""
    codes = {text(one) for one in read(response, "error.code.coding.code")}
    if codes - AWAY:
        yield "correct-eligibility", "; ".join(text(o) for o in read(response, "error.code.text"))
    types = {
        text(code)
        for item in read(response, "insurance.item")
        if isinstance(item, dict) and item.get("authorizationRequired") is True
        for code in read(item, "category.coding.code")
    }
    if types & BEHAVIORAL:
        yield "obtain-authorization", f"service types {', '.join(sorted(types & BEHAVIORAL))}"
