"""The job that sends a kept interchange, exactly once whatever is killed when.

ready -> staged: the bytes are written aside, then the state is committed. staged -> sent: the file
is renamed into the outbox, then the state and the claim's move are committed. A second run finds
the file staged or, in state staged, already gone. The row is held meanwhile against other workers.
"""

from collections.abc import Callable, Mapping
from pathlib import Path

from fhir_server.billing.moving import move
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.store import exchanges, jobs, partners
from fhir_server.store.exchanges import Exchange
from fhir_server.store.jobs import Job
from fhir_server.store.unit_of_work import UnitOfWork
from fhir_server.transport import directory

SEND = "x12-send"


def send(job: Job, runtime: Runtime) -> None:
    """Send the interchange a job names and finish the job. Raises LeaseLost."""
    context = Context(tenant=job.tenant)
    id = int(str(job.payload["exchange"]))
    runtime.store.transact(context, lambda work: _stage(id, work, runtime))
    runtime.store.transact(context, lambda work: _release(id, job, work, runtime))


def _stage(id: int, work: UnitOfWork, runtime: Runtime) -> None:
    exchange = exchanges.lock(work, id)
    if exchange.state == "ready":
        directory.stage(_outbox(exchange, work, runtime), exchange.facts.name, exchange.body)
        exchanges.set_state(work, id, "staged")


def _release(id: int, job: Job, work: UnitOfWork, runtime: Runtime) -> None:
    exchange = exchanges.lock(work, id)
    if exchange.state == "staged":
        directory.release(_outbox(exchange, work, runtime), exchange.facts.name)
        exchanges.set_state(work, id, "sent")
        for link in exchanges.links_of(work, id):
            if link.type == "Claim":
                move(link.id, "send", work)
    jobs.finish(work, job, {"exchange": str(id)})


def _outbox(exchange: Exchange, work: UnitOfWork, runtime: Runtime) -> Path:
    partner = partners.get(work, exchange.facts.partner)
    return runtime.settings.path(partner.transport.outbox)


HANDLERS: Mapping[str, Callable[[Job, Runtime], None]] = {SEND: send}
"""The jobs of billing by kind."""
