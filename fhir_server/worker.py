"""The worker process: runs the jobs that wait and takes in what partners left.

Several workers may run on one database; a job is leased by one of them at a time and taken over
when its lease ends.
"""

import logging
import signal
import threading
from collections.abc import Callable, Mapping
from types import FrameType

from fhir_server.billing import HANDLERS as BILLING
from fhir_server.billing import STEPS, send_overdue, start_watch
from fhir_server.bulk import HANDLERS as BULK
from fhir_server.intake import repoint
from fhir_server.intake.inbox import poll_inboxes
from fhir_server.intake.v2_queue import apply_waiting
from fhir_server.interactions import deferred
from fhir_server.model.rest import Context
from fhir_server.operations import purge
from fhir_server.operations.served import BY_PLACE
from fhir_server.outcome import FhirError, raised_at
from fhir_server.runtime import Runtime
from fhir_server.settings import Settings
from fhir_server.store import jobs
from fhir_server.store.jobs import Job, LeaseLost
from fhir_server.store.processes import beat, part_name, retire
from fhir_server.store.words import forget_words, index_marked

log = logging.getLogger("parity.worker")

BEAT_SECONDS = 5.0
Handler = Callable[[Job, Runtime], None]
REQUESTS: Mapping[str, Handler] = {
    deferred.KIND: deferred.runner(BY_PLACE),
    purge.KIND: purge.run_purge,
    repoint.KIND: repoint.run_repoint,
}
HANDLERS: Mapping[str, Handler] = {**BILLING, **BULK, **REQUESTS}


def main(settings: Settings) -> None:
    """Work until SIGTERM or SIGINT; the job in hand is ended first."""
    stop = threading.Event()

    def ask_to_stop(number: int, frame: FrameType | None) -> None:
        del number, frame
        stop.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, ask_to_stop)
    runtime = Runtime.build(settings)
    signs = threading.Thread(target=_say_alive, args=(runtime, stop), daemon=True)
    signs.start()
    log.info("working kinds=%s", ",".join(sorted(HANDLERS)))
    if not settings.text_search:
        forget_words(runtime.store, settings.tenant)
    work_until(stop, runtime)
    signs.join()
    runtime.store.transact(Context(), lambda work: retire(work, "worker", part_name()))


def work_until(stop: threading.Event, runtime: Runtime) -> None:
    """Take jobs and inbox files as they come until told to stop."""
    pause = runtime.settings.poll_interval / 1000
    watched = False
    while not stop.is_set():
        try:
            watched = watched or start_watch(runtime)
            busy = run_one(runtime)
            busy = bool(poll_inboxes(runtime, STEPS)) or busy
            busy = bool(apply_waiting(runtime)) or busy
            busy = bool(send_overdue(runtime)) or busy
            busy = index_marked(runtime.store) or busy
        except FhirError as error:
            log.warning("the work waits: %s", error)
            busy = False
        if not busy:
            stop.wait(pause)


def run_one(runtime: Runtime) -> bool:
    """Take and run the job due longest; return whether there was one."""
    settings = runtime.settings
    job = runtime.store.transact(
        Context(tenant=settings.tenant),
        lambda work: jobs.take(work, settings.job_lease, settings.job_attempts, tuple(HANDLERS)),
    )
    if job is None:
        return False
    try:
        HANDLERS[job.kind](job, runtime)
    except LeaseLost:
        log.warning("job=%d kind=%s was taken over", job.id, job.kind)
    except Exception as error:  # noqa: BLE001  whatever a job does, the worker goes on
        _give_back(job, error, runtime)
    else:
        log.info("job=%d kind=%s done", job.id, job.kind)
    return True


def _give_back(job: Job, error: Exception, runtime: Runtime) -> None:
    """Let a failed job be tried again later, or set it aside; say why without a patient's data."""
    reason = str(error) if isinstance(error, FhirError) else type(error).__name__
    attempts = runtime.settings.job_attempts
    try:
        state = runtime.store.transact(
            Context(tenant=job.tenant), lambda work: jobs.fail(work, job, reason, attempts)
        )
    except LeaseLost:
        log.warning("job=%d kind=%s was taken over", job.id, job.kind)
        return
    log.error("job=%d kind=%s %s: %s at %s", job.id, job.kind, state, reason, raised_at(error))


def _say_alive(runtime: Runtime, stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            runtime.store.transact(Context(), lambda work: beat(work, "worker", part_name(), {}))
        except FhirError as error:
            log.warning("no sign of life was left: %s", error)
        stop.wait(BEAT_SECONDS)
