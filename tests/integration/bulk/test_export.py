"""The system export as a job: stored bytes, one moment, and no trace of a worker that was lost."""

import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import cast

import pytest

from fhir_server.bulk.export import (
    KIND,
    Lease,
    Payload,
    as_json,
    folder_of,
    manifest_of,
    read_result,
    run_export,
    write_type,
)
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import Context, FhirRequest
from fhir_server.operations import export as operation
from fhir_server.outcome import BadRequest, Forbidden, NotFound, UnknownParameter
from fhir_server.runtime import Runtime
from fhir_server.store import jobs
from fhir_server.store.files import Files
from fhir_server.store.jobs import Job, LeaseLost
from fhir_server.store.settle import settled_moment
from tests.integration.bulk.practice import HERE, furnish, observation, patient

TYPES = ("Observation", "Organization", "Patient")
ASYNC = {"prefer": "respond-async"}
BASE = "http://127.0.0.1/fhir"


def enqueue(runtime: Runtime, payload: Payload | None = None, context: Context = HERE) -> int:
    asked = payload or Payload(f"{BASE}/$export", TYPES, HERE.scopes)
    return runtime.store.transact(context, lambda work: jobs.enqueue(work, KIND, as_json(asked)))


def take(runtime: Runtime, lease: int = 60) -> Job:
    job = runtime.store.transact(HERE, lambda work: jobs.take(work, lease, 5))
    assert job is not None
    return job


def known(runtime: Runtime, id: int) -> Job:
    with runtime.store.read(HERE) as reader:
        job = jobs.get(reader, id)
    assert job is not None
    return job


def exported(runtime: Runtime, job: Job) -> dict[str, list[bytes]]:
    """Return the lines of each file of a finished export, by type."""
    result = read_result(job)
    folder = runtime.settings.path(result.folder)
    return {one.type: (folder / one.name).read_bytes().splitlines() for one in result.output}


def run(runtime: Runtime, payload: Payload | None = None) -> Job:
    id = enqueue(runtime, payload)
    run_export(take(runtime), runtime)
    return known(runtime, id)


def folders(runtime: Runtime) -> list[str]:
    return [f"export/{one.name}" for one in sorted(runtime.settings.path("export").iterdir())]


def test_files_hold_the_current_resources_as_stored(runtime: Runtime) -> None:
    furnish(runtime)
    job = run(runtime)
    assert job.state == "done"
    with runtime.store.read(HERE) as reader:
        stored = {type: [one.body for one in reader.stream(type)] for type in TYPES}
    assert exported(runtime, job) == {type: rows for type, rows in stored.items() if rows}


def test_manifest_counts_lines_and_leaves_out_types_without_resources(runtime: Runtime) -> None:
    furnish(runtime)
    manifest = manifest_of(run(runtime), "https://x/")
    assert manifest["output"] == [
        {"type": "Organization", "url": "https://x/Organization.ndjson", "count": 1},
        {"type": "Patient", "url": "https://x/Patient.ndjson", "count": 2},
    ]
    assert (manifest["request"], manifest["requiresAccessToken"]) == (f"{BASE}/$export", True)
    moment = datetime.fromisoformat(str(manifest["transactionTime"]))
    assert 0 < (datetime.now(UTC) - moment).total_seconds() < 60


def test_since_leaves_out_what_did_not_change(runtime: Runtime) -> None:
    runtime.store.transact(HERE, lambda work: work.create("Patient", "old", patient("Old")))
    new = runtime.store.transact(HERE, lambda work: work.create("Patient", "new", patient("New")))
    since = int(new.updated.timestamp() * 1_000_000)
    job = run(runtime, Payload(BASE, ("Patient",), HERE.scopes, since))
    assert [decode(line)["id"] for line in exported(runtime, job)["Patient"]] == ["new"]


def test_what_was_deleted_since_is_told_as_deletions(runtime: Runtime) -> None:
    furnish(runtime)
    since = int(datetime.now(UTC).timestamp() * 1_000_000) - 60_000_000
    job = run(runtime, Payload(BASE, TYPES, HERE.scopes, since))
    assert manifest_of(job, "https://x/")["deleted"] == [
        {"type": "Bundle", "url": "https://x/deleted.ndjson", "count": 1}
    ]
    path = runtime.settings.path(read_result(job).folder, "deleted.ndjson")
    assert decode(path.read_bytes()) == {
        "resourceType": "Bundle",
        "type": "transaction",
        "entry": [{"request": {"method": "DELETE", "url": "Patient/gone"}}],
    }
    later = Payload(BASE, TYPES, HERE.scopes, since + 120_000_000)
    assert manifest_of(run(runtime, later), "https://x/")["deleted"] == []
    assert manifest_of(run(runtime), "https://x/")["deleted"] == []


