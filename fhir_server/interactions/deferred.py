"""Prefer: respond-async: a request answered later, by the worker, with the scopes it came with.

Source: https://hl7.org/fhir/R4/async.html and, for the form of the result,
https://hl7.org/fhir/R5/async-bundle.html: a batch-response whose one entry holds the answer. What
a request changes and the end of its job are one commit, so that it is carried out once, and not at
all when it was given up before.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import cast

import msgspec

from fhir_server.interactions.cut import run_cut
from fhir_server.interactions.report import error_entry, informed, response_entry
from fhir_server.interactions.table import Interaction, Place, is_search
from fhir_server.interactions.whole import carry_out, joined
from fhir_server.model.codec import decode, encode
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import Context, FhirRequest, FhirResponse
from fhir_server.outcome import FhirError
from fhir_server.runtime import Runtime
from fhir_server.store import jobs
from fhir_server.store.jobs import Job
from fhir_server.store.unit_of_work import UnitOfWork
from profiles.typed import TypedReader

KIND = "request"
STATUS = "$async-status"
CODES = (
    "transaction",
    "batch",
    "search-type",
    "search-system",
    "history-instance",
    "history-type",
    "history-system",
)
"""The interactions that may be answered later."""
KEPT_HEADERS = ("x-provenance", "if-none-exist", "if-match", "if-none-match", "content-type")
Rows = Mapping[tuple[Place, str], Interaction]


class Asked(msgspec.Struct, frozen=True):
    """A request as its job keeps it; `prefer` is what it prefers besides being answered later."""

    method: str
    place: Place
    type: str | None
    id: str | None
    parameters: tuple[tuple[str, str], ...]
    headers: dict[str, str]
    base: str
    scopes: tuple[str, ...]
    body: str | None
    compartment: tuple[str, str] | None = None


_ASKED = TypedReader(Asked)


def may_wait(row: Interaction) -> bool:
    """Whether an interaction may be answered later."""
    return row.code in CODES


def kick_off(row: Interaction, request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Leave a job and answer 202 with the address of its status."""
    headers = {name: request.headers[name] for name in KEPT_HEADERS if name in request.headers}
    headers["prefer"] = without_async(request.headers.get("prefer", ""))
    asked = Asked(
        "GET" if request.method == "HEAD" else request.method,
        row.place,
        request.type,
        request.id,
        request.parameters,
        headers,
        request.base,
        request.context.scopes,
        None if request.resource is None else encode(request.resource).decode(),
        request.compartment,
    )
    payload = cast("JsonObject", msgspec.to_builtins(asked))  # texts and lists only

    def action(work: UnitOfWork) -> int:
        jobs.forget(work, KIND, runtime.settings.async_hours * 3600)
        return jobs.enqueue(work, KIND, payload)

    return accepted(runtime.store.transact(request.context, action), request.base)


def accepted(job: int, base: str) -> FhirResponse:
    """Return the answer to a request whose work is left to a job."""
    place = f"{base}/{STATUS}?job={job}"
    text = f"the request was accepted; its status is at {place}"
    return FhirResponse(202, informed(text), headers={"Content-Location": place})


def without_async(prefer: str) -> str:
    """Return a Prefer header without the wish to be answered later."""
    wishes = (one.strip() for part in prefer.split(",") for one in part.split(";"))
    return ", ".join(one for one in wishes if one and one.lower() != "respond-async")


def runner(rows: Rows) -> Callable[[Job, Runtime], None]:
    """Return what carries out the requests that were left as jobs, by these interactions."""

    def run(job: Job, runtime: Runtime) -> None:
        asked = _ASKED.convert(job.payload)
        row = rows[asked.place, asked.method]
        request = request_of(asked, job)
        context = request.context
        if row.look is not None or row.searches:
            counts = is_search(row)
            entry = _entry(lambda: run_cut(row.run, request, runtime, counts=counts), asked.base)
            runtime.store.transact(context, lambda work: jobs.finish(work, job, entry))
            return

        def action(work: UnitOfWork) -> None:
            inner = joined(runtime, work)
            entry = _entry(lambda: carry_out(row.run, request, inner), asked.base)
            jobs.finish(work, job, entry)

        runtime.store.transact(context, action)

    return run


def request_of(asked: Asked, job: Job) -> FhirRequest:
    """Return the request of a job."""
    return FhirRequest(
        asked.method,
        Context(job.tenant, job.client, asked.scopes),
        asked.base,
        asked.type,
        asked.id,
        parameters=asked.parameters,
        headers=asked.headers,
        resource=None if asked.body is None else decode(asked.body.encode()),
        compartment=asked.compartment,
    )


def _entry(answer: Callable[[], FhirResponse], base: str) -> JsonObject:
    """Return the entry that tells an answer. Raises what is the server's own failure."""
    try:
        return response_entry(answer(), base, shows_resource=True)
    except FhirError as error:
        if error.may_pass:
            raise
        return error_entry(error)


def result_bundle(entry: JsonObject) -> bytes:
    """Return the Bundle that holds the answer."""
    return encode({"resourceType": "Bundle", "type": "batch-response", "entry": [entry]})


def is_own(job: Job, context: Context) -> bool:
    """Whether a job is one of the client that asks."""
    return job.tenant == context.tenant and job.client == context.client


def to_be_deferred(request: FhirRequest) -> FhirRequest:
    """Return the request to be carried out later without what its job will see to itself."""
    headers = {name: text for name, text in request.headers.items() if name != "x-provenance"}
    return replace(request, headers=headers)
