"""The job that gathers the claims waiting for a partner into interchanges.

A batch is one commit: its interchange and control number, the claims' places in it, the job that
sends it. A claim that cannot be sent keeps no other back: it is rejected, and a Task says why.
"""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from fhir_server.billing.batch import Batched, batch, by_kind
from fhir_server.billing.gathering import gather_many
from fhir_server.billing.moving import move_all
from fhir_server.billing.sending import SEND
from fhir_server.billing.state import state_of
from fhir_server.billing.work_queue import Subject
from fhir_server.billing.worklist import ask
from fhir_server.interactions.claim_record import record_moves
from fhir_server.model.codec import decode
from fhir_server.model.partner import Partner
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import Context
from fhir_server.outcome import Issue
from fhir_server.runtime import Runtime
from fhir_server.store import control_numbers, exchanges, jobs, partners, waiting
from fhir_server.store.exchanges import Facts, Link
from fhir_server.store.jobs import Job
from fhir_server.store.unit_of_work import UnitOfWork

COLLECT = "x12-batch"
MOST = 2000
"""Claims of one commit: about a second during which SQLite's other writers wait."""


def wait_for_batch(claim: str, partner: Partner, work: UnitOfWork, runtime: Runtime) -> None:
    """Let a claim wait for its partner's batch, which leaves in time or when it is full."""
    waiting.add(work, partner.id, claim)
    payload: JsonObject = {"partner": partner.id}
    if waiting.count(work, partner.id) >= partner.batch.claims:
        jobs.enqueue(work, COLLECT, payload)
    elif payload not in jobs.open_payloads(work, COLLECT):
        due = runtime.clock() + timedelta(minutes=partner.batch.minutes)
        jobs.enqueue(work, COLLECT, payload, due)


def collect(job: Job, runtime: Runtime) -> None:
    """Gather what waits for the partner a job names and finish the job. Raises LeaseLost."""
    context = Context(tenant=job.tenant)
    made = collect_waiting(str(job.payload["partner"]), context, runtime)
    runtime.store.transact(
        context, lambda work: jobs.finish(work, job, {"exchanges": [str(one) for one in made]})
    )


def collect_waiting(partner: str, context: Context, runtime: Runtime) -> list[int]:
    """Gather every claim that waits for a partner; return the exchanges made. Raises NotFound."""
    made: list[int] = []
    while True:
        some = runtime.store.transact(context, lambda work: _collect(partner, work, runtime))
        if some is None:
            return made
        made += some


def _collect(id: str, work: UnitOfWork, runtime: Runtime) -> list[int] | None:
    """Gather one batch; None when nothing waits."""
    work.claim(f"batch {id}")
    partner = partners.get(work, id)
    ids = waiting.oldest(work, id, min(partner.batch.claims, MOST))
    if not ids:
        return None
    held = work.lock_many([("Claim", one) for one in ids])
    claims = {version.id: decode(version.body) for version in held.values() if not version.deleted}
    ready = {one: claims[one] for one in ids if one in claims and state_of(claims[one]) == "ready"}
    resources = gather_many(ready.values(), work)
    made = [_keep(some, resources, partner, work, runtime) for some in by_kind(ready).values()]
    waiting.remove(work, id, ids)
    return [one for one in made if one is not None]


def _keep(
    claims: Mapping[str, JsonObject],
    resources: Mapping[str, JsonObject],
    partner: Partner,
    work: UnitOfWork,
    runtime: Runtime,
) -> int | None:
    """Keep the interchange of claims of one kind and leave the job that sends it."""
    now = runtime.clock()
    control = control_numbers.next_interchange(work, partner)
    done: Batched = batch(claims, resources, partner, control, now)
    _refuse(done.refused, claims, work)
    if done.data is None:
        return None
    facts = Facts(
        partner=partner.id,
        kind="837",
        control=f"{control:09d}",
        sender=partner.own.id,
        receiver=partner.other.id,
        name=partner.file_name(control, "837", now),
    )
    exchange = exchanges.keep(work, "x12", "out", done.data, facts, "ready")
    exchanges.link(work, exchange.id, [Link("Claim", id, place) for id, place in done.sets.items()])
    jobs.enqueue(work, SEND, {"exchange": str(exchange.id)})
    return exchange.id


def _refuse(
    refused: Mapping[str, Sequence[Issue]], claims: Mapping[str, JsonObject], work: UnitOfWork
) -> None:
    """Give claims back that cannot be sent as they are now, with what is wrong."""
    if not refused:
        return
    move_all(list(refused), "refuse", work)
    for id, issues in refused.items():
        patient = claims[id].get("patient")
        inputs = tuple((one.expression or "Claim", one.detail or one.code) for one in issues)
        subject = Subject(
            f"Claim/{id}",
            patient=patient if isinstance(patient, dict) else None,
            reason="it cannot be sent as it is now: see $scrub",
            part=str(work.now),
            inputs=tuple((name, {"valueString": told}) for name, told in inputs),
        )
        ask("correct-claim", subject, work)
    record_moves(work, reason="refused while its batch was gathered")
