"""A package holds everything of one moment, byte for byte, and nothing that opens a door."""

import json
import threading
from hashlib import sha256
from pathlib import Path

import pytest

from fhir_server.bulk.manifest import verify
from fhir_server.bulk.package import make_package
from fhir_server.model.codec import decode
from fhir_server.model.resource import JsonObject
from fhir_server.model.rest import Context
from fhir_server.outcome import Conflict
from fhir_server.runtime import Runtime
from fhir_server.store import clients
from tests.integration.bulk.practice import (
    ACKNOWLEDGMENT,
    HERE,
    INTERCHANGE,
    MESSAGE,
    correspond,
    furnish,
    observation,
    patient,
)


def lines(path: Path) -> list[JsonObject]:
    return [decode(line) for line in path.read_bytes().splitlines()]


def test_current_resources_are_the_bytes_as_stored(runtime: Runtime, tmp_path: Path) -> None:
    furnish(runtime)
    make_package(tmp_path / "package", runtime, "Parity")
    with runtime.store.read(HERE) as reader:
        stored = [one.body for one in reader.stream("Patient")]
    assert len(stored) == 2
    assert (tmp_path / "package/fhir/Patient.ndjson").read_bytes().splitlines() == stored
    assert len(lines(tmp_path / "package/fhir/Organization.ndjson")) == 1
    assert not (tmp_path / "package/fhir/Claim.ndjson").exists()


def test_history_holds_old_versions_and_tombstones(runtime: Runtime, tmp_path: Path) -> None:
    furnish(runtime)
    make_package(tmp_path / "package", runtime, "Parity")
    told = [
        (one["request"]["url"], one["request"]["method"], one["response"]["etag"])  # type: ignore[call-overload, index]
        for one in lines(tmp_path / "package/history/Patient.ndjson")
    ]
    assert sorted(told) == [
        ("Patient", "POST", 'W/"1"'),
        ("Patient", "POST", 'W/"1"'),
        ("Patient", "POST", 'W/"1"'),
        ("Patient/back", "DELETE", 'W/"2"'),
        ("Patient/gone", "DELETE", 'W/"2"'),
        ("Patient/kept", "PUT", 'W/"2"'),
    ]
    assert not (tmp_path / "package/history/Organization.ndjson").exists()
    with runtime.store.read(HERE) as reader:
        first = reader.version("Patient", "kept", 1)
    assert first is not None
    text = (tmp_path / "package/history/Patient.ndjson").read_bytes()
    assert b'"resource":' + first.body in text


def test_originals_and_replies_are_byte_for_byte(runtime: Runtime, tmp_path: Path) -> None:
    furnish(runtime)
    sent, came = correspond(runtime)
    folder = tmp_path / "package"
    make_package(folder, runtime, "Parity")
    assert (folder / f"exchanges/x12/out/{sent.id}.x12").read_bytes() == INTERCHANGE
    assert (folder / f"exchanges/v2/in/{came.id}.hl7").read_bytes() == MESSAGE
    assert (folder / f"exchanges/v2/in/{came.id}.reply.hl7").read_bytes() == ACKNOWLEDGMENT
    first, second = lines(folder / "exchanges/index.ndjson")
    assert first["sha256"] == sha256(INTERCHANGE).hexdigest()
    assert first["resources"] == [{"reference": "Patient/kept", "place": "2000B"}]
    assert (first["partner"], first["kind"], first["control"]) == ("plan", "837", "000000001")
    assert (second["state"], second["report"]) == ("applied", {"unmapped": []})


def test_a_package_is_whole_and_counts_what_it_holds(runtime: Runtime, tmp_path: Path) -> None:
    furnish(runtime)
    correspond(runtime)
    made = make_package(tmp_path / "package", runtime, "Parity")
    assert verify(tmp_path / "package") == []
    assert made.counts["resources"] == 3
    assert made.counts["history"] == 6
    assert (made.counts["exchanges"], made.counts["replies"], made.counts["index"]) == (2, 1, 2)
    assert "parity verify" in (tmp_path / "package/README.txt").read_text()


def test_a_package_of_nothing_is_whole(runtime: Runtime, tmp_path: Path) -> None:
    make_package(tmp_path / "package", runtime, "Parity")
    assert verify(tmp_path / "package") == []


def test_another_tenant_is_not_in_the_package(runtime: Runtime, tmp_path: Path) -> None:
    runtime.store.transact(
        Context(tenant=2), lambda work: work.create("Patient", "other", patient("Other"))
    )
    make_package(tmp_path / "package", runtime, "Parity")
    assert not (tmp_path / "package/fhir").exists()


def test_secrets_are_not_in_the_package(runtime: Runtime, tmp_path: Path) -> None:
    client, secret = runtime.store.transact(
        HERE, lambda work: clients.register(work, "billing", ("system/*.rs",))
    )
    assert secret is not None
    make_package(tmp_path / "package", runtime, "Parity")
    content = b"".join(one.read_bytes() for one in (tmp_path / "package").rglob("*.*"))
    assert client.id.encode() in content
    assert secret.encode() not in content
    assert sha256(secret.encode()).hexdigest().encode() not in content


def test_folder_that_is_not_empty_is_refused(runtime: Runtime, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    with pytest.raises(Conflict, match="not an empty folder"):
        make_package(tmp_path, runtime, "Parity")
    assert [one.name for one in tmp_path.iterdir() if one.name == "mine.txt"]


def test_a_package_made_while_others_write_shows_one_moment(
    runtime: Runtime, tmp_path: Path
) -> None:
    """Each unit of work stores one of each type, so any one moment has as many of both."""
    done = threading.Event()
    written: list[int] = []

    def write() -> None:
        while not done.is_set():
            pair(len(written))
            written.append(1)

    def pair(number: int) -> None:
        with runtime.store.write(HERE) as work:
            work.create("Observation", None, observation(number))
            work.create("Patient", None, patient("Same"))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while len(written) < 20:
            done.wait(0.01)
        before = len(written)
        make_package(tmp_path / "package", runtime, "Parity")
        while len(written) < before + 20:
            done.wait(0.01)
    finally:
        done.set()
        writer.join()
    assert verify(tmp_path / "package") == []
    observations = len(lines(tmp_path / "package/fhir/Observation.ndjson"))
    assert observations == len(lines(tmp_path / "package/fhir/Patient.ndjson"))
    assert before <= observations <= len(written)


def test_manifest_lists_every_file(runtime: Runtime, tmp_path: Path) -> None:
    furnish(runtime)
    correspond(runtime)
    make_package(tmp_path / "package", runtime, "Parity")
    listed = {
        one["path"] for one in json.loads((tmp_path / "package/manifest.json").read_text())["files"]
    }
    there = {
        one.relative_to(tmp_path / "package").as_posix()
        for one in (tmp_path / "package").rglob("*")
        if one.is_file()
    }
    assert there - listed == {"manifest.json", "manifest.sha256"}
