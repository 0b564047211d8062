"""A 278 response that comes by itself: the decision on a review that was pended, applied."""

from collections.abc import Sequence
from datetime import UTC

from fhir_server.billing.review_known import known_claim
from fhir_server.billing.review_storing import keep_answer
from fhir_server.model.resource import JsonObject
from fhir_server.runtime import Runtime
from fhir_server.store.exchanges import Effect, Link
from fhir_server.store.unit_of_work import UnitOfWork
from mappers.fhir_x12.review_answer import Answer, Context, answers
from mappers.x12.envelope import Interchange, TransactionSet


def take_review(
    received: Interchange, one: TransactionSet | None, work: UnitOfWork, runtime: Runtime
) -> Effect:
    """Apply an answer: a new version of the ClaimResponse of each review it decides.

    One whose request is not known here is set aside, so that a person sees it.
    """
    del received
    if one is None:
        return Effect()
    created = runtime.clock().astimezone(UTC).isoformat()
    links: list[Link] = []
    notes: list[str] = []
    unsaid: list[str] = []
    for number, answer in enumerate(answers(one.root, Context(created))):
        claim = known_claim(answer.traces, work, runtime)
        if claim is None:
            notes.append(f"review {number + 1} of the 278 answers no request that is here")
            continue
        told = answers(one.root, Context(created, claim))[number]
        links += _kept(told, claim, work, runtime)
        unsaid += told.notes
    return Effect(tuple(links), (*notes, *unsaid), is_aside=bool(notes))


def _kept(answer: Answer, claim: JsonObject, work: UnitOfWork, runtime: Runtime) -> Sequence[Link]:
    stored = keep_answer(answer, claim, work, runtime)
    return (Link("Claim", str(claim["id"])), Link("ClaimResponse", str(stored.response["id"])))