def test_job_taken_again_doubles_nothing_and_removes_what_was_left(runtime: Runtime) -> None:
    furnish(runtime)
    id = enqueue(runtime)
    lost = take(runtime, lease=0)
    payload, files = Payload(BASE, TYPES, HERE.scopes), Files(runtime.settings.path())
    with runtime.store.read(HERE) as reader:
        write_type(reader, "Patient", payload, files, folder_of(lost), Lease(lost, runtime))
    again = take(runtime)
    assert (again.id, again.attempts) == (id, 2)
    run_export(again, runtime)
    done = known(runtime, id)
    assert len(exported(runtime, done)["Patient"]) == 2
    assert folders(runtime) == [read_result(done).folder]


def test_lost_worker_cannot_finish_what_another_took(runtime: Runtime) -> None:
    furnish(runtime)
    enqueue(runtime)
    lost = take(runtime, lease=0)
    again = take(runtime)
    with pytest.raises(LeaseLost):
        run_export(lost, runtime)
    run_export(again, runtime)
    assert folders(runtime) == [read_result(known(runtime, again.id)).folder]


def test_cancelled_export_leaves_no_file(runtime: Runtime) -> None:
    furnish(runtime)
    id = enqueue(runtime)
    job = take(runtime)
    runtime.store.transact(HERE, lambda work: jobs.cancel(work, id))
    with pytest.raises(LeaseLost):
        run_export(job, runtime)
    assert folders(runtime) == []


def test_lease_is_renewed_and_progress_told(runtime: Runtime) -> None:
    furnish(runtime)
    id = enqueue(runtime)
    job = take(runtime, lease=1)
    Lease(job, runtime).renew("Patient", at_once=True)
    renewed = known(runtime, id)
    assert renewed.lease > job.lease
    assert renewed.result == {"progress": "0 resources written, now Patient"}


def test_moment_is_given_when_the_writes_open_before_it_have_ended(runtime: Runtime) -> None:
    events: list[str] = []
    begun = threading.Event()

    def write() -> None:
        with runtime.store.write(HERE) as work:
            work.create("Patient", "slow", patient("Slow"))
            work.flush()
            begun.set()
            time.sleep(0.4)
            events.append("commit")

    writer = threading.Thread(target=write)
    writer.start()
    begun.wait(10)
    moment = settled_moment(runtime.store, now=10_000_000)
    events.append("moment")
    writer.join()
    assert events == ["commit", "moment"]
    assert 0 < moment < 10_000_000


# what a client sees


def ask(
    runtime: Runtime,
    *parameters: tuple[str, str],
    context: Context = HERE,
    prefer: str = "respond-async",
    body: JsonObject | None = None,
) -> int:
    """Kick an export off and return its job."""
    request = FhirRequest(
        "GET",
        context,
        BASE,
        parameters=parameters,
        headers={"prefer": prefer} if prefer else {},
        resource=body,
    )
    answer = operation.kick_off(request, runtime)
    assert answer.status == 202
    place = answer.headers["Content-Location"]
    assert place.startswith(f"{BASE}/$export-status?job=")
    return int(place.partition("=")[2])


def look(
    runtime: Runtime, id: int | str, *, context: Context = HERE, method: str = "GET"
) -> tuple[int, JsonObject]:
    request = FhirRequest(method, context, BASE, parameters=(("job", str(id)),))
    answer = operation.status(request, runtime)
    return answer.status, decode(answer.body) if answer.body else {}


def test_status_is_202_until_the_manifest_is_there(runtime: Runtime) -> None:
    furnish(runtime)
    id = ask(runtime)
    request = FhirRequest("GET", HERE, BASE, parameters=(("job", str(id)),))
    waiting = operation.status(request, runtime)
    assert waiting.status == 202
    assert waiting.headers["Retry-After"]
    assert 0 < len(waiting.headers["X-Progress"]) < 100
    run_export(take(runtime), runtime)
    status, manifest = look(runtime, id)
    assert status == 200
    assert len(cast("Sequence[object]", manifest["output"])) == 2


def test_file_is_served_by_the_address_of_the_manifest(runtime: Runtime) -> None:
    furnish(runtime)
    id = ask(runtime, ("_type", "Patient"))
    run_export(take(runtime), runtime)
    _, manifest = look(runtime, id)
    assert manifest["output"] == [
        {
            "type": "Patient",
            "url": f"{BASE}/$export-file?job={id}&name=Patient.ndjson",
            "count": 2,
        }
    ]
    names = (("job", str(id)), ("name", "Patient.ndjson"))
    answer = operation.file(FhirRequest("GET", HERE, BASE, parameters=names), runtime)
    assert answer.media_type == "application/fhir+ndjson"
    assert answer.file is not None
    assert answer.file.read_bytes().count(b"\n") == 2


@pytest.mark.parametrize("name", ["Claim.ndjson", "../../test.db", "/etc/passwd", ""])
def test_no_other_file_is_served(runtime: Runtime, name: str) -> None:
    furnish(runtime)
    id = ask(runtime)
    run_export(take(runtime), runtime)
    names = (("job", str(id)), ("name", name))
    with pytest.raises(NotFound):
        operation.file(FhirRequest("GET", HERE, BASE, parameters=names), runtime)


