"""Files are whole or not there, and never outside their folder."""

import subprocess
import sys
from pathlib import Path

import pytest

from fhir_server.outcome import NotFound
from fhir_server.store.files import Files


def test_file_is_read_as_written(tmp_path: Path) -> None:
    files = Files(tmp_path / "new")
    assert files.write("export/1/Patient.ndjson", [b"one\n", b"two\n"]) == 8
    with files.open("export/1/Patient.ndjson") as file:
        assert file.read() == b"one\ntwo\n"
    assert files.names("export/1") == ["export/1/Patient.ndjson"]
    assert files.names("export/2") == []


def test_unfinished_file_is_not_there(tmp_path: Path) -> None:
    files = Files(tmp_path)

    def write_and_fail() -> None:
        with files.create("a") as file:
            file.write(b"half")
            assert not files.path("a").exists()
            raise RuntimeError

    with pytest.raises(RuntimeError):
        write_and_fail()
    assert list(tmp_path.iterdir()) == []


def test_file_of_a_killed_process_is_not_there(tmp_path: Path) -> None:
    program = """
import os, pathlib, signal, sys
from fhir_server.store.files import Files
with Files(pathlib.Path(sys.argv[1])).create("out/a") as file:
    file.write(b"half")
    file.flush()
    os.kill(os.getpid(), signal.SIGKILL)
"""
    subprocess.run([sys.executable, "-c", program, str(tmp_path)], check=False)
    files = Files(tmp_path)
    assert files.names("out") == []
    with pytest.raises(NotFound):
        files.open("out/a")
    files.remove_folder("out")
    assert list(tmp_path.iterdir()) == []


def test_file_is_replaced_whole(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.write("a", [b"first"])
    with files.create("a") as file:
        file.write(b"second")
        assert files.path("a").read_bytes() == b"first"
    assert files.path("a").read_bytes() == b"second"
    files.remove("a")
    files.remove("a")
    with pytest.raises(NotFound):
        files.open("a")


@pytest.mark.parametrize("name", ["../a", "/etc/passwd", "a/../b", "a//b", "", "a/", ".a", "a\0b"])
def test_no_name_leads_out(tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound):
        Files(tmp_path).path(name)


def test_folder_is_not_a_file(tmp_path: Path) -> None:
    files = Files(tmp_path)
    files.write("a/b", [b""])
    with pytest.raises(NotFound):
        files.open("a")
