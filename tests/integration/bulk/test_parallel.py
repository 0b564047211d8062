"""Long files are judged by several processes; what is stored and refused is the same."""

import multiprocessing
from dataclasses import replace
from pathlib import Path

import pytest

from fhir_server.bulk import parallel
from fhir_server.bulk.load import Load, Report
from fhir_server.bulk.parallel import BATCH, prepared
from fhir_server.bulk.progress import Progress
from fhir_server.bulk.reindex import Run
from fhir_server.bulk.source import items
from fhir_server.bulk.task import Task
from fhir_server.model.codec import decode, encode
from fhir_server.model.resource import JsonObject
from fhir_server.outcome import Unavailable
from fhir_server.runtime import Runtime
from tests.integration.bulk.practice import HERE, observation, patient
from tests.integration.reindex.site import ask, definition, found, post, work_off
from tests.integration.reindex.site import patient as owner

PEOPLE = BATCH + 20


def in_parallel(runtime: Runtime, path: Path) -> Report:
    work = Load(runtime, HERE)
    for batch in prepared(path, runtime.settings, 2):
        for one in batch:
            work.add(one)
    work.finish()
    return work.report


def in_turn(runtime: Runtime, path: Path) -> Report:
    work = Load(runtime, HERE)
    for item in items(path):
        work.take(item)
    work.finish()
    return work.report


def practice(path: Path) -> Path:
    """Write people, one of them twice, with an observation each; some lines are wrong."""
    texts = []
    for number in range(PEOPLE):
        texts.append(encode({**patient(f"P{number}"), "id": f"p{number}"}))
        texts.append(encode(observation(number)))
    texts.insert(7, b'{"resourceType":"Patient","id":"bad","gender":"unknown to R4"}')
    texts.insert(3, b"no JSON")
    texts.append(encode({**patient("Later"), "id": "p1"}))
    path.write_bytes(b"\n".join(texts) + b"\n")
    return path


def bodies(runtime: Runtime) -> list[tuple[str, str, JsonObject]]:
    """Return what is stored, without what differs from load to load."""
    found = []
    with runtime.store.read(HERE) as reader:
        for one in reader.stream(None):
            body = decode(one.body)
            meta = body.pop("meta")
            number = meta["versionId"] if isinstance(meta, dict) else None
            id = body.pop("id") if one.type == "Observation" else one.id
            found.append((one.type, str(id if one.type == "Patient" else number), body))
    return sorted(found, key=str)


def drifted(runtime: Runtime) -> int:
    """Return how many resources have other index rows than a lone create makes."""
    return Run(Task("repair", only_tells=True), HERE, runtime).go(Progress()).changed


def test_the_same_is_stored_and_refused(runtime: Runtime, tmp_path: Path) -> None:
    path = practice(tmp_path / "all.ndjson")
    report = in_parallel(runtime, path)
    assert report.loaded == 2 * PEOPLE + 1
    assert [(one.line, one.id) for one in report.refused] == [(4, ""), (9, "bad")]
    with runtime.store.read(HERE) as reader:
        newest = reader.current("Patient", "p1")
        assert newest is not None
        assert newest.number == 2
        assert b"Later" in newest.body
        assert reader.counts() == {"Observation": PEOPLE, "Patient": PEOPLE}
    assert drifted(runtime) == 0
    once = bodies(runtime)
    for again in (in_turn(runtime, path), in_parallel(runtime, path)):
        assert again.loaded == report.loaded
        assert [replace(one, file="") for one in again.refused] == [
            replace(one, file="") for one in report.refused
        ]
    people = [one for one in bodies(runtime) if one[0] == "Patient"]
    assert people == [one for one in once if one[0] == "Patient"]


def test_lines_are_indexed_by_the_parameters_of_the_site(runtime: Runtime, tmp_path: Path) -> None:
    """Also by one that came about while they were being judged."""
    post(runtime, definition())
    work_off(runtime)
    path = tmp_path / "all.ndjson"
    pets = [f"pet{number}" for number in range(4 * BATCH)]
    path.write_bytes(
        b"".join(encode({**owner(pet), "id": pet, "gender": "male"}) + b"\n" for pet in pets)
    )
    work = Load(runtime, HERE)
    for number, batch in enumerate(prepared(path, runtime.settings, 2)):
        if number == 1:
            post(runtime, definition("sex", expression="Patient.gender", type="token"))
        for one in batch:
            work.add(one)
    work.finish()
    assert (work.report.loaded, work.report.refused) == (len(pets), [])
    assert found(runtime, f"Patient?pet={pets[0]}") == [pets[0]]
    assert found(runtime, f"Patient?pet={pets[-1]}") == [pets[-1]]
    work_off(runtime)
    assert ask(runtime, "Patient?sex=male&_summary=count")["total"] == len(pets)
    assert drifted(runtime) == 0


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_death_of_a_process_that_judges_is_told(
    runtime: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(parallel, "BATCH", 2)  # so that most of the file is not handed out yet
    batches = prepared(practice(tmp_path / "all.ndjson"), runtime.settings, 2)
    next(batches)
    for child in multiprocessing.active_children():
        child.kill()
        child.join()
    with pytest.raises(Unavailable, match="--processes 1"):
        list(batches)
