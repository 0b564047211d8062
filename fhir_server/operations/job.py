"""The job behind an address this server gave: which it is, and what is told while it waits."""

from fhir_server.model.rest import FhirRequest, FhirResponse
from fhir_server.store import jobs
from fhir_server.store.jobs import Job
from fhir_server.store.reader import Reader

RETRY_SECONDS = "1"
LONGEST_PROGRESS = 99
"""Most characters of X-Progress."""
MOST = 2**63 - 1
WORDS = {"queued": "waiting", "running": "working"}


def asked_job(request: FhirRequest, reader: Reader) -> Job | None:
    """Return the job that the parameter `job` names, None where it names none."""
    found = [value for key, value in request.parameters if key == "job"]
    text = found[0] if len(found) == 1 else ""
    if not (text.isascii() and text.isdecimal()) or len(text) > len(str(MOST)):
        return None
    number = int(text)
    return jobs.get(reader, number) if number <= MOST else None


def waiting(job: Job) -> FhirResponse:
    """Return 202 with how far a job is, and when to ask again."""
    progress = str((job.result or {}).get("progress", WORDS.get(job.state, job.state)))
    headers = {"X-Progress": progress[:LONGEST_PROGRESS], "Retry-After": RETRY_SECONDS}
    return FhirResponse(202, headers=headers)
