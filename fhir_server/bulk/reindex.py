"""Reindexing: stored resources get the index rows that the search parameters in force make.

As a job it is resumable: each step keeps its progress in its own commit, and a worker that takes
the job over goes on from there. It is done only when every resource there is was processed.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from fhir_server.bulk.build import Step, Superseded
from fhir_server.bulk.drift import Comparison
from fhir_server.bulk.progress import EVERY, Keep, Progress, as_json, read_progress
from fhir_server.bulk.task import Task
from fhir_server.model.rest import Context
from fhir_server.outcome import Conflict, NotFound
from fhir_server.runtime import Runtime
from fhir_server.store import jobs, parameters, walk
from fhir_server.store.content import from_aware
from fhir_server.store.parameters import Kept
from fhir_server.store.reader import Reader
from fhir_server.store.settle import settled_moment
from fhir_server.store.unit_of_work import UnitOfWork
from profiles.typed import TypedReader

log = logging.getLogger("parity.reindex")
PASSES = 3
"""How often the walk begins again because resources came that it had passed."""
FEW = 8
"""Types that are walked one by one; with more, all resources are walked at once."""
_TASK = TypedReader(Task)


class Incomplete(Conflict):
    """Not every resource could be processed; `progress` tells how many, and why not."""

    detail = "reindex-incomplete"

    def __init__(self, progress: Progress) -> None:
        first = progress.failures[0] if progress.failures else None
        why = f"; the first: {first.resource}, {first.reason}" if first else ""
        super().__init__(f"{progress.sentence}{why}")
        self.progress = progress


def run_reindex(job: jobs.Job, runtime: Runtime) -> None:
    """Do the task of a job from where it was left, and finish the job.

    A task that cannot be completed is failed at once, with its counts and reasons. Raises
    LeaseLost when another worker has it, or it was cancelled.
    """
    context = Context(job.tenant, job.client)
    task = _TASK.convert(job.payload)
    lease = runtime.settings.job_lease

    def keep(work: UnitOfWork, progress: Progress) -> None:
        jobs.renew(work, job, lease, as_json(progress))

    def finish(work: UnitOfWork, progress: Progress) -> None:
        jobs.finish(work, job, as_json(progress))

    run = Run(task, context, runtime, keep, finish)
    try:
        run.go(read_progress(job.result))
    except Superseded:
        runtime.store.transact(context, lambda work: jobs.finish(work, job))
    except Incomplete as error:
        reason = str(error)
        log.warning("job=%d kind=%s incomplete: %s", job.id, job.kind, reason)
        runtime.store.transact(context, lambda work: jobs.fail(work, job, reason, 0))


def ignore(work: UnitOfWork, progress: Progress) -> None:
    """Keep no progress."""
    del work, progress


def watch_nothing(progress: Progress) -> None:
    """Show no progress."""
    del progress


@dataclass(slots=True)
class Run:
    """One run of a task; `finish` is done in the commit that completes it."""

    task: Task
    context: Context
    runtime: Runtime
    keep: Keep = ignore
    finish: Keep = ignore
    watch: Callable[[Progress], None] = watch_nothing

    def go(self, progress: Progress) -> Progress:
        """Go on from a progress to the end. Raises Superseded, Incomplete, NotFound."""
        kept = self._kept()
        step = self._step(kept)
        if not progress.last:
            progress = self._begin(kept)
        while True:
            self.watch(progress)
            while not progress.is_over:
                progress = step(progress)
                self.watch(progress)
            progress = self._counted(progress)
            if progress.processed + progress.failed >= progress.total:
                break
            if progress.passes == PASSES:
                raise Incomplete(progress)
            progress = progress.begun_again()
        if progress.failed:
            raise Incomplete(progress)
        self.runtime.store.transact(self.context, lambda work: self._end(work, progress))
        return progress

    def _kept(self) -> Kept | None:
        """Return the parameter of the task, None when it is about all. Raises Superseded."""
        if self.task.task == "repair":
            return None
        with self.runtime.store.read(self.context) as reader:
            kept = parameters.find(reader, self.task.parameter)
        if kept is None:
            raise Superseded("the search parameter is no longer known")
        return kept

    def _step(self, kept: Kept | None) -> Callable[[Progress], Progress]:
        if kept is None:
            only_tells = self.task.only_tells
            return Comparison(self.context, self.runtime, self.keep, only_tells).step
        step = Step(kept, self.context, self.runtime, self.keep)
        return step.build if self.task.task == "build" else step.remove

    def _begin(self, kept: Kept | None) -> Progress:
        """Return the progress before the first step, once no writer is at work without knowing.

        Writers that begin now know the parameter (`store.edition`); those that began before its
        commit are waited for.
        """
        settled_moment(self.runtime.store, from_aware(self.runtime.clock()))
        types = self.task.types if kept is None else kept.custom.types
        walked = types if 0 < len(types) <= FEW else (EVERY,)
        with self.runtime.store.read(self.context) as reader:
            if self.task.id:
                return self._one(reader, walked)
            begun = Progress(types=walked, last=max(walk.last_key(reader), 1))
            return msgspec.structs.replace(begun, total=total(reader, begun))

    def _one(self, reader: Reader, walked: tuple[str, ...]) -> Progress:
        """Return the progress before the one resource of the task. Raises NotFound."""
        found = reader.current(walked[0], self.task.id)
        if found is None or found.deleted:
            raise NotFound(f"{walked[0]}/{self.task.id} is not known")
        return Progress(total=1, types=walked, after=found.rid - 1, last=found.rid)

    def _counted(self, progress: Progress) -> Progress:
        """Return the progress with the number of resources there are now."""
        if self.task.id:
            return progress
        with self.runtime.store.read(self.context) as reader:
            now = total(reader, progress)
        # what was deleted behind the walk was processed all the same
        return msgspec.structs.replace(
            progress, total=max(now, progress.processed + progress.failed)
        )

    def _end(self, work: UnitOfWork, progress: Progress) -> None:
        if self.task.task == "build":
            parameters.activate(work, self.task.parameter)
        elif self.task.task == "remove":
            parameters.forget(work, self.task.parameter)
        self.finish(work, progress)


def total(reader: Reader, progress: Progress) -> int:
    """Return how many resources a walk has before it in all, as far as it goes."""
    names = (None if one == EVERY else one for one in progress.types)
    return sum(walk.live_count(reader, name, progress.last) for name in names)
