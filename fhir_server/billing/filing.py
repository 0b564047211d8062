"""The clock of timely filing: how long a claim may be filed, and who is told before it is late.

The limit counts from the last day of service, in days agreed for the payer or the partner. The
acceptance by 999 or 277CA is the proof that it was kept. Files that a partner does not answer in
the hours agreed are followed up in the same round (`lateness`).
"""

from datetime import date, timedelta

from fhir_server.billing.filing_limit import last_day, limit_of
from fhir_server.billing.lateness import follow_up
from fhir_server.billing.work_queue import Subject
from fhir_server.billing.worklist import ask
from fhir_server.interactions.criteria import Criteria
from fhir_server.interactions.match import matches
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.store import jobs, partners
from fhir_server.store.jobs import Job
from fhir_server.store.unit_of_work import UnitOfWork

WATCH = "x12-watch"
EVERY = timedelta(hours=1)
WARNED = timedelta(days=14)
"""How long before the limit a person is told."""
UNACCEPTED = "held,ready,sent,received,rejected"
MOST = 5000
"""Claims looked at in one round."""


def watch(job: Job, runtime: Runtime) -> None:
    """Leave a Task for what comes near its limit, and look again in an hour. Raises LeaseLost."""
    context = Context(tenant=job.tenant)

    def look(work: UnitOfWork) -> None:
        asked = remind(work, runtime)
        jobs.finish(work, job, {"asked": str(asked)})
        jobs.enqueue(work, WATCH, {}, runtime.clock() + EVERY)

    runtime.store.transact(context, look)


def start_watch(runtime: Runtime) -> bool:
    """Leave the first watch of an installation, where there is none; return True."""
    context = Context(tenant=runtime.settings.tenant)

    def start(work: UnitOfWork) -> bool:
        work.claim(WATCH)
        if not jobs.open_payloads(work, WATCH):
            jobs.enqueue(work, WATCH, {})
        return True

    return runtime.store.transact(context, start)


def remind(work: UnitOfWork, runtime: Runtime) -> int:
    """Leave the Tasks that are due; return how many claims and files they are about."""
    now = runtime.clock()
    known = partners.all_partners(work)
    count = follow_up(work, runtime)
    shortest = min((day for one in known for day in one.filing_days.values()), default=0)
    if not shortest:
        return count
    until = now.date() + WARNED - timedelta(days=shortest)
    for criteria in ((("state", UNACCEPTED),), (("state:missing", "true"), ("status", "active"))):
        asked = Criteria.of("Claim", criteria, runtime)
        for version in matches(asked, work, limit=MOST):
            claim = decode(version.body)
            day = last_day(claim)
            if day is not None and day <= until and claim.get("use", "claim") == "claim":
                count += _near(claim, now.date(), work)
    return count


def _near(claim: JsonObject, today: date, work: UnitOfWork) -> bool:
    """Leave a Task for a claim whose limit comes near; say whether it does."""
    limit = limit_of(claim, work)
    if limit is None or limit - today > WARNED:
        return False
    patient = claim.get("patient")
    late = " and is past" if limit < today else ""
    subject = Subject(
        f"Claim/{claim['id']}",
        patient=patient if isinstance(patient, dict) else None,
        reason=f"the filing limit is {limit.isoformat()}{late}",
    )
    ask("file-in-time", subject, work, until=limit.isoformat())
    return True
