"""`parity load`, `export` and `verify` as run by a person or a script: output and exit status."""

import gzip
import json
import os
import subprocess
from pathlib import Path

import pytest

from fhir_server.model.codec import encode
from fhir_server.model.resource import JsonObject
from tests.command import run
from tests.integration.bulk.practice import observation, patient

GOOD: JsonObject = {**patient("Secret-Name"), "id": "good"}
BAD: JsonObject = {"resourceType": "Patient", "id": "bad", "birthDate": "Secret-Day"}


class Installation:
    """The commands of an installation in a folder of its own."""

    def __init__(self, url: str, folder: Path) -> None:
        self.folder = folder
        self._environment = {
            name: text for name, text in os.environ.items() if not name.startswith("PARITY_")
        } | {"PARITY_DATABASE_URL": url, "PARITY_DATA_DIR": str(folder / "var")}

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        done = run(arguments, self._environment, self.folder, timeout=120)
        out, errors = done.stdout.decode(), done.stderr.decode()
        return subprocess.CompletedProcess(done.args, done.returncode, out, errors)

    def file(self, name: str, *resources: JsonObject) -> str:
        (self.folder / name).write_bytes(b"".join(encode(one) + b"\n" for one in resources))
        return name


@pytest.fixture
def installation(migrated_url: str, tmp_path: Path) -> Installation:
    return Installation(migrated_url, tmp_path)


def test_load_export_verify_in_a_row(installation: Installation) -> None:
    loaded = installation.run("load", installation.file("a.ndjson", GOOD, observation(1)))
    assert (loaded.returncode, loaded.stdout) == (0, "2 loaded, 0 refused\n"), loaded.stderr
    made = installation.run("export", "--out", "package", "--json")
    assert made.returncode == 0, made.stderr
    assert json.loads(made.stdout)["resources"] == 2
    checked = installation.run("verify", "package")
    assert (checked.returncode, checked.stdout) == (0, "package: whole\n")
    file = installation.folder / "package/fhir/Patient.ndjson"
    file.write_bytes(file.read_bytes().replace(b"Secret", b"Tecres"))
    changed = installation.run("verify", "package")
    assert changed.returncode == 1
    assert changed.stdout.startswith("fhir/Patient.ndjson: changed")


def test_refusal_is_told_with_its_place_and_no_value(installation: Installation) -> None:
    done = installation.run("load", installation.file("a.ndjson", GOOD, BAD))
    assert done.returncode == 1
    assert "a.ndjson:2: Patient/bad refused" in done.stdout
    assert done.stdout.count("Patient.birthDate") == 1
    assert "1 loaded, 1 refused" in done.stdout
    assert "Secret" not in done.stdout + done.stderr


def test_refusals_for_a_machine(installation: Installation) -> None:
    done = installation.run("load", installation.file("a.ndjson", BAD, GOOD), "--json")
    assert done.returncode == 1
    report = json.loads(done.stdout)
    assert report["loaded"] == 1
    refused = report["refused"][0]
    assert {name: refused[name] for name in ("file", "line", "type", "id")} == {
        "file": "a.ndjson",
        "line": 1,
        "type": "Patient",
        "id": "bad",
    }
    assert refused["issues"][0]["expression"] == ["Patient.birthDate"]


@pytest.mark.parametrize(
    "arguments",
    [
        ("load",),
        ("load", "missing.ndjson"),
        ("load", "broken.tgz"),
        ("load", "empty"),
        ("export",),
        ("export", "--out", "."),
        ("export", "--out", "package", "--patient", "1"),
        ("verify", "missing"),
    ],
)
@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_what_cannot_run_ends_with_2_and_one_clear_line(
    installation: Installation, arguments: tuple[str, ...]
) -> None:
    (installation.folder / "broken.tgz").write_bytes(b"not an archive")
    (installation.folder / "empty").mkdir()
    done = installation.run(*arguments)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert done.stderr.strip()
    assert done.stdout == ""
    assert not (installation.folder / "package").exists()


@pytest.mark.parametrize("migrated_url", ["sqlite"], indirect=True)
def test_package_without_a_manifest_is_judged_broken(installation: Installation) -> None:
    (installation.folder / "package").mkdir()
    done = installation.run("verify", "package")
    assert (done.returncode, done.stdout) == (1, "manifest.json: missing or not readable\n")


def test_database_without_tables_cannot_be_loaded(tmp_path: Path) -> None:
    bare = Installation(f"sqlite:///{tmp_path / 'bare.db'}", tmp_path)
    done = bare.run("load", bare.file("a.ndjson", GOOD))
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "parity init" in done.stderr


def test_load_that_cannot_go_on_keeps_and_tells_what_was_read(installation: Installation) -> None:
    installation.file("a.ndjson", GOOD, BAD)
    many = b"".join(encode(observation(number)) + b"\n" for number in range(2000))
    packed = gzip.compress(many)
    (installation.folder / "b.ndjson.gz").write_bytes(packed[: len(packed) // 2])
    done = installation.run("load", "a.ndjson", "b.ndjson.gz", "--json")
    assert done.returncode == 2
    assert done.stderr == "parity: b.ndjson.gz: not whole, it cannot be unpacked\n"
    report = json.loads(done.stdout)
    assert report["loaded"] > 100
    assert [one["id"] for one in report["refused"]] == ["bad"]
    made = installation.run("export", "--out", "package", "--json")
    assert json.loads(made.stdout)["resources"] == report["loaded"]


def test_load_goes_on_where_it_was_interrupted(installation: Installation) -> None:
    known = [observation(number) | {"id": f"o{number}"} for number in range(300)]
    whole = b"".join(encode(one) + b"\n" for one in known)
    packed = gzip.compress(whole)
    (installation.folder / "o.ndjson.gz").write_bytes(packed[: len(packed) - 100])
    assert installation.run("load", "o.ndjson.gz").returncode == 2
    (installation.folder / "o.ndjson.gz").write_bytes(packed)
    again = installation.run("load", "o.ndjson.gz")
    assert (again.returncode, again.stdout) == (0, "300 loaded, 0 refused\n"), again.stderr
    made = json.loads(installation.run("export", "--out", "package", "--json").stdout)
    assert made["resources"] == 300
    assert "history" not in made  # what was there already got no second version


def test_file_that_is_no_database_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "no.db").write_bytes(b"not a database, but long enough to have a header" * 99)
    bare = Installation(f"sqlite:///{tmp_path / 'no.db'}", tmp_path)
    for command in (("load", bare.file("a.ndjson", GOOD)), ("init",), ("db", "status")):
        done = bare.run(*command)
        assert done.returncode == 2
        assert done.stderr == "parity: the file of the database is no SQLite database\n"
