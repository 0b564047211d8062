"""$async-status: how far a request is that is answered later, its answer, or to give it up.

Source: https://hl7.org/fhir/R4/async.html. Only the client that made the request may ask.
"""

from datetime import timedelta
from email.utils import format_datetime

from fhir_server.interactions.deferred import KIND, is_own, result_bundle
from fhir_server.interactions.report import informed
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.operations.job import asked_job, waiting
from fhir_server.operations.purge import KIND as PURGE
from fhir_server.outcome import FhirError, NotFound
from fhir_server.runtime import Runtime
from fhir_server.store import jobs
from fhir_server.store.jobs import Job
from fhir_server.store.unit_of_work import UnitOfWork

KINDS = (KIND, PURGE)


class RequestFailed(FhirError):
    """The request was given up after several attempts."""

    detail = "async-failed"


def status(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Answer 202 while the request waits or runs, 200 with its answer in a Bundle; DELETE ends it.

    Raises NotFound for a request that is not there, was given up or has expired.
    """
    job = own_job(request, runtime)
    if request.method == "DELETE":
        return give_up(job, request, runtime)
    if job.state == "done" and job.result is not None and job.finished is not None:
        expires = job.finished + timedelta(hours=runtime.settings.async_hours)
        headers = {"Expires": format_datetime(expires, usegmt=True)}
        return FhirResponse(200, result_bundle(job.result), headers=headers)
    if job.state == "failed":
        raise RequestFailed("the request failed several times and was set aside; send it again")
    return waiting(job)


def give_up(job: Job, request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Cancel a request that is not answered yet, or remove its answer."""

    def action(work: UnitOfWork) -> None:
        jobs.cancel(work, job.id)
        jobs.discard(work, job.id)

    runtime.store.transact(request.context, action)
    return FhirResponse(202, informed("the request is given up and its answer removed"))


def own_job(request: FhirRequest, runtime: Runtime) -> Job:
    """Return the job a request names. Raises NotFound when the client may not know of it."""
    with runtime.store.read(request.context) as reader:
        job = asked_job(request, reader)
    if job is None or job.kind not in KINDS or not is_own(job, request.context):
        raise NotFound("there is no such request; it may have been removed")
    age = runtime.clock() - (job.finished or runtime.clock())
    if job.state == "cancelled" or age > timedelta(hours=runtime.settings.async_hours):
        raise NotFound("there is no such request; it may have been removed")
    return job
