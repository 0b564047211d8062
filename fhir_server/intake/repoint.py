"""What refers to one Patient made to refer to another: after a merge, its undoing, a moved visit.

A job, in steps of a commit each. Each step leaves a Provenance that names what it changed and the
Patient it referred to before, by which the undoing finds it again.
"""

from collections.abc import Mapping, Sequence
from functools import partial

import msgspec

from fhir_server.interactions.rewrite import Rewriter
from fhir_server.interactions.write import insert, save
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject, JsonValue
from fhir_server.model.rest import Context
from fhir_server.runtime import Runtime
from fhir_server.store import jobs
from fhir_server.store.content import instant
from fhir_server.store.jobs import Job
from fhir_server.store.reader import Key
from fhir_server.store.reference import referring
from fhir_server.store.unit_of_work import UnitOfWork
from profiles.typed import TypedReader

KIND = "repoint"
STEP = 200
"""Resources changed in one commit."""
ACTIVITIES = "https://parity.example/fhir/CodeSystem/provenance-activity"
LEFT = ("Provenance", "AuditEvent", "Patient")
"""Types that tell of the past, or are linked by the merge itself."""


class Repoint(msgspec.Struct, frozen=True, rename={"before": "from", "after": "to"}):
    """The job: what refers to `before` shall refer to `after`; of a moved visit, with the visit."""

    kind: str
    before: str
    after: str
    visit: str = ""


_REPOINT = TypedReader(Repoint)


def run_repoint(job: Job, runtime: Runtime) -> None:
    """Carry the job out, step by step."""
    task = _REPOINT.convert(job.payload)
    context = Context(job.tenant, job.client)
    place: int | None = 0
    while place is not None:
        step = partial(_step, task=task, place=place, job=job, runtime=runtime)
        place = runtime.store.transact(context, step)


def _step(work: UnitOfWork, task: Repoint, place: int, job: Job, runtime: Runtime) -> int | None:
    keys, following = _chosen(work, task, place)
    changed = repoint(keys, {task.before: task.after}, work, runtime)
    if changed:
        person = task.after if task.kind == "unmerge" else task.before
        insert(_provenance(task.kind, person, changed, work), work)
    if following is None:
        jobs.finish(work, job, {"done": True})
    else:
        jobs.renew(work, job, runtime.settings.job_lease, {"progress": following})
    return following


def _chosen(work: UnitOfWork, task: Repoint, place: int) -> tuple[list[Key], int | None]:
    """Return what is to be changed next, and where to go on."""
    if task.kind == "unmerge":
        return _merged_before(work, task, place)
    found = referring(work, _key(task.before), place, STEP, without=LEFT)
    keys = [key for _, key in found]
    if task.visit:
        own = {key for _, key in referring(work, _key(task.visit), 0, 0, without=LEFT)}
        keys = [key for key in keys if key in own or key == _key(task.visit)]
    return keys, found[-1][0] if len(found) == STEP else None


def _merged_before(work: UnitOfWork, task: Repoint, place: int) -> tuple[list[Key], int | None]:
    """Return what the merge that is undone changed: the targets of its next Provenance."""
    found = referring(work, _key(task.after), place, 1, only=("Provenance",))
    keys: list[Key] = []
    for _, key in found:
        version = work.current(*key)
        body = decode(version.body) if version is not None else {}
        keys += _targets(body) if _is_merge(body) else []
    return keys, found[-1][0] if found else None


def _targets(provenance: JsonObject) -> list[Key]:
    listed = provenance.get("target")
    texts = [
        str(one.get("reference", ""))
        for one in (listed if isinstance(listed, list) else ())
        if isinstance(one, dict)
    ]
    return [_key(text.partition("/_history/")[0]) for text in texts if "/" in text]


def _is_merge(provenance: JsonObject) -> bool:
    return provenance.get("activity") == _activity("merge")


def repoint(
    keys: Sequence[Key], mapping: Mapping[str, str], work: UnitOfWork, runtime: Runtime
) -> list[str]:
    """Rewrite the references of these resources; return the versions that this made."""
    rewriter = Rewriter(mapping, runtime.definitions)
    versions = []
    for key, stored in sorted(work.lock_many(list(dict.fromkeys(keys))).items()):
        if stored.deleted:
            continue
        body = decode(stored.body)
        changed = rewriter.rewrite(body)
        if changed != body:
            version = save(changed, work, runtime)
            versions.append(f"{key[0]}/{key[1]}/_history/{version.number}")
    return versions


def _provenance(kind: str, person: str, changed: Sequence[str], work: UnitOfWork) -> JsonObject:
    targets: list[JsonValue] = [{"reference": one} for one in changed]
    return {
        "resourceType": "Provenance",
        "target": targets,
        "recorded": instant(work.now),
        "activity": _activity(kind),
        "agent": [{"who": {"display": "Parity"}}],
        "entity": [{"role": "source", "what": {"reference": person}}],
    }


def _activity(kind: str) -> JsonObject:
    return {"coding": [{"system": ACTIVITIES, "code": kind}]}


def _key(reference: str) -> Key:
    type, _, id = reference.partition("/")
    return type, id
