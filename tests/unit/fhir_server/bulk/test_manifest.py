"""A package says truthfully whether it is whole."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_server.bulk.manifest import MANIFEST, SEAL, Manifest, entry, seal, verify


def package(folder: Path) -> Path:
    """Write a package of two files and return its folder."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "fhir").mkdir(exist_ok=True)
    (folder / "fhir" / "Patient.ndjson").write_bytes(b'{"resourceType":"Patient"}\n')
    (folder / "original.x12").write_bytes(b"ISA*00~")
    files = [
        entry(folder, folder / "fhir" / "Patient.ndjson", "resources", 1),
        entry(folder, folder / "original.x12", "exchanges", 1),
    ]
    counts = {"resources": 1, "exchanges": 1}
    seal(folder, Manifest("2026-11-21T10:00:00Z", "0.1.0", files, counts))
    return folder


def test_untouched_package_is_whole(tmp_path: Path) -> None:
    assert verify(package(tmp_path)) == []


@pytest.mark.parametrize("name", ["fhir/Patient.ndjson", "original.x12", MANIFEST, SEAL])
def test_missing_file_is_named(tmp_path: Path, name: str) -> None:
    (package(tmp_path) / name).unlink()
    assert any(Path(name).name in sentence for sentence in verify(tmp_path))


def test_unlisted_file_is_named(tmp_path: Path) -> None:
    (package(tmp_path) / "fhir" / "extra.ndjson").write_bytes(b"")
    assert verify(tmp_path) == ["fhir/extra.ndjson: not in the manifest"]


def test_wrong_count_is_named(tmp_path: Path) -> None:
    package(tmp_path)
    listed = entry(tmp_path, tmp_path / "original.x12", "exchanges", 1)
    (tmp_path / "fhir" / "Patient.ndjson").unlink()
    seal(tmp_path, Manifest("2026-11-21T10:00:00Z", "0.1.0", [listed], {"exchanges": 2}))
    assert verify(tmp_path) == ["exchanges: 1 in the files, the manifest says 2"]


def test_lines_that_are_not_as_many_as_counted_are_named(tmp_path: Path) -> None:
    package(tmp_path)
    (tmp_path / "original.x12").unlink()
    listed = entry(tmp_path, tmp_path / "fhir" / "Patient.ndjson", "resources", 2)
    seal(tmp_path, Manifest("2026-11-21T10:00:00Z", "0.1.0", [listed], {"resources": 2}))
    assert verify(tmp_path) == ["fhir/Patient.ndjson: 1 lines, the manifest says 2"]


@given(
    name=st.sampled_from(["fhir/Patient.ndjson", "original.x12", MANIFEST, SEAL]),
    place=st.integers(min_value=0, max_value=10_000),
    flip=st.integers(min_value=1, max_value=255),
)
def test_any_changed_byte_is_found(
    tmp_path_factory: pytest.TempPathFactory, name: str, place: int, flip: int
) -> None:
    folder = package(tmp_path_factory.mktemp("package"))
    content = bytearray((folder / name).read_bytes())
    content[place % len(content)] ^= flip
    (folder / name).write_bytes(content)
    assert verify(folder) != []
