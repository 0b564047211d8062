"""Work to be done later, enqueued in the commit of its cause and taken under a lease.

A worker that is killed loses its lease by time, and the job is taken again: a job is done at
least once, and exactly once in the database when its effects are written by the unit of work
that finishes it. States: queued, running, done, failed, cancelled.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, cast

from sqlalchemy import and_, delete, func, insert, or_, select, update

from fhir_server.db.session import Record
from fhir_server.db.tables import job as table
from fhir_server.model.codec import decode, encode
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import Conflict
from fhir_server.store.content import aware, from_aware
from fhir_server.store.reader import Reader
from fhir_server.store.unit_of_work import UnitOfWork

State = Literal["queued", "running", "done", "failed", "cancelled"]
SECOND = 1_000_000
MAX_BACKOFF = 3600


class LeaseLost(Conflict):
    """The job is no longer this worker's: its lease ran out, or it was cancelled."""


@dataclass(frozen=True, slots=True)
class Job:
    """One job. `attempts` counts how often it was taken; `result` is progress, outcome or reason.

    `lease` is the end of the running worker's lease.
    """

    id: int
    tenant: int
    client: str
    kind: str
    payload: JsonObject
    state: State
    run_at: datetime
    lease: datetime
    attempts: int
    created: datetime
    finished: datetime | None
    result: JsonObject | None


def enqueue(
    work: UnitOfWork, kind: str, payload: JsonObject, run_at: datetime | None = None
) -> int:
    """Leave a job, to run at once or not before `run_at`; it exists once the work commits."""
    id = work.new_key()
    work.change(
        insert(table).values(
            id=id,
            tenant=work.context.tenant,
            client=work.context.client,
            kind=kind,
            payload=encode(payload).decode(),
            state="queued",
            run_at=work.now if run_at is None else from_aware(run_at),
            lease=0,
            attempts=0,
            created=work.now,
        )
    )
    return id


