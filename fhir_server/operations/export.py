"""$export on the whole system: start it, ask how far it is, fetch its files, give it up.

Source: https://hl7.org/fhir/uv/bulkdata/STU2/export.html. The work itself is a job: `bulk.export`.
"""

from urllib.parse import urlencode

from fhir_server.bulk import export
from fhir_server.bulk.request import NDJSON, body_parameters, may_export, parse_request
from fhir_server.interactions.preference import parse_preference
from fhir_server.interactions.report import informed
from fhir_server.model.codec import encode
from fhir_server.model.rest import Context, FhirRequest, FhirResponse
from fhir_server.operations.job import asked_job, waiting
from fhir_server.outcome import BadRequest, FhirError, NotFound
from fhir_server.runtime import Runtime
from fhir_server.security.scope import ANY_TYPE
from fhir_server.store import jobs
from fhir_server.store.files import Files

STATUS = "$export-status"
FILE = "$export-file"
CODINGS = ("zstd", "gzip")
"""How files are compressed, the quicker one first (RFC 8878, RFC 1952)."""


class ExportFailed(FhirError):
    """The export was given up after several attempts."""

    detail = "export-failed"


def kick_off(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Leave a job and answer 202 with the address of its status.

    Raises BadRequest without `Prefer: respond-async` or for parameters it does not serve,
    Forbidden when the scopes do not cover what is asked for.
    """
    preference = parse_preference(request.headers.get("prefer"))
    if not preference.is_async:
        raise BadRequest(
            "$export answers asynchronously; send the header Prefer: respond-async",
            detail="respond-async",
        )
    scopes = request.context.scopes
    asked = parse_request(
        [*request.parameters, *body_parameters(request.resource)],
        runtime.definitions.resource_types,
        scopes,
        is_lenient=preference.is_lenient,
    )
    payload = export.as_json(export.payload_of(asked, request_url(request), scopes))
    id = runtime.store.transact(
        request.context, lambda work: jobs.enqueue(work, export.KIND, payload)
    )
    place = f"{request.base}/{STATUS}?job={id}"
    text = f"the export has started; its status is at {place}"
    return FhirResponse(202, informed(text), headers={"Content-Location": place})


def request_url(request: FhirRequest) -> str:
    """Return the URL of the kick-off, as the manifest repeats it."""
    query = urlencode(request.parameters)
    return f"{request.base}/$export{'?' if query else ''}{query}"


def status(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Answer 202 while the export runs, 200 with the manifest when it is done; DELETE gives it up.

    Raises NotFound for an export that is not there, was given up, or is another client's.
    """
    if request.method == "DELETE":
        return give_up(request, runtime)
    job = own_job(request, runtime)
    if job.state == "done":
        file_url = f"{request.base}/{FILE}?job={job.id}&name="
        body = encode(export.manifest_of(job, file_url))
        return FhirResponse(200, body, media_type="application/json")
    if job.state == "failed":
        raise ExportFailed("the export failed several times and was set aside; start another one")
    return waiting(job)


def give_up(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Cancel a running export, or remove the files of a finished one. Raises NotFound."""
    job = own_job(request, runtime)
    export.remove_export(job, request.context, runtime)
    return FhirResponse(202, informed("the export and its files are removed"))


def file(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Answer with one file of a finished export. Raises NotFound."""
    job = own_job(request, runtime)
    name = parameter(request, "name")
    if job.state != "done" or name not in export.file_names(job):
        raise NotFound("this export has no such file")
    path = Files(runtime.settings.path()).path(f"{export.read_result(job).folder}/{name}")
    if not path.is_file():
        raise NotFound("this export has no such file")
    coding = accepted_coding(request.headers.get("accept-encoding", ""))
    headers = {"Vary": "Accept-Encoding"} | ({"Content-Encoding": coding} if coding else {})
    return FhirResponse(200, file=path, media_type=NDJSON, headers=headers)


def accepted_coding(header: str) -> str | None:
    """Return the first of CODINGS that an Accept-Encoding header allows (RFC 9110, 12.5.3)."""
    allowed = set()
    for wish in header.lower().split(","):
        name, _, weight = wish.replace(" ", "").partition(";q=")
        if weight.strip("0.") != "" or not weight:
            allowed.add(name)
    return next((one for one in CODINGS if one in allowed), None)


def own_job(request: FhirRequest, runtime: Runtime) -> jobs.Job:
    """Return the export a request names. Raises NotFound when the client may not know of it."""
    with runtime.store.read(request.context) as reader:
        job = asked_job(request, reader)
    is_there = job is not None and job.kind == export.KIND and job.state != "cancelled"
    if job is None or not is_there or not may_see(job, request.context):
        raise NotFound("there is no such export; it may have been removed")
    return job


def may_see(job: jobs.Job, context: Context) -> bool:
    """Whether a client may see an export: it started it and may still export all its types.

    Who may export every type may see every export of the tenant.
    """
    if may_export(ANY_TYPE, context.scopes):
        return True
    types = export.read_payload(job).types
    return job.client == context.client and all(may_export(one, context.scopes) for one in types)


def parameter(request: FhirRequest, name: str) -> str:
    """Return a query parameter. Raises NotFound without it: such an address was never given."""
    found = [value for key, value in request.parameters if key == name]
    if len(found) != 1:
        raise NotFound("there is no such export; use the addresses the server gave")
    return found[0]
