"""Index and content compared: drift is told, put right, and nothing else is touched."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from fhir_server.bulk import drift
from fhir_server.bulk.progress import Progress
from fhir_server.bulk.reindex import Run
from fhir_server.bulk.task import Task
from fhir_server.cli import parity
from fhir_server.runtime import Runtime
from tests.integration.reindex.site import (
    HERE,
    all_jobs,
    definition,
    found,
    index_rows,
    patient,
    post,
    put,
    remove,
    work_off,
)


def reindexed(runtime: Runtime, **members: object) -> Progress:
    task = Task("repair", **members)  # type: ignore[arg-type]
    return Run(task, HERE, runtime).go(Progress())


def furnish(runtime: Runtime) -> list[str]:
    ids = [
        str(post(runtime, patient("cat", birthDate=f"19{number:02}-01-01", active=True))["id"])
        for number in range(5)
    ]
    put(runtime, patient("dog", id=ids[0], birthDate="2001-01-01"))
    gone = post(runtime, patient(birthDate="1950-01-01"))
    remove(runtime, gone)
    post(runtime, {"resourceType": "Organization", "name": "Bach"})
    return ids


def change(runtime: Runtime, text: str, *values: object) -> None:
    """Change the database behind the server's back."""
    with runtime.store.database.session() as session:
        mark = "%s" if session.dialect == "postgresql" else "?"
        session.run(text.replace("?", mark), values)


def key_of(runtime: Runtime, id: str) -> int:
    with runtime.store.read(HERE) as reader:
        version = reader.current("Patient", id)
    assert version is not None
    return version.rid


def updates(runtime: Runtime) -> list[tuple[object, ...]]:
    with runtime.store.database.session() as session:
        return list(map(tuple, session.run("SELECT rid, ver, updated, param_hash FROM resource")))


def test_unchanged_database_stays_as_it_is(runtime: Runtime) -> None:
    furnish(runtime)
    post(runtime, definition())
    work_off(runtime)
    rows, versions = index_rows(runtime), updates(runtime)
    done = reindexed(runtime)
    assert (done.total, done.processed, done.changed) == (7, 7, 0)
    assert (done.missing, done.extra, done.failed) == (0, 0, 0)
    assert (index_rows(runtime), updates(runtime)) == (rows, versions)


@pytest.mark.parametrize("size", [2, 20_000])
def test_drift_of_every_kind_is_put_right(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(drift, "WINDOW", size)
    ids = furnish(runtime)
    rows = index_rows(runtime)
    change(runtime, "DELETE FROM ix_date WHERE rid = ?", key_of(runtime, ids[1]))
    change(runtime, "INSERT INTO ix_eq (key, rid) VALUES (4711, ?)", key_of(runtime, ids[2]))
    change(runtime, "UPDATE resource SET param_hash = 1 WHERE rid = ?", key_of(runtime, ids[3]))
    assert found(runtime, "Patient?birthdate=1901-01-01") == []
    told = reindexed(runtime, only_tells=True)
    assert (told.changed, told.missing > 0, told.extra) == (3, True, 1)
    assert index_rows(runtime) != rows
    done = reindexed(runtime)
    assert (done.total, done.processed, done.changed) == (6, 6, 3)
    assert index_rows(runtime) == rows
    assert found(runtime, "Patient?birthdate=1901-01-01") == [ids[1]]
    assert reindexed(runtime).changed == 0


def test_rows_of_a_deleted_resource_are_removed(runtime: Runtime) -> None:
    ids = furnish(runtime)
    key = key_of(runtime, ids[4])
    remove(runtime, {"resourceType": "Patient", "id": ids[4]})
    change(runtime, "INSERT INTO ix_eq (key, rid) VALUES (4711, ?)", key)
    assert reindexed(runtime).extra == 1
    assert (4711, key) not in index_rows(runtime)["ix_eq"]


def test_one_type_or_one_resource_leaves_the_others(runtime: Runtime) -> None:
    ids = furnish(runtime)
    for id in ids[1:4]:
        change(runtime, "DELETE FROM ix_date WHERE rid = ?", key_of(runtime, id))
    assert reindexed(runtime, types=("Organization",)).changed == 0
    assert reindexed(runtime, types=("Patient",), id=ids[2]).changed == 1
    assert found(runtime, "Patient?birthdate=1902-01-01") == [ids[2]]
    assert found(runtime, "Patient?birthdate=1903-01-01") == []
    assert reindexed(runtime, types=("Patient",)).changed == 2


def run(runtime: Runtime, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    for name, text in runtime.settings.environment().items():
        monkeypatch.setenv(name, text)
    return CliRunner().invoke(parity, ["reindex", *arguments], standalone_mode=False)


def test_command_verifies_and_puts_right(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    ids = furnish(runtime)
    change(runtime, "DELETE FROM ix_date WHERE rid = ?", key_of(runtime, ids[1]))
    verified = run(runtime, monkeypatch, "--verify", "--json")
    told = json.loads(verified.stdout)
    assert (verified.return_value, told["changed"], told["processed"]) == (1, 1, 6)
    assert run(runtime, monkeypatch, "--type", "Patient").return_value == 0
    assert run(runtime, monkeypatch, "--verify").return_value == 0
    url = "http://hl7.org/fhir/SearchParameter/individual-birthdate"
    narrowed = json.loads(run(runtime, monkeypatch, "--parameter", url, "--json").stdout)
    assert (narrowed["state"], narrowed["total"], narrowed["types"][0]) == ("done", 5, "Patient")


def test_command_builds_a_parameter_whose_job_came_to_nothing(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
) -> None:
    furnish(runtime)
    url = str(post(runtime, definition())["url"])
    change(runtime, "UPDATE job SET state = 'failed'")
    left = json.loads(run(runtime, monkeypatch, "--parameter", url, "--enqueue", "--json").stdout)
    assert left["job"] == all_jobs(runtime)[-1].id
    work_off(runtime)
    assert len(found(runtime, "Patient?pet=cat")) == 4
    other = str(post(runtime, definition("other", expression="Patient.gender"))["url"])
    assert run(runtime, monkeypatch, "--parameter", other).return_value == 0
    assert found(runtime, "Patient?other=male") == []
