"""The inboxes of the partners: each file is taken in, and put away only after the commit.

A file may be taken in twice when a worker is killed between the two; the second time finds the
exchange of the first and changes nothing. Folders of this machine are looked at all the time,
other partners every so many seconds, by one worker at a time, while they are reached.
"""

import logging
from fnmatch import fnmatchcase

from fhir_server.intake.step import Steps
from fhir_server.intake.x12 import receive
from fhir_server.model.partner import Partner
from fhir_server.model.rest import Context
from fhir_server.outcome import FhirError, TooCostly
from fhir_server.runtime import Runtime
from fhir_server.store import circuits, exchanges, partners
from fhir_server.transport.failure import NotReached, NotTaken, NotTrusted
from fhir_server.transport.port import Arrival, Transport

log = logging.getLogger("parity.intake")

MOST_FILES = 20
"""Files taken from one inbox in one look, so that jobs are not kept waiting."""
POLL_SECONDS = 60


def poll_inboxes(runtime: Runtime, steps: Steps) -> int:
    """Take in what waits in every partner's inbox, and what was left half done; return how many."""
    context = Context(tenant=runtime.settings.tenant)
    with runtime.store.read(context) as reader:
        known = partners.all_partners(reader)
        tried = circuits.all_circuits(reader)
    now = runtime.clock()
    open_ones = {id for id, circuit in tried.items() if circuit.is_open(now)}
    failing = {id for id, circuit in tried.items() if circuit.failures}
    count = sum(
        _look(one, runtime, context, steps, one.id in failing)
        for one in known
        if one.id not in open_ones
    )
    return count + _resume(runtime, context, steps)


def _look(
    partner: Partner,
    runtime: Runtime,
    context: Context,
    steps: Steps,
    failed: bool,  # noqa: FBT001
) -> int:
    """Take in what one partner left, if it is time to look; note how it was reached."""
    try:
        transport = runtime.transports.of(partner)
        if not transport.is_local and not _is_due(partner, runtime, context):
            return 0
        count = _collect(partner, transport, runtime, context, steps)
    except (NotReached, NotTaken, NotTrusted) as error:
        reason = str(error)
        log.warning("partner=%s the inbox cannot be looked at: %s", partner.id, reason)
        runtime.store.transact(context, lambda work: circuits.note_failed(work, partner.id, reason))
        return 0
    if failed or not transport.is_local:
        runtime.store.transact(context, lambda work: circuits.note_reached(work, partner.id))
    return count


def _is_due(partner: Partner, runtime: Runtime, context: Context) -> bool:
    seconds = getattr(partner.transport, "poll_seconds", POLL_SECONDS)
    return runtime.store.transact(
        context, lambda work: circuits.claim_look(work, partner.id, seconds)
    )


def _collect(
    partner: Partner, transport: Transport, runtime: Runtime, context: Context, steps: Steps
) -> int:
    try:
        waiting = list(transport.arrivals(MOST_FILES))
        named = [one for one in waiting if _is_expected(one.name, partner)]
        return sum(_take(one, transport, runtime, context, steps) for one in named)
    finally:
        transport.close()


def _is_expected(name: str, partner: Partner) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in partner.files.inbound)


def _take(
    arrival: Arrival, transport: Transport, runtime: Runtime, context: Context, steps: Steps
) -> bool:
    """Take in one file; one that cannot be taken now waits for the next look."""
    data = transport.fetch(arrival)
    if data is None:
        return False
    try:
        taken = receive(data, arrival.name, runtime, context, steps, delivers=True)
    except TooCostly as error:
        log.warning("an inbox file could not be taken in: %s", type(error).__name__)
        return False
    transport.settle(arrival)
    log.info("x12 exchange=%d taken from an inbox", taken.exchange)
    return True


def _resume(runtime: Runtime, context: Context, steps: Steps) -> int:
    """Apply the files that were kept and whose application was cut short; return how many."""
    with runtime.store.read(context) as reader:
        cut_short = exchanges.in_state(reader, "x12", "in", "received")
    done = 0
    for one in cut_short:
        try:
            receive(one.body, one.facts.name, runtime, context, steps)
            done += 1
        except FhirError as error:
            log.warning("x12 exchange=%d is still not applied: %s", one.id, error)
    return done