def test_delete_of_a_finished_export_removes_its_files(runtime: Runtime) -> None:
    furnish(runtime)
    id = ask(runtime)
    run_export(take(runtime), runtime)
    assert folders(runtime) != []
    assert look(runtime, id, method="DELETE")[0] == 202
    assert folders(runtime) == []
    for method in ("GET", "DELETE"):
        with pytest.raises(NotFound):
            look(runtime, id, method=method)


def test_delete_of_a_waiting_export_cancels_it(runtime: Runtime) -> None:
    id = ask(runtime)
    assert look(runtime, id, method="DELETE")[0] == 202
    assert runtime.store.transact(HERE, lambda work: jobs.take(work, 60, 5)) is None
    with pytest.raises(NotFound):
        look(runtime, id)


def test_failed_export_is_told(runtime: Runtime) -> None:
    id = ask(runtime)
    job = take(runtime)
    runtime.store.transact(HERE, lambda work: jobs.fail(work, job, "no room", attempts=1))
    with pytest.raises(operation.ExportFailed) as failure:
        look(runtime, id)
    assert failure.value.status == 500


def test_without_prefer_the_remedy_is_told(runtime: Runtime) -> None:
    with pytest.raises(BadRequest, match="Prefer: respond-async"):
        ask(runtime, prefer="")


def test_unknown_parameter_is_refused_or_noted_as_preferred(runtime: Runtime) -> None:
    furnish(runtime)
    wish = (("_type", "Patient"), ("_until", "2026-01-01T00:00:00Z"))
    with pytest.raises(UnknownParameter, match="_until"):
        ask(runtime, *wish)
    id = ask(runtime, *wish, prefer="respond-async, handling=lenient")
    run_export(take(runtime), runtime)
    _, manifest = look(runtime, id)
    told = cast("list[JsonObject]", manifest["error"])
    assert [(one["type"], one["count"]) for one in told] == [("OperationOutcome", 1)]
    names = (("job", str(id)), ("name", str(told[0]["url"]).rpartition("=")[2]))
    answer = operation.file(FhirRequest("GET", HERE, BASE, parameters=names), runtime)
    assert answer.file is not None
    assert b"_until" in answer.file.read_bytes()


def test_types_are_narrowed_to_what_the_scopes_allow(runtime: Runtime) -> None:
    furnish(runtime)
    reader = Context(client="reader", scopes=("system/Patient.rs", "system/Observation.r"))
    id = ask(runtime, context=reader)
    run_export(take(runtime), runtime)
    assert set(exported(runtime, known(runtime, id))) == {"Patient"}
    with pytest.raises(Forbidden, match=r"system/Observation\.rs"):
        ask(runtime, ("_type", "Patient,Observation"), context=reader)
    with pytest.raises(Forbidden):
        ask(runtime, context=Context(client="writer", scopes=("system/*.c",)))


def test_only_the_client_that_started_it_or_one_of_all_types_sees_it(runtime: Runtime) -> None:
    scopes = ("system/Patient.rs",)
    id = ask(runtime, context=Context(client="a", scopes=scopes))
    assert look(runtime, id, context=Context(client="a", scopes=scopes))[0] == 202
    assert look(runtime, id, context=Context(client="admin"))[0] == 202
    for stranger in (
        Context(client="b", scopes=scopes),
        Context(client="a", scopes=("system/Observation.rs",)),
        Context(tenant=2),
    ):
        for method in ("GET", "DELETE"):
            with pytest.raises(NotFound):
                look(runtime, id, context=stranger, method=method)


def test_folder_of_a_given_up_export_is_swept_when_a_crash_left_it(runtime: Runtime) -> None:
    furnish(runtime)
    left = run(runtime)
    runtime.store.transact(HERE, lambda work: jobs.discard(work, left.id))
    assert folders(runtime) == [read_result(left).folder]
    kept = read_result(run(runtime)).folder
    assert folders(runtime) == [kept]


@pytest.mark.parametrize("id", ["0", "x", "-1", "99999999999999999999999", "1 OR 1"])
def test_export_that_never_was_is_not_found(runtime: Runtime, id: str) -> None:
    with pytest.raises(NotFound):
        look(runtime, id)


def test_export_of_many_keeps_every_resource_once(runtime: Runtime) -> None:
    with runtime.store.write(HERE) as work:
        for number in range(1201):
            work.create("Observation", None, observation(number))
    rows = exported(runtime, run(runtime))["Observation"]
    assert len(rows) == len({str(decode(one)["id"]) for one in rows}) == 1201


def test_folder_of_files_is_below_the_data_folder(runtime: Runtime) -> None:
    furnish(runtime)
    path = runtime.settings.path(read_result(run(runtime)).folder)
    assert Path(runtime.settings.data_dir) in path.parents
