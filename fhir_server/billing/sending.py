"""The job that sends a kept interchange, exactly once whatever is killed when.

ready -> staged: the bytes are written aside, then the state is committed. staged -> sent: the file
is renamed into the outbox, then the state and the claim's move are committed. A second run finds
the file staged or, in state staged, already gone. The row is held meanwhile against other workers.
"""

import logging
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path

from fhir_server.billing.moving import move
from fhir_server.model.rest import Context
from fhir_server.outcome import FhirError
from fhir_server.runtime import Runtime
from fhir_server.store import exchanges, jobs, partners
from fhir_server.store.exchanges import Exchange
from fhir_server.store.jobs import Job
from fhir_server.store.unit_of_work import UnitOfWork
from fhir_server.transport import directory

log = logging.getLogger("parity.billing")

SEND = "x12-send"


def send(job: Job, runtime: Runtime) -> None:
    """Send the interchange a job names and finish the job. Raises LeaseLost."""
    context = Context(tenant=job.tenant)
    id = int(str(job.payload["exchange"]))
    runtime.store.transact(context, lambda work: _stage(id, work, runtime))

    def release(work: UnitOfWork) -> None:
        _release(id, work, runtime)
        jobs.finish(work, job, {"exchange": str(id)})

    runtime.store.transact(context, release)


def send_overdue(runtime: Runtime) -> int:
    """Send what should have left long ago, its job given up; return how many.

    A worker lost again and again, or a full disk, uses up the attempts of a job; the interchange
    is kept all the same and leaves when it can.
    """
    context = Context(tenant=runtime.settings.tenant)
    patience = timedelta(seconds=runtime.settings.job_lease * runtime.settings.job_attempts)
    before = runtime.clock() - patience
    with runtime.store.read(context) as reader:
        waiting = [
            one
            for state in ("ready", "staged")
            for one in exchanges.in_state(reader, "x12", "out", state)
            if one.received < before
        ]
    return sum(_send_late(one.id, runtime, context) for one in waiting)


def _send_late(id: int, runtime: Runtime, context: Context) -> bool:
    try:
        runtime.store.transact(context, lambda work: _stage(id, work, runtime))
        runtime.store.transact(context, lambda work: _release(id, work, runtime))
    except (FhirError, OSError) as error:
        log.warning("x12 exchange=%d is still not sent: %s", id, type(error).__name__)
        return False
    return True


def _stage(id: int, work: UnitOfWork, runtime: Runtime) -> None:
    exchange = exchanges.lock(work, id)
    if exchange.state == "ready":
        directory.stage(_outbox(exchange, work, runtime), exchange.facts.name, exchange.body)
        exchanges.set_state(work, id, "staged")


def _release(id: int, work: UnitOfWork, runtime: Runtime) -> None:
    exchange = exchanges.lock(work, id)
    if exchange.state == "staged":
        directory.release(_outbox(exchange, work, runtime), exchange.facts.name)
        exchanges.set_state(work, id, "sent")
        for link in exchanges.links_of(work, id):
            if link.type == "Claim":
                move(link.id, "send", work)


def _outbox(exchange: Exchange, work: UnitOfWork, runtime: Runtime) -> Path:
    partner = partners.get(work, exchange.facts.partner)
    return runtime.settings.path(partner.transport.outbox)


HANDLERS: Mapping[str, Callable[[Job, Runtime], None]] = {SEND: send}
"""The jobs of billing by kind."""
