"""$reindex: start the comparison of index and content, ask how far it is, give it up.

Our own operations. The work itself is a job: `bulk.reindex`; its state is also that of the job
which indexes by a new search parameter.
"""

from fhir_server.bulk.progress import read_progress
from fhir_server.bulk.task import Task, enqueue
from fhir_server.interactions.report import informed
from fhir_server.model.codec import encode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.operations.job import asked_job, waiting
from fhir_server.outcome import FhirError, NotFound
from fhir_server.runtime import Runtime
from fhir_server.security.principal import require
from fhir_server.security.scope import ANY_TYPE
from fhir_server.store import jobs
from fhir_server.store.parameters import KIND

STATUS = "$reindex-status"
COUNTS = ("total", "processed", "changed", "missing", "extra")


class ReindexFailed(FhirError):
    """Not every resource could be indexed."""

    detail = "reindex-failed"


def kick_off(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Leave a job and answer 202 with the address of its status.

    Raises Forbidden when the token may not update what is reindexed, NotFound without the
    resource named.
    """
    require(request.context, request.type or ANY_TYPE, "u")
    if request.id is not None:
        with runtime.store.read(request.context) as reader:
            current = reader.current(request.subject, request.id)
        if current is None or current.deleted:
            raise NotFound(f"{request.subject}/{request.id} is not known")
    types = (request.type,) if request.type else ()
    task = Task("repair", types=types, id=request.id or "")
    id = runtime.store.transact(request.context, lambda work: enqueue(work, task))
    place = f"{request.base}/{STATUS}?job={id}"
    text = f"reindexing has started; its status is at {place}"
    return FhirResponse(202, informed(text), headers={"Content-Location": place})


def status(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Answer 202 while the job runs, 200 with its counts when it is done; DELETE gives it up.

    Raises NotFound for a job that is not there or was given up, ReindexFailed with the counts and
    reasons of one that could not be completed.
    """
    require(request.context, ANY_TYPE, "r")
    job = known_job(request, runtime)
    if request.method == "DELETE":
        require(request.context, ANY_TYPE, "u")
        runtime.store.transact(request.context, lambda work: jobs.cancel(work, job.id))
        return FhirResponse(202, informed("the job is given up"))
    if job.state == "failed":
        raise ReindexFailed(str((job.result or {}).get("error", "the job failed")))
    if job.state == "done":
        return FhirResponse(200, encode(outcome_of(job)))
    return waiting(job)


def known_job(request: FhirRequest, runtime: Runtime) -> jobs.Job:
    """Return the job a request names. Raises NotFound."""
    with runtime.store.read(request.context) as reader:
        job = asked_job(request, reader)
    if job is None or job.kind != KIND or job.state == "cancelled":
        raise NotFound("there is no such reindexing; it may have been given up")
    return job


def outcome_of(job: jobs.Job) -> JsonObject:
    """Return the counts of a finished job as Parameters."""
    progress = read_progress(job.result)
    counts: list[JsonValue] = [
        {"name": name, "valueInteger": getattr(progress, name)} for name in COUNTS
    ]
    state: JsonObject = {"name": "state", "valueCode": job.state}
    return {"resourceType": "Parameters", "parameter": [state, *counts]}