def take(
    work: UnitOfWork, lease: int, attempts: int, kinds: Sequence[str] | None = None
) -> Job | None:
    """Take the job due longest, for `lease` seconds; None when nothing is due.

    Jobs whose worker let the lease run out are due again; after `attempts` of them they fail.
    Works across tenants: a worker serves the installation.
    """
    lapsed = and_(table.c.state == "running", table.c.lease < work.now)
    exhausted = and_(lapsed, table.c.attempts >= attempts)
    due = or_(and_(table.c.state == "queued", table.c.run_at <= work.now), lapsed)
    if kinds is not None:
        due = and_(due, table.c.kind.in_(kinds))
    next_one = (
        select(table.c.id)
        .where(due, table.c.attempts < attempts)
        .order_by(table.c.run_at, table.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
    )
    taken = work.changed(
        update(table)
        .where(table.c.id == next_one.scalar_subquery())
        .values(state="running", lease=work.now + lease * SECOND, attempts=table.c.attempts + 1)
        .returning(*table.c)
    )
    if taken:
        return _job(taken[0])
    for id, told in work.rows(select(table.c.id, table.c.result).where(exhausted)):
        reason = _text(_with_error(cast("str | None", told), "the worker was lost each time"))
        ended = {"state": "failed", "finished": work.now, "result": reason}
        work.change(update(table).where(table.c.id == id, exhausted).values(ended))
    return None


def renew(work: UnitOfWork, job: Job, lease: int, progress: JsonObject | None = None) -> None:
    """Hold a job for another `lease` seconds, telling how far it is. Raises LeaseLost."""
    values: dict[str, object] = {"lease": work.now + lease * SECOND}
    if progress is not None:
        values["result"] = encode(progress).decode()
    _settle(work, job, values)


def finish(work: UnitOfWork, job: Job, result: JsonObject | None = None) -> None:
    """Mark a job done in the same commit as its effects. Raises LeaseLost."""
    _settle(work, job, {"state": "done", "finished": work.now, "result": _text(result)})


def fail(work: UnitOfWork, job: Job, reason: str, attempts: int) -> State:
    """Give a job back after an error; return its state.

    It is queued again, twice as late each time, until it was taken `attempts` times; then it is
    failed. How far it was stays in its result, so that it can go on from there. `reason` names
    types, ids and paths only. Raises LeaseLost.
    """
    told = work.rows(select(table.c.result).where(table.c.id == job.id))
    result = _text(_with_error(cast("str | None", told[0][0] if told else None), reason))
    if job.attempts >= attempts:
        _settle(work, job, {"state": "failed", "finished": work.now, "result": result})
        return "failed"
    pause = min(2**job.attempts, MAX_BACKOFF) * SECOND
    _settle(work, job, {"state": "queued", "run_at": work.now + pause, "result": result})
    return "queued"


def postpone(work: UnitOfWork, job: Job, run_at: datetime, reason: str) -> None:
    """Give a job back until a moment, not counting this attempt: it is not the job that failed.

    Raises LeaseLost.
    """
    values = {
        "state": "queued",
        "run_at": from_aware(run_at),
        "attempts": job.attempts - 1,
        "result": _text({"error": reason}),
    }
    _settle(work, job, values)


def open_payloads(reader: Reader, kind: str) -> list[JsonObject]:
    """Return what the queued and running jobs of a kind are about."""
    chosen = select(table.c.payload).where(
        table.c.kind == kind,
        table.c.tenant == reader.context.tenant,
        table.c.state.in_(("queued", "running")),
    )
    return [decode(cast("str", one[0]).encode()) for one in reader.rows(chosen)]


def cancel(work: UnitOfWork, id: int) -> bool:
    """Cancel a job that is not ended; a running worker learns it when it renews or finishes."""
    open_states = table.c.state.in_(("queued", "running"))
    own = and_(table.c.id == id, table.c.tenant == work.context.tenant)
    values = {"state": "cancelled", "finished": work.now, "lease": 0}
    return work.change(update(table).where(own, open_states).values(values)) == 1


def discard(work: UnitOfWork, id: int) -> bool:
    """Forget a job that is ended, and with it what it offered."""
    ended = table.c.state.in_(("done", "failed", "cancelled"))
    own = and_(table.c.id == id, table.c.tenant == work.context.tenant)
    return work.change(delete(table).where(own, ended)) == 1


def forget(work: UnitOfWork, kind: str, seconds: int) -> int:
    """Forget the jobs of a kind that ended so many seconds ago; return how many."""
    own = and_(table.c.kind == kind, table.c.tenant == work.context.tenant)
    return work.change(delete(table).where(own, table.c.finished < work.now - seconds * SECOND))


def get(reader: Reader, id: int) -> Job | None:
    """Return a job of the context's tenant."""
    own = and_(table.c.id == id, table.c.tenant == reader.context.tenant)
    rows = reader.rows(select(*table.c).where(own))
    return _job(rows[0]) if rows else None


def of_kind(reader: Reader, kind: str) -> list[Job]:
    """Return the jobs of a kind of the context's tenant, the oldest first."""
    own = and_(table.c.kind == kind, table.c.tenant == reader.context.tenant)
    return [_job(row) for row in reader.rows(select(*table.c).where(own).order_by(table.c.id))]


def counts(reader: Reader) -> dict[str, int]:
    """Return how many jobs there are in each state."""
    grouped = select(table.c.state, func.count()).group_by(table.c.state)
    return dict(cast("Sequence[tuple[str, int]]", reader.rows(grouped)))


def _settle(work: UnitOfWork, job: Job, values: dict[str, object]) -> None:
    """Change a job that is still held; its number of attempts tells one holder from the next."""
    held = and_(table.c.id == job.id, table.c.state == "running", table.c.attempts == job.attempts)
    values.setdefault("lease", 0)
    if work.change(update(table).where(held).values(values)) != 1:
        raise LeaseLost(f"job {job.id} is no longer held by this worker")


def _with_error(told: str | None, reason: str) -> JsonObject:
    return (decode(told.encode()) if told else {}) | {"error": reason}


def _text(result: JsonObject | None) -> str | None:
    return None if result is None else encode(result).decode()


def _job(row: Record) -> Job:
    values = {column.name: one for column, one in zip(table.c, row, strict=True)}
    for name in ("run_at", "lease", "created", "finished"):
        values[name] = None if values[name] is None else aware(cast("int", values[name]))
    for name in ("payload", "result"):
        values[name] = None if values[name] is None else decode(cast("str", values[name]).encode())
    return Job(**values)  # type: ignore[arg-type]  # the columns of the table are the fields
