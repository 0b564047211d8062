"""The system export as a job: stored text, type by type, into files of NDJSON.

Source: https://hl7.org/fhir/uv/bulkdata/STU2/export.html. All files show one snapshot of the
database. A job that is taken again after its worker was lost writes a folder of its own, so
nothing is doubled and nothing half-written is ever published.
"""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from typing import TypeVar, cast

import msgspec

from fhir_server.bulk.ndjson import write_lines
from fhir_server.bulk.request import ExportRequest
from fhir_server.model.codec import encode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import Context
from fhir_server.outcome import Issue, operation_outcome
from fhir_server.runtime import Runtime
from fhir_server.store import jobs
from fhir_server.store.content import aware, from_aware, instant
from fhir_server.store.files import Files
from fhir_server.store.history import present_types
from fhir_server.store.reader import Reader
from fhir_server.store.settle import settled_moment
from fhir_server.store.unit_of_work import UnitOfWork
from profiles.typed import TypedReader

T = TypeVar("T")
KIND = "export"
FOLDER = "export"
NOTES = "notes.ndjson"
DELETED = "deleted.ndjson"
STEP = 500
"""Resources after which the clock is looked at."""
_OWNER = re.compile(r"([0-9]+)-([0-9]+)-[0-9]+")


class OutputFile(msgspec.Struct, frozen=True):
    """One finished file: what it holds, its name in the export's folder, its number of lines."""

    type: str
    name: str
    count: int


class Result(msgspec.Struct, frozen=True):
    """What a finished export offers: the moment it shows, its folder and its files."""

    moment: str
    folder: str
    output: tuple[OutputFile, ...]
    deleted: tuple[OutputFile, ...]
    error: tuple[OutputFile, ...]


_RESULT = TypedReader(Result)


class Payload(msgspec.Struct, frozen=True):
    """An export to be run: what was asked for, under which URL and with which scopes.

    `since` is in microseconds since 1970; a note is code, text and detail of an issue.
    """

    url: str
    types: tuple[str, ...]
    scopes: tuple[str, ...]
    since: int | None = None
    notes: tuple[tuple[str, str, str | None], ...] = ()


_PAYLOAD = TypedReader(Payload)


def payload_of(request: ExportRequest, url: str, scopes: tuple[str, ...]) -> Payload:
    """Return what the job needs to know of a request."""
    notes = tuple((one.code, one.diagnostics, one.detail) for one in request.notes)
    return Payload(url, request.types, scopes, request.since, notes)


def as_json(value: Payload | Result) -> JsonObject:
    """Return the JSON a job row keeps."""
    return cast("JsonObject", msgspec.to_builtins(value))  # texts, whole numbers and lists only


def read_payload(job: jobs.Job) -> Payload:
    """Return what an export was asked for."""
    return _PAYLOAD.convert(job.payload)


def read_result(job: jobs.Job) -> Result:
    """Return what a finished export offers."""
    return _RESULT.convert(job.result)


def file_names(job: jobs.Job) -> set[str]:
    """Return the names of the files a finished export offers."""
    result = read_result(job)
    return {one.name for one in (*result.output, *result.deleted, *result.error)}


class Lease:
    """The hold of this worker on its job, renewed as the work goes on."""

    def __init__(self, job: jobs.Job, runtime: Runtime) -> None:
        self._job = job
        self._store = runtime.store
        self._seconds = runtime.settings.job_lease
        self._context = Context(job.tenant, job.client)
        self._renewed = runtime.store.clock()
        self._written = 0

    def held(self, some: Iterator[T], type: str) -> Iterator[T]:
        """Yield what is to be written; renew the lease in time. Raises LeaseLost."""
        while block := list(islice(some, STEP)):
            self.renew(type)
            yield from block
            self._written += len(block)

    def renew(self, type: str, *, at_once: bool = False) -> None:
        """Hold the job longer when a fourth of the lease has passed; tell how far it is."""
        now = self._store.clock()
        if not at_once and now - self._renewed < timedelta(seconds=self._seconds) / 4:
            return
        progress: JsonObject = {"progress": f"{self._written} resources written, now {type}"}
        self._store.transact(
            self._context, lambda work: jobs.renew(work, self._job, self._seconds, progress)
        )
        self._renewed = now


def run_export(job: jobs.Job, runtime: Runtime) -> None:
    """Write the files of an export and finish its job. Raises LeaseLost when it was cancelled."""
    files = Files(runtime.settings.path())
    sweep(files, runtime)
    folder = folder_of(job)
    try:
        result = write_export(job, runtime, files, folder)
        runtime.store.transact(
            Context(job.tenant, job.client),
            lambda work: jobs.finish(work, job, as_json(result)),
        )
    except BaseException:
        files.remove_folder(folder)
        raise


