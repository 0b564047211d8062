"""The inboxes of the partners: each file is taken in, and moved away only after the commit.

A file may be taken in twice when a worker is killed between the two; the second time finds the
exchange of the first and changes nothing.
"""

import logging

from fhir_server.intake.x12 import Steps, receive
from fhir_server.model.rest import Context
from fhir_server.outcome import FhirError, TooCostly
from fhir_server.runtime import Runtime
from fhir_server.store import exchanges, partners
from fhir_server.transport.directory import Arrival, arrivals, settle

log = logging.getLogger("parity.intake")

MOST_FILES = 20
"""Files taken from one inbox in one look, so that jobs are not kept waiting."""


def poll_inboxes(runtime: Runtime, steps: Steps) -> int:
    """Take in what waits in every partner's inbox, and what was left half done; return how many."""
    context = Context(tenant=runtime.settings.tenant)
    with runtime.store.read(context) as reader:
        inboxes = {one.transport.inbox for one in partners.all_partners(reader)}
    count = 0
    for inbox in sorted(inboxes):
        waiting = list(arrivals(runtime.settings.path(inbox)))[:MOST_FILES]
        count += sum(_take(one, runtime, context, steps) for one in waiting)
    return count + _resume(runtime, context, steps)


def _take(arrival: Arrival, runtime: Runtime, context: Context, steps: Steps) -> bool:
    """Take in one file; one that cannot be read or taken now waits for the next look."""
    try:
        data = arrival.read()
        taken = receive(data, arrival.name, runtime, context, steps, delivers=True)
        settle(arrival)
    except FileNotFoundError:
        return False
    except (OSError, TooCostly) as error:
        log.warning("an inbox file could not be taken in: %s", type(error).__name__)
        return False
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
