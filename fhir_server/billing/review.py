"""Prior authorization in one call: the Bundle judged and kept, asked as 278, answered as a Bundle.

The claim is stored before the payer is asked, the answer when it came: a request without an
answer stays visible, and the same Bundle sent again is the same request. A pended answer is
updated by an inquiry or by what the payer sends later; each is a version of one ClaimResponse.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from functools import partial

from fhir_server.billing.conversation import Conversation
from fhir_server.billing.papers import send_papers
from fhir_server.billing.realtime import ask
from fhir_server.billing.review_bundle import Asked, answer_bundle
from fhir_server.billing.review_issue import ENTRY, NO_PARTNER, issue_of
from fhir_server.billing.review_keeping import KeptReview, claim_id, kept_review
from fhir_server.billing.review_known import known_claim, previous_number
from fhir_server.billing.review_question import KIND, payer_numbers, question
from fhir_server.billing.review_stored import Stored, claim_by_id, stored_answer
from fhir_server.billing.review_storing import keep_answer
from fhir_server.interactions.write import save
from fhir_server.model.partner import Partner
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import Context
from fhir_server.outcome import Invalid, Issue
from fhir_server.runtime import Runtime
from fhir_server.store import exchanges, partners
from fhir_server.store.exchanges import Link
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.fhir_x12 import pas
from mappers.fhir_x12 import review_answer as answering
from mappers.fhir_x12.review_answer import Answer
from mappers.fhir_x12.review_bundle import Unbundled, unbundled
from mappers.path import read
from mappers.x12.sets import REVIEW_278_INQUIRY_RESPONSE, REVIEW_278_RESPONSE
from mappers.x12.tree import LoopNode

ANSWERS = (REVIEW_278_RESPONSE.kind, REVIEW_278_INQUIRY_RESPONSE.kind)
AUTHORIZATION = "authorizationNumber"


class ReviewRefused(Invalid):
    """The payer's translator refused the interchange, or its answer holds no review."""

    code, detail = "processing", "review-refused"


def submit_review(bundle: JsonObject, base: str, context: Context, runtime: Runtime) -> JsonObject:
    """Ask for a prior authorization and return the response Bundle.

    Raises Invalid with every issue of the Bundle, NotReached and its kin when the payer does not
    answer, ReviewRefused when it refuses the interchange.
    """
    asked = _asked(bundle, context, runtime)
    id = claim_id(bundle, context.tenant)
    with runtime.store.read(context) as reader:
        earlier = stored_answer(id, reader)
        here = _here(asked.found, base, reader)
        before = previous_number(asked.found.claim, reader, runtime)
    kept = kept_review(asked.found.claim, asked.found.resources, here, id)
    if earlier is not None:
        return answer_bundle(asked, [earlier], kept, base, ())
    claim = _with_previous(asked.found.claim, before)
    told = question(
        claim,
        asked.found.resources,
        asked.reference,
        asked.partner,
        runtime.clock(),
        "request",
    )
    runtime.store.transact(context, lambda work: _keep(kept, work, runtime))
    links = [Link("Claim", id), *_documents(kept)]
    talk = ask(asked.partner, KIND, told.written, context, runtime, links=links)
    answer = _answers(talk, _now(runtime), {**asked.found.claim, "id": id})[0].answer
    saved = runtime.store.transact(
        context, lambda work: _save(talk, answer, claim_by_id(id, work), work, runtime)
    )
    unsent = _send_documents(id, saved, asked.partner, context, runtime)
    return answer_bundle(asked, [saved], kept, base, (*told.doubts, *unsent))


def inquire_review(bundle: JsonObject, base: str, context: Context, runtime: Runtime) -> JsonObject:
    """Inquire for reviews and return the response Bundle; one that was asked here is updated.

    Of several diagnoses each is inquired for by itself (X215 takes one), and the answers are
    joined. Raises as `submit_review` does.
    """
    asked = _asked(bundle, context, runtime)
    found: dict[str, Stored] = {}
    doubts: list[Issue] = []
    for claim in _by_diagnosis(asked.found.claim):
        told = question(
            claim,
            asked.found.resources,
            asked.reference,
            asked.partner,
            runtime.clock(),
            "inquiry",
        )
        doubts += told.doubts
        talk = ask(asked.partner, KIND, told.written, context, runtime)
        without_id = {name: one for name, one in claim.items() if name != "id"}
        for one in _answers(talk, _now(runtime), without_id):
            stored = runtime.store.transact(context, partial(_update, talk, one, runtime))
            found[_key(stored.response)] = stored
    kept = kept_review(asked.found.claim, asked.found.resources, (), "inquiry")
    profile = pas.INQUIRY_RESPONSE_BUNDLE
    return answer_bundle(asked, list(found.values()), kept, base, doubts, profile)


def _key(response: JsonObject) -> str:
    return str(response.get("id") or read(response, "identifier.value"))


def _by_diagnosis(claim: JsonObject) -> list[JsonObject]:
    diagnoses = read(claim, "diagnosis")
    return [{**claim, "diagnosis": [one]} for one in diagnoses] if diagnoses[1:] else [claim]