def write_export(job: jobs.Job, runtime: Runtime, files: Files, folder: str) -> Result:
    """Write every file of an export into its folder and return what it offers."""
    payload = read_payload(job)
    lease = Lease(job, runtime)
    moment = settled_moment(runtime.store, from_aware(runtime.store.clock()))
    context = Context(job.tenant, job.client, payload.scopes)
    with runtime.store.read(context, snapshot=True) as reader:
        there = set(present_types(reader))
        types = [one for one in payload.types if one in there]
        written = [write_type(reader, one, payload, files, folder, lease) for one in types]
        deleted = write_deleted(reader, payload, files, folder, lease)
    output = tuple(one for one in written if one.count)
    return Result(instant(moment), folder, output, deleted, write_notes(payload, files, folder))


def write_type(
    reader: Reader, type: str, payload: Payload, files: Files, folder: str, lease: Lease
) -> OutputFile:
    """Write the current resources of one type; without any there is no file."""
    texts = lease.held(reader.bodies(type, since=_since(payload)), type)
    name = f"{type}.ndjson"
    return OutputFile(type, name, write_lines(files, f"{folder}/{name}", texts))


def write_deleted(
    reader: Reader, payload: Payload, files: Files, folder: str, lease: Lease
) -> tuple[OutputFile, ...]:
    """Write what was deleted since the moment asked for, as transaction Bundles that delete it.

    Without such a moment, or without anything deleted, there is no file.
    """
    since = _since(payload)
    if since is None:
        return ()
    gone = (
        version.reference
        for type in payload.types
        for version in lease.held(reader.stream_deleted(type, since=since), type)
    )
    count = write_lines(files, f"{folder}/{DELETED}", deletions(gone))
    return (OutputFile("Bundle", DELETED, count),) if count else ()


def deletions(references: Iterator[str]) -> Iterator[bytes]:
    """Yield transaction Bundles that delete these resources, a few hundred in each."""
    while some := list(islice(references, STEP)):
        entries: list[JsonValue] = [
            {"request": {"method": "DELETE", "url": reference}} for reference in some
        ]
        yield encode({"resourceType": "Bundle", "type": "transaction", "entry": entries})


def write_notes(payload: Payload, files: Files, folder: str) -> tuple[OutputFile, ...]:
    """Write what was ignored as OperationOutcomes; without any there is no file."""
    lines = [
        encode(cast("JsonObject", operation_outcome([Issue("warning", code, text, detail=detail)])))
        for code, text, detail in payload.notes
    ]
    count = write_lines(files, f"{folder}/{NOTES}", lines)
    return (OutputFile("OperationOutcome", NOTES, count),) if count else ()


def sweep(files: Files, runtime: Runtime) -> None:
    """Remove folders no export offers or is writing: of lost workers and of cancelled exports."""
    place = files.path(FOLDER)
    for one in sorted(place.iterdir()) if place.is_dir() else []:
        owner = _OWNER.fullmatch(one.name)
        if owner:
            with runtime.store.read(Context(int(owner[1]))) as reader:
                job = jobs.get(reader, int(owner[2]))
            if is_left_over(job, f"{FOLDER}/{one.name}"):
                files.remove_folder(f"{FOLDER}/{one.name}")


def is_left_over(job: jobs.Job | None, folder: str) -> bool:
    """Whether a folder's job needs it no longer: it has ended otherwise or writes another one."""
    if job is None or job.state in {"cancelled", "failed"}:
        return True
    if job.state == "done":
        return read_result(job).folder != folder
    return folder != folder_of(job)


def folder_of(job: jobs.Job) -> str:
    """Return the folder of this taking of a job."""
    return f"{FOLDER}/{job.tenant}-{job.id}-{job.attempts}"


def remove_export(job: jobs.Job, context: Context, runtime: Runtime) -> None:
    """Cancel a running export, or give up what a finished one offers.

    What a worker still writes, or a crash leaves, the next export sweeps away.
    """

    def action(work: UnitOfWork) -> None:
        if not jobs.cancel(work, job.id):
            jobs.discard(work, job.id)

    runtime.store.transact(context, action)
    if job.state == "done":
        Files(runtime.settings.path()).remove_folder(read_result(job).folder)


def manifest_of(job: jobs.Job, file_url: str) -> JsonObject:
    """Return the manifest of a finished export; `file_url` begins the URL of each file.

    Source: https://hl7.org/fhir/uv/bulkdata/STU2/export.html#response---output-manifest.
    """
    payload, result = read_payload(job), read_result(job)
    return {
        "transactionTime": result.moment,
        "request": payload.url,
        "requiresAccessToken": True,
        "output": _rows(result.output, file_url),
        "deleted": _rows(result.deleted, file_url),
        "error": _rows(result.error, file_url),
    }


def _rows(files: tuple[OutputFile, ...], file_url: str) -> JsonValue:
    return [{"type": one.type, "url": f"{file_url}{one.name}", "count": one.count} for one in files]


def _since(payload: Payload) -> datetime | None:
    return None if payload.since is None else aware(payload.since)
