"""What files hold, and where in them it stands."""

import gzip
import io
import tarfile
from pathlib import Path

import pytest

from fhir_server.bulk.source import count_items, files, items

PATIENT = b'{"resourceType":"Patient","id":"a"}'


def guide(path: Path) -> Path:
    with tarfile.open(path, "w:gz") as archive:
        for name in ("package/package.json", "package/Patient-a.json", "package/readme.md"):
            member = tarfile.TarInfo(name)
            member.size = len(PATIENT)
            archive.addfile(member, io.BytesIO(PATIENT))
    return path


def test_lines_are_numbered_and_empty_ones_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes(PATIENT + b"\n\n  \n" + PATIENT + b"\r\n" + PATIENT)
    found = list(items(path))
    assert [one.line for one in found] == [1, 4, 5]
    assert all(one.resource == {"resourceType": "Patient", "id": "a"} for one in found)
    assert not any(one.is_whole_file for one in found)
    assert count_items(path) == 3


@pytest.mark.parametrize("name", ["a.ndjson", "a.ndjson.gz", "b.json", "b.json.gz"])
def test_packed_or_not_is_told_by_the_content(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(gzip.compress(PATIENT))
    packed = list(items(tmp_path / name))
    (tmp_path / name).write_bytes(PATIENT)
    assert list(items(tmp_path / name)) == packed
    assert [one.is_whole_file for one in packed] == [name.startswith("b")]


def test_line_that_is_no_json_is_told_and_the_next_read(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes(b"{\n[]\n" + PATIENT)
    found = list(items(path))
    assert [one.resource is None for one in found] == [True, True, False]
    assert [one.error is None for one in found] == [False, False, True]


def test_guide_gives_its_json_but_not_its_own_files(tmp_path: Path) -> None:
    path = guide(tmp_path / "guide.tgz")
    found = list(items(path))
    assert [(one.file, one.is_whole_file) for one in found] == [
        ("guide.tgz/package/Patient-a.json", False)
    ]
    assert count_items(path) == 1


def test_folder_is_walked_in_order_of_names(tmp_path: Path) -> None:
    for name in ("b/2.json", "a.ndjson.gz", "b/1.json", "notes.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(PATIENT)
    found = [one.relative_to(tmp_path).as_posix() for one in files([tmp_path])]
    assert found == ["a.ndjson.gz", "b/1.json", "b/2.json"]


@pytest.mark.parametrize("name", ["a.ndjson.gz", "a.json.gz", "a.tgz"])
def test_archive_cut_short_is_told_by_its_name(tmp_path: Path, name: str) -> None:
    whole = guide(tmp_path / "x").read_bytes() if name == "a.tgz" else gzip.compress(PATIENT * 99)
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(OSError, match=name):
        list(items(tmp_path / name))


def test_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(items(tmp_path / "a.json"))
