"""The job that sends a kept interchange, once whatever is killed when.

ready -> staged: the bytes are brought close, then the state is committed. staged -> sent: they are
let go, then the state and the claim's move are committed. A second run finds the file staged or,
in state staged, already gone (docs/decisions/0031, 0100). To folders of this machine both happen
while the row is held against other workers; over a network nothing is held while we wait, and
what leaves twice all the same is the same interchange, which the partner knows by its number.

A partner that is not reached opens its circuit: the job waits and is not used up.
"""

import logging
from datetime import datetime, timedelta

from fhir_server.billing.delivery_answer import keep_answer
from fhir_server.billing.moving import move_all
from fhir_server.billing.work_queue import Subject
from fhir_server.billing.worklist import ask
from fhir_server.interactions.claim_record import record_moves
from fhir_server.model.partner import Partner
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.store import circuits, exchanges, jobs, partners
from fhir_server.store.exchanges import Exchange
from fhir_server.store.jobs import Job
from fhir_server.store.unit_of_work import UnitOfWork
from fhir_server.transport.failure import NotReached, NotTaken, NotTrusted
from fhir_server.transport.port import Transport

log = logging.getLogger("parity.billing")

SEND = "x12-send"


def send(job: Job, runtime: Runtime) -> None:
    """Send the interchange a job names and finish the job. Raises LeaseLost."""
    context = Context(tenant=job.tenant)
    with runtime.store.read(context) as reader:
        exchange = exchanges.get(reader, int(str(job.payload["exchange"])))
        partner = partners.get(reader, exchange.facts.partner)
        circuit = circuits.of(reader, partner.id)
    if circuit.is_open(runtime.clock()) and circuit.retry is not None:
        _wait(job, circuit.retry, circuit.reason, context, runtime)
        return
    transport = runtime.transports.of(partner)
    try:
        _deliver(exchange, transport, job, context, runtime)
    except (NotReached, NotTrusted) as error:
        _not_reached(job, partner, str(error), context, runtime)
    except NotTaken as error:
        _refused(job, exchange, str(error), context, runtime)
    else:
        _reached(partner, context, runtime)
    finally:
        transport.close()


def _deliver(
    exchange: Exchange, transport: Transport, job: Job, context: Context, runtime: Runtime
) -> None:
    """Stage and release, each followed by the commit that says so."""
    name, data = exchange.facts.name, exchange.body
    if exchange.state == "ready":
        if not transport.is_local:
            transport.stage(name, data)
        runtime.store.transact(context, lambda work: _stage(exchange.id, transport, work))
    if not transport.is_local and exchange.state in {"ready", "staged"}:
        transport.release(name, data)

    def release(work: UnitOfWork) -> None:
        _release(exchange.id, transport, work)
        keep_answer(exchange, transport.reply, work)
        jobs.finish(work, job, {"exchange": str(exchange.id)})

    runtime.store.transact(context, release)


def _stage(id: int, transport: Transport, work: UnitOfWork) -> None:
    exchange = exchanges.lock(work, id)
    if exchange.state == "ready":
        if transport.is_local:
            transport.stage(exchange.facts.name, exchange.body)
        exchanges.set_state(work, id, "staged")


def _release(id: int, transport: Transport, work: UnitOfWork) -> None:
    exchange = exchanges.lock(work, id)
    if exchange.state == "staged":
        if transport.is_local:
            transport.release(exchange.facts.name, exchange.body)
        exchanges.set_state(work, id, "sent")
        claims = [one.id for one in exchanges.links_of(work, id) if one.type == "Claim"]
        move_all(claims, "send", work)
        record_moves(work, exchange)


def _reached(partner: Partner, context: Context, runtime: Runtime) -> None:
    runtime.store.transact(context, lambda work: circuits.note_reached(work, partner.id))


def _not_reached(
    job: Job, partner: Partner, reason: str, context: Context, runtime: Runtime
) -> None:
    """Leave the partner alone for a while, and the job with it."""

    def note(work: UnitOfWork) -> None:
        jobs.postpone(work, job, circuits.note_failed(work, partner.id, reason), reason)

    runtime.store.transact(context, note)
    log.warning("x12 job=%d partner=%s is not reached: %s", job.id, partner.id, reason)


def _wait(job: Job, until: datetime, reason: str, context: Context, runtime: Runtime) -> None:
    runtime.store.transact(context, lambda work: jobs.postpone(work, job, until, reason))


def _refused(job: Job, exchange: Exchange, reason: str, context: Context, runtime: Runtime) -> None:
    """Set an interchange aside that the partner does not take: it would not the next time.

    Its claims were not sent: they are rejected, so that they can be submitted again.
    """

    def note(work: UnitOfWork) -> None:
        exchanges.set_state(work, exchange.id, "refused", report={"notes": [reason]})
        claims = [one.id for one in exchanges.links_of(work, exchange.id) if one.type == "Claim"]
        move_all(claims, "refuse", work)
        for id in claims:
            subject = Subject(f"Claim/{id}", reason=reason, part=str(exchange.id))
            ask("undelivered-file", subject, work)
        record_moves(work, exchange, reason)
        jobs.finish(work, job, {"exchange": str(exchange.id), "error": reason})

    runtime.store.transact(context, note)
    log.error("x12 exchange=%d is not taken by its partner: %s", exchange.id, reason)


def send_overdue(runtime: Runtime) -> int:
    """Give what should have left long ago a new job where it has none; return how many.

    A worker lost again and again, or a full disk, uses up the attempts of a job; the interchange
    is kept all the same and leaves when it can.
    """
    context = Context(tenant=runtime.settings.tenant)
    patience = timedelta(seconds=runtime.settings.job_lease * runtime.settings.job_attempts)
    before = runtime.clock() - patience
    with runtime.store.read(context) as reader:
        waiting = exchanges.left_over(reader, "x12", "out", ("ready", "staged"), before)
    if not waiting:
        return 0

    def enqueue(work: UnitOfWork) -> int:
        work.claim(f"{SEND} overdue")
        busy = {str(one["exchange"]) for one in jobs.open_payloads(work, SEND)}
        left = [one for one in waiting if str(one) not in busy]
        for id in left:
            jobs.enqueue(work, SEND, {"exchange": str(id)})
        return len(left)

    return runtime.store.transact(context, enqueue)
