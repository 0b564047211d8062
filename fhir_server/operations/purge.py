"""$purge-history and $expunge: taking versions and patients out of the database for good.

Operations of an administrator, who holds `system/*.cruds`. Each commit that takes something out
holds the AuditEvent that tells of it. Few rows go at once, many by a job, in steps.
"""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import cast

import msgspec

from fhir_server.interactions import expunge
from fhir_server.interactions.audit import Deed, record_deed
from fhir_server.interactions.deferred import accepted
from fhir_server.interactions.report import response_entry
from fhir_server.model.codec import encode
from fhir_server.model.resource import JsonObject, JsonValue, Version
from fhir_server.model.rest import Context, FhirRequest, FhirResponse
from fhir_server.operations.inputs import read_inputs
from fhir_server.outcome import NotFound
from fhir_server.runtime import Runtime
from fhir_server.search.key import self_key
from fhir_server.store import erase, jobs
from fhir_server.store.content import instant
from fhir_server.store.erase import Erased, Past
from fhir_server.store.history import present_types
from fhir_server.store.jobs import Job
from fhir_server.store.reader import Key, Reader
from fhir_server.store.unit_of_work import UnitOfWork
from profiles.typed import TypedReader

KIND = "purge"
STEP = 2000
"""Versions taken out in one commit of a job."""


class Purge(msgspec.Struct, frozen=True):
    """A purge as its job keeps it; `before` is None for a patient to be expunged."""

    base: str
    type: str | None = None
    id: str | None = None
    before: int | None = None

    @property
    def target(self) -> str:
        """What it was called on."""
        return f"{self.type}/{self.id}" if self.id else self.type or "system"


_PURGE = TypedReader(Purge)


