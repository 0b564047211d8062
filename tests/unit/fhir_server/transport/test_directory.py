"""Files leave and arrive whole, and leave once."""

from pathlib import Path

from fhir_server.transport.directory import Arrival, arrivals, release, settle, stage


def names(folder: Path) -> list[str]:
    return [one.name for one in arrivals(folder)]


def test_staged_file_is_not_yet_in_the_outbox(tmp_path: Path) -> None:
    stage(tmp_path, "a.837", b"ISA")
    assert names(tmp_path) == []
    assert release(tmp_path, "a.837")
    assert names(tmp_path) == ["a.837"]
    assert (tmp_path / "a.837").read_bytes() == b"ISA"


def test_staging_again_replaces_and_does_not_double(tmp_path: Path) -> None:
    stage(tmp_path, "a.837", b"half")
    stage(tmp_path, "a.837", b"whole")
    release(tmp_path, "a.837")
    assert names(tmp_path) == ["a.837"]
    assert (tmp_path / "a.837").read_bytes() == b"whole"


def test_file_that_was_fetched_is_not_released_again(tmp_path: Path) -> None:
    stage(tmp_path, "a.837", b"ISA")
    release(tmp_path, "a.837")
    (tmp_path / "a.837").unlink()
    assert not release(tmp_path, "a.837")
    assert names(tmp_path) == []


def test_inbox_that_is_not_there_is_empty(tmp_path: Path) -> None:
    assert names(tmp_path / "none") == []


def test_hidden_files_and_folders_are_not_arrivals(tmp_path: Path) -> None:
    (tmp_path / ".writing").write_bytes(b"x")
    (tmp_path / "done").mkdir()
    (tmp_path / "b.835").write_bytes(b"x")
    assert names(tmp_path) == ["b.835"]


def test_settled_file_is_kept_under_a_free_name(tmp_path: Path) -> None:
    for content in (b"1", b"2"):
        (tmp_path / "b.835").write_bytes(content)
        settle(Arrival(tmp_path / "b.835"))
    assert names(tmp_path) == []
    assert (tmp_path / "done" / "b.835").read_bytes() == b"1"
    assert (tmp_path / "done" / "b.835.1").read_bytes() == b"2"


def test_file_settled_by_another_is_left(tmp_path: Path) -> None:
    settle(Arrival(tmp_path / "gone.835"))
    assert list((tmp_path / "done").iterdir()) == []
