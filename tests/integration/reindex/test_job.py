"""The reindex job: taken over where it was, never done with anything left out, no writer missed."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from fhir_server.bulk import build
from fhir_server.bulk.progress import read_progress
from fhir_server.bulk.reindex import Run, run_reindex
from fhir_server.bulk.task import Task
from fhir_server.outcome import NotReady
from fhir_server.runtime import Runtime
from fhir_server.store import jobs, walk
from fhir_server.store.jobs import Job, LeaseLost
from fhir_server.store.unit_of_work import UnitOfWork
from tests.integration.reindex.site import (
    HERE,
    all_jobs,
    ask,
    definition,
    found,
    index_rows,
    open_site,
    patient,
    post,
    put,
    work_off,
)

WRITER = """
import sys
from pathlib import Path
from tests.integration.reindex.site import HERE, open_site, patient, post
site = open_site(sys.argv[1], Path(sys.argv[2]))
post(site, patient("first"))
print("knows the parameters of before", flush=True)
for line in sys.stdin:
    with site.store.write(HERE) as work:
        work.create("Patient", None, patient(line.strip()))
        print("indexed", flush=True)
        sys.stdin.readline()
    print("committed", flush=True)
"""
"""Another process: it writes once by what it knows, then as it is told, line by line."""


def take(runtime: Runtime, lease: int = 60) -> Job:
    job = runtime.store.transact(HERE, lambda work: jobs.take(work, lease, 5))
    assert job is not None
    return job


def state(runtime: Runtime) -> Job:
    return all_jobs(runtime)[-1]


class Killed(BaseException):
    """The worker is gone: nothing after this is done."""


def test_job_that_is_taken_over_goes_on_where_it_was(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(build, "STEP", 2)
    for _ in range(7):
        post(runtime, patient("cat"))
    post(runtime, definition())
    first = take(runtime, lease=0)
    steps: list[int] = []

    def watch(progress: object) -> None:
        steps.append(read_progress(state(runtime).result).processed)
        if len(steps) == 3:
            raise Killed

    def keep(work: UnitOfWork, progress: object) -> None:
        from fhir_server.bulk.progress import Progress, as_json

        assert isinstance(progress, Progress)
        jobs.renew(work, first, 0, as_json(progress))

    task = Task("build", int(str(first.payload["parameter"])))
    with pytest.raises(Killed):
        Run(task, HERE, runtime, keep, watch=watch).go(read_progress(None))
    assert steps == [0, 2, 4]
    with pytest.raises(NotReady, match="running: 4 of 7 processed"):
        ask(runtime, "Patient?pet=cat")
    second = take(runtime)
    assert (second.id, second.attempts) == (first.id, 2)
    seen: list[int] = []
    original = walk.page

    def page(*given: object, **named: object) -> object:
        seen.append(int(str(given[2])))
        return original(*given, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(walk, "page", page)
    run_reindex(second, runtime)
    assert 0 not in seen  # nothing before the place it was at was read again
    done = state(runtime)
    assert done.result is not None
    assert (done.state, done.result["total"], done.result["processed"]) == ("done", 7, 7)
    assert len(found(runtime, "Patient?pet=cat")) == 7
    with pytest.raises(LeaseLost):
        runtime.store.transact(HERE, lambda work: jobs.renew(work, first, 60))


def test_resource_that_cannot_be_read_fails_the_job_with_its_reason(runtime: Runtime) -> None:
    post(runtime, patient("cat"))
    broken = post(runtime, patient("dog"))["id"]
    with runtime.store.database.session() as session:
        mark = "%s" if session.dialect == "postgresql" else "?"
        session.run(f"UPDATE resource SET body = 'no JSON' WHERE fid = {mark}", (broken,))
    post(runtime, definition())
    (job,) = work_off(runtime)
    assert job.state == "failed"
    result = job.result or {}
    assert (result["total"], result["processed"], result["failed"]) == (2, 1, 1)
    assert f"Patient/{broken}" in str(result["failures"])
    with pytest.raises(NotReady, match="failed: 1 of 2 processed"):
        ask(runtime, "Patient?pet=cat")


def test_walk_that_saw_nothing_is_not_done(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    post(runtime, patient("cat"))
    post(runtime, definition())
    monkeypatch.setattr(walk, "page", nothing)
    (job,) = work_off(runtime)
    assert job.state == "failed"
    assert (job.result or {})["processed"] == 0
    assert "0 of 1 processed" in str((job.result or {})["error"])


def test_writes_go_on_while_the_job_runs(runtime: Runtime) -> None:
    ids = [str(post(runtime, patient("cat"))["id"]) for _ in range(30)]
    post(runtime, definition())
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set():
            number += 1
            put(runtime, patient("cat" if number % 2 else "dog", id=ids[number % 30]))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        jobs_done = work_off(runtime)
    finally:
        stop.set()
        writer.join()
    assert jobs_done[0].state == "done"
    cats = set(found(runtime, "Patient?pet=cat&_count=100"))
    dogs = set(found(runtime, "Patient?pet=dog&_count=100"))
    assert not cats & dogs
    assert cats | dogs == set(ids)


def test_process_that_does_not_know_the_parameter_cannot_write_without_it(
    migrated_url: str, tmp_path: Path
) -> None:
    """Two processes: what the other one has indexed, and not committed, is indexed anew."""
    runtime = open_site(migrated_url, tmp_path)
    with subprocess.Popen(
        [sys.executable, "-c", WRITER, migrated_url, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert "before" in other.stdout.readline()
        tell(other, "late")
        assert other.stdout.readline() == "indexed\n"
        post(runtime, definition())
        tell(other, "go on")
        refused = other.stdout.readline()
        other.stdin.close()
        other.wait()
    assert refused == ""  # the block raised Outdated: `transact` would have run it again
    assert work_off(runtime)[0].state == "done"
    assert found(runtime, "Patient?pet=late") == []
    assert len(found(runtime, "Patient?pet=first")) == 1
    runtime.store.database.close()


def test_job_waits_for_writes_that_began_before_the_parameter(
    migrated_url: str, tmp_path: Path
) -> None:
    runtime, other = open_site(migrated_url, tmp_path), open_site(migrated_url, tmp_path)
    post(other, patient("first"))
    written, go_on = threading.Event(), threading.Event()

    def write_slowly() -> None:
        with other.store.write(HERE) as work:
            work.create("Patient", "late", patient("late"))
            work.flush()
            written.set()
            go_on.wait(30)

    def index() -> None:
        post(runtime, definition())
        work_off(runtime)

    threads = [threading.Thread(target=write_slowly), threading.Thread(target=index)]
    threads[0].start()
    assert written.wait(30)
    threads[1].start()
    threads[1].join(1)
    assert threads[1].is_alive()
    assert [job.state for job in all_jobs(runtime)] in ([], ["queued"], ["running"])
    go_on.set()
    for one in threads:
        one.join()
    assert found(runtime, "Patient?pet=late") == ["late"]
    for site in (runtime, other):
        site.store.database.close()


def test_other_process_learns_of_the_parameter_by_its_next_write(
    migrated_url: str, tmp_path: Path
) -> None:
    runtime, other = open_site(migrated_url, tmp_path), open_site(migrated_url, tmp_path)
    first = post(other, patient("first"))["id"]
    post(runtime, definition())
    late = post(other, patient("late"))["id"]
    before = index_rows(runtime)["ix_eq"]
    work_off(runtime)
    assert found(other, "Patient?pet=late") == [late]
    assert found(other, "Patient?pet=first") == [first]
    assert len({rid for _, rid in index_rows(runtime)["ix_eq"] - before}) == 1
    for one in (runtime, other):
        one.store.database.close()


def nothing(*given: object, **named: object) -> list[object]:
    del given, named
    return []


def tell(process: "subprocess.Popen[str]", line: str) -> None:
    assert process.stdin is not None
    process.stdin.write(line + "\n")
    process.stdin.flush()