def purge_history(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Take out superseded versions that came about before a moment; with dryRun, count them.

    Current versions and tombstones stay. Raises BadRequest; NotFound for an unknown resource.
    """
    inputs = read_inputs(request, ("before", "dryRun"))
    purge = Purge(request.base, request.type, request.id, inputs.moment("before"))
    with runtime.store.read(request.context) as reader:
        if request.id is not None and reader.current(*request.instance) is None:
            raise NotFound(f"{purge.target} is not known")
        counts = erase.count_past(reader, _past(purge), _types(purge, reader))
    if inputs.flag("dryRun"):
        return FhirResponse(200, _told(Erased(versions=sum(counts.values())), counts, dry=True))
    if sum(counts.values()) > runtime.settings.inline_limit:
        return _leave(purge, request, runtime)
    return runtime.store.transact(
        request.context, lambda work: _purge_at_once(purge, work, runtime)
    )


def _purge_at_once(purge: Purge, work: UnitOfWork, runtime: Runtime) -> FhirResponse:
    counts: dict[str, int] = {}
    for type in _types(purge, work):
        while found := erase.erase_past(work, _past(purge), type, STEP):
            counts[type] = counts.get(type, 0) + found
    erased = Erased(versions=sum(counts.values()))
    audit = _record(purge, erased, work, runtime)
    return FhirResponse(200, _told(erased, counts, audit=audit))


def expunge_patient(request: FhirRequest, runtime: Runtime) -> FhirResponse:
    """Take a patient out with everything in its compartment; with dryRun, count it.

    Raises NotFound for a patient that never was.
    """
    inputs = read_inputs(request, ("dryRun",))
    type, id = request.instance
    purge = Purge(request.base, type, id)
    with runtime.store.read(request.context) as reader:
        if reader.current(type, id) is None:
            raise NotFound(f"{purge.target} is not known")
        keys = expunge.link_keys(runtime, reader.context.tenant)
        target = self_key(reader.context.tenant, type, id)
        count = erase.count_linked(reader, target, keys)
        if inputs.flag("dryRun"):
            return FhirResponse(200, _expected(id, reader, runtime))
    if count > runtime.settings.inline_limit:
        return _leave(purge, request, runtime)
    return runtime.store.transact(
        request.context, lambda work: _expunge_at_once(purge, work, runtime)
    )


def _expected(id: str, reader: Reader, runtime: Runtime) -> bytes:
    counts: dict[str, int] = {"Patient": 1}
    shared, after = 0, 0
    while True:
        members = expunge.members_of(id, reader, runtime, after)
        shared += members.shared
        for type, _ in members.going:
            counts[type] = counts.get(type, 0) + 1
        if members.after is None:
            break
        after = members.after
    for type, _ in expunge.buried_with(id, reader, runtime):
        counts[type] = counts.get(type, 0) + 1
    return _told(Erased(resources=sum(counts.values())), counts, shared=shared, dry=True)


def _steps(
    id: str, work: UnitOfWork, runtime: Runtime, after: int
) -> tuple[list[Key], int, int | None]:
    """Return what goes next, how many are shared, and where to go on; at the end the patient."""
    members = expunge.members_of(id, work, runtime, after)
    going = list(members.going)
    if members.after is None:
        going += [*expunge.buried_with(id, work, runtime), ("Patient", id)]
    return going, members.shared, members.after


def _expunge_at_once(purge: Purge, work: UnitOfWork, runtime: Runtime) -> FhirResponse:
    id, erased, shared = str(purge.id), Erased(), 0
    counts: dict[str, int] = {}
    after: int | None = 0
    while after is not None:
        going, more, after = _steps(id, work, runtime, after)
        shared += more
        erased += expunge.take_out(id, going, work)
        for type, _ in going:
            counts[type] = counts.get(type, 0) + 1
    audit = _record(purge, erased, work, runtime, shared)
    return FhirResponse(200, _told(erased, counts, shared=shared, audit=audit))


def _leave(purge: Purge, request: FhirRequest, runtime: Runtime) -> FhirResponse:
    payload = cast("JsonObject", msgspec.to_builtins(purge))  # texts and whole numbers only
    id = runtime.store.transact(request.context, lambda work: jobs.enqueue(work, KIND, payload))
    return accepted(id, request.base)


def run_purge(job: Job, runtime: Runtime) -> None:
    """Carry out a purge that was left as a job, a commit a step, each with its AuditEvent."""
    purge = _PURGE.convert(job.payload)
    context = Context(job.tenant, job.client)
    total, place = Erased(), _Place()
    while not place.done:
        step = partial(_step, purge=purge, place=place, job=job, total=total, runtime=runtime)
        place = runtime.store.transact(context, step)
        total += place.erased


class _Place(msgspec.Struct, frozen=True):
    """How far a job is: what its last commit took out, where it goes on, whether it is done."""

    erased: Erased = Erased()
    after: int = 0
    done: bool = False


def _step(
    work: UnitOfWork, purge: Purge, place: _Place, job: Job, total: Erased, runtime: Runtime
) -> _Place:
    made = (
        _purged(purge, work) if purge.before is not None else _expunged(purge, place, work, runtime)
    )
    whole = total + made.erased
    if made.erased != Erased():
        _record(purge, made.erased, work, runtime)
    if made.done:
        answer = FhirResponse(200, _told(whole, {}))
        jobs.finish(work, job, response_entry(answer, purge.base, shows_resource=True))
    else:
        text = f"{whole.resources} resources and {whole.versions} versions removed"
        jobs.renew(work, job, runtime.settings.job_lease, {"progress": text})
    return made


def _purged(purge: Purge, work: UnitOfWork) -> _Place:
    for type in _types(purge, work):
        found = erase.erase_past(work, _past(purge), type, STEP)
        if found:
            return _Place(Erased(versions=found))
    return _Place(done=True)


def _expunged(purge: Purge, place: _Place, work: UnitOfWork, runtime: Runtime) -> _Place:
    going, _, after = _steps(str(purge.id), work, runtime, place.after)
    erased = expunge.take_out(str(purge.id), going, work)
    return _Place(erased, after or 0, done=after is None)


def _past(purge: Purge) -> Past:
    return Past(purge.before or 0, purge.type, purge.id)


def _types(purge: Purge, reader: Reader) -> list[str]:
    return present_types(reader) if purge.type is None else [purge.type]


def _record(
    purge: Purge, erased: Erased, work: UnitOfWork, runtime: Runtime, shared: int = 0
) -> Version:
    is_history = purge.before is not None
    counts = {name: count for name, count in _counts(erased) if count}
    details = {"before": instant(purge.before)} if purge.before is not None else {}
    if shared:
        counts["shared"] = shared
    name = "purge-history" if is_history else "expunge"
    return record_deed(Deed(name, purge.target, counts, details), work, runtime)


def _counts(erased: Erased) -> Iterator[tuple[str, int]]:
    yield "resources", erased.resources
    yield "versions", erased.versions
    yield "links", erased.links
    yield "answers", erased.answers


def _told(
    erased: Erased,
    counts: Mapping[str, int],
    *,
    shared: int = 0,
    dry: bool = False,
    audit: Version | None = None,
) -> bytes:
    """Return the Parameters that tell what was, or would be, taken out."""
    rows: list[tuple[str, str, JsonValue]] = [("dryRun", "valueBoolean", dry)]
    rows += [(name, "valueInteger", count) for name, count in _counts(erased)]
    rows.append(("shared", "valueInteger", shared))
    for type, count in sorted(counts.items()):
        part: list[JsonValue] = [
            {"name": "name", "valueCode": type},
            {"name": "count", "valueInteger": count},
        ]
        rows.append(("type", "part", part))
    if audit is not None:
        rows.append(("auditEvent", "valueReference", {"reference": audit.reference}))
    parameter: list[JsonValue] = [{"name": name, key: value} for name, key, value in rows]
    return encode({"resourceType": "Parameters", "parameter": parameter})