def _asked(bundle: JsonObject, context: Context, runtime: Runtime) -> Asked:
    """Judge a Bundle and find its partner. Raises Invalid with every issue."""
    broken = [one for one in runtime.validator.check(bundle) if one.severity in {"error", "fatal"}]
    found = unbundled(bundle)
    issues = [*broken, *(issue_of(one) for one in found.faults)]
    if issues:
        raise Invalid("the Bundle cannot be asked", issues=issues)
    with runtime.store.read(context) as reader:
        partner = _partner(found, reader)
    if partner is None:
        raise Invalid("the Bundle cannot be asked", issues=[NO_PARTNER])
    doubts = tuple(issue_of(one, "warning") for one in found.doubts)
    return Asked(bundle, found, partner, doubts)


def _partner(found: Unbundled, reader: Reader) -> Partner | None:
    for number in payer_numbers(found.claim, found.resources):
        partner = partners.of_payer(reader, number)
        if partner is not None:
            return partner
    return None


def _here(found: Unbundled, base: str, reader: Reader) -> set[str]:
    """Return the resources of the Bundle that this server has: by the address of their entry."""
    own = [
        (kind, id)
        for key, url in found.urls.items()
        if url == f"{base}/{key}"
        for kind, _, id in [key.partition("/")]
    ]
    versions = reader.many(own).values() if own else ()
    return {one.reference for one in versions if not one.deleted}


def _with_previous(claim: JsonObject, number: str) -> JsonObject:
    """Return an update that names the authorization it changes."""
    if not number:
        return claim
    extension: JsonObject = {"url": pas.url(AUTHORIZATION), "valueString": number}
    return {**claim, "extension": [*read(claim, "extension"), extension]}


def _keep(kept: KeptReview, work: UnitOfWork, runtime: Runtime) -> None:
    for one in (*kept.documents, kept.claim):
        save(one, work, runtime)


def _documents(kept: KeptReview) -> list[Link]:
    return [Link(str(one["resourceType"]), str(one["id"])) for one in kept.documents]


def _now(runtime: Runtime) -> str:
    return runtime.clock().astimezone(UTC).isoformat()


@dataclass(frozen=True, slots=True)
class Told:
    """One answer of a set, and the set, to be read again in the light of a stored claim."""

    answer: Answer
    root: LoopNode
    number: int


def _answers(talk: Conversation, created: str, claim: JsonObject) -> list[Told]:
    """Return what the answer says, what bears our trace numbers first.

    Raises ReviewRefused where it is a refusal or holds no review.
    """
    if talk.refusals:
        issues = [
            Issue("error", "processing", one, ENTRY, ReviewRefused.detail) for one in talk.refusals
        ]
        raise ReviewRefused("the payer refused the interchange", issues=issues)
    context = answering.Context(created, claim)
    found = [
        Told(answer, one.root, number)
        for _, _, one in talk.document.sets()
        if one.kind in ANSWERS
        for number, answer in enumerate(answering.answers(one.root, context))
    ]
    if not found:
        text = f"the payer's answer, exchange {talk.answer.id}, holds no review"
        raise ReviewRefused(text, expression=ENTRY)
    traces = {str(one) for one in read(claim, "identifier.value")}
    found.sort(key=lambda one: traces.isdisjoint(one.answer.traces))
    return found


def _save(
    talk: Conversation, answer: Answer, claim: JsonObject, work: UnitOfWork, runtime: Runtime
) -> Stored:
    """Store the answer to a request, and say so on the exchange."""
    saved = keep_answer(answer, claim, work, runtime)
    links = [Link("Claim", str(claim["id"])), Link("ClaimResponse", str(saved.response["id"]))]
    exchanges.link(work, talk.answer.id, links)
    notes: list[JsonValue] = list(answer.notes)
    exchanges.set_state(work, talk.answer.id, "applied", report={"notes": notes})
    return saved


def _send_documents(
    id: str, saved: Stored, partner: Partner, context: Context, runtime: Runtime
) -> Sequence[Issue]:
    """Let the documents of a request follow it, once the payer has it and found no error.

    The decision is kept whatever becomes of them: what cannot be sent is a warning.
    """
    if saved.response.get("outcome") == "error":
        return ()
    try:
        runtime.store.transact(
            context, lambda work: send_papers(claim_by_id(id, work), {}, partner, work, runtime)
        )
    except Invalid as error:
        return [replace(one, severity="warning") for one in error.issues]
    return ()


def _update(talk: Conversation, told: Told, runtime: Runtime, work: UnitOfWork) -> Stored:
    """Store the answer to an inquiry where its request is known here; return it either way."""
    claim = known_claim(told.answer.traces, work, runtime)
    if claim is None:
        exchanges.set_state(work, talk.answer.id, "applied")
        return Stored(told.answer.response, told.answer.requests)
    context = answering.Context(_now(runtime), claim)
    answer = answering.answers(told.root, context)[told.number]
    return _save(talk, answer, claim, work, runtime)
