"""What files hold, and where in them it stands."""

import gzip
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest
import zstandard

from fhir_server.bulk.source import count_items, files, items, lines

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


def zstd(content: bytes) -> bytes:
    """Return two frames, as a file written in two goes has them."""
    half = len(content) // 2
    return b"".join(map(zstandard.compress, (content[:half], content[half:])))


@pytest.mark.parametrize("pack", [gzip.compress, zstd])
@pytest.mark.parametrize("name", ["a.ndjson", "a.ndjson.gz", "b.json", "b.json.zst"])
def test_packed_or_not_is_told_by_the_content(
    tmp_path: Path, name: str, pack: Callable[[bytes], bytes]
) -> None:
    (tmp_path / name).write_bytes(pack(PATIENT))
    packed = list(items(tmp_path / name))
    (tmp_path / name).write_bytes(PATIENT)
    assert list(items(tmp_path / name)) == packed
    assert [one.is_whole_file for one in packed] == [name.startswith("b")]
    assert packed[0].resource is not None


def test_long_file_of_zstandard_is_read_to_its_end(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson.zst"
    texts = [b'{"resourceType":"Patient","id":"%d"}' % number for number in range(50_000)]
    path.write_bytes(zstd(b"\n".join(texts)))
    assert [text.strip() for _, text in lines(path)] == texts


def test_byte_order_mark_and_line_ends_of_windows_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson"
    path.write_bytes(b"\xef\xbb\xbf" + PATIENT + b"\r\n" + PATIENT + b"\r\n")
    assert [one.error for one in items(path)] == [None, None]


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


def test_archive_of_files_of_lines_gives_their_lines(tmp_path: Path) -> None:
    path = tmp_path / "export.tgz"
    with tarfile.open(path, "w:gz") as archive:
        member = tarfile.TarInfo("fhir/Patient.ndjson")
        member.size = 2 * len(PATIENT) + 1
        archive.addfile(member, io.BytesIO(PATIENT + b"\n" + PATIENT))
    found = [(one.file, one.line) for one in items(path)]
    assert found == [(f"export.tgz/{member.name}", 1), (f"export.tgz/{member.name}", 2)]
    assert count_items(path) == 2


def test_folder_without_a_file_to_load_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "Patient.xml").write_bytes(b"<Patient/>")
    with pytest.raises(FileNotFoundError, match=r"holds no file named \*\.json, \*\.ndjson"):
        list(files([tmp_path]))


def test_endings_are_told_whatever_their_case(tmp_path: Path) -> None:
    (tmp_path / "PATIENT.NDJSON").write_bytes(PATIENT + b"\n" + PATIENT)
    (path,) = files([tmp_path])
    assert [one.line for one in items(path)] == [1, 2]


PACKED = {
    "a.ndjson.gz": gzip.compress(PATIENT * 99),
    "a.json.gz": gzip.compress(PATIENT * 99),
    "a.json.zst": zstandard.compress(PATIENT * 99),
}


@pytest.mark.parametrize("name", [*PACKED, "a.tgz"])
def test_archive_cut_short_is_told_by_its_name(tmp_path: Path, name: str) -> None:
    whole = guide(tmp_path / "x").read_bytes() if name == "a.tgz" else PACKED[name]
    (tmp_path / name).write_bytes(whole[: len(whole) // 2])
    with pytest.raises(OSError, match=name):
        list(items(tmp_path / name))


def test_broken_frame_is_told_by_the_name_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.ndjson.zst"
    path.write_bytes(zstandard.MAGIC_NUMBER.to_bytes(4, "little") + b"\xff" * 99)
    with pytest.raises(OSError, match=r"a\.ndjson\.zst"):
        list(items(path))


def test_file_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(items(tmp_path / "a.json"))
