"""Names say what a thing is, and no file tells where it was written."""

import re

from tests.architecture.source import ROOT, modules, tracked_files

SAY_NOTHING = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "base",
    "misc",
    "manager",
    "managers",
}
PACKAGE_HOST = r"(?:pypi\.org|pythonhosted\.org|npmjs\.|maven\.org|crates\.io)"
HOME = r"/(?:root|home/\w+|Users/\w+|work)/"
OF_A_MACHINE = re.compile(rf"{HOME}|https?://[\w.-]*{PACKAGE_HOST}|--(?:extra-)?index-url\s+\S+")
DATA = (".json", ".gz", ".ndjson", ".hl7", ".x12", ".edi")
HERE = "tests/architecture/test_names.py"


def test_module_names_say_what_they_hold() -> None:
    names = {module.path: module.path.removesuffix(".py").split("/") for module in modules()}
    assert [path for path, parts in names.items() if SAY_NOTHING.intersection(parts)] == []


def test_no_file_names_a_machine_or_a_package_host() -> None:
    found = {
        path: OF_A_MACHINE.findall((ROOT / path).read_text(encoding="utf-8", errors="replace"))
        for path in tracked_files()
        if not path.endswith(DATA) and path != HERE
    }
    assert {path: places for path, places in found.items() if places} == {}


def test_machine_paths_and_hosts_are_recognised() -> None:
    for text in (
        "/home/someone/parity",
        "https://files.pythonhosted.org/x",
        "--index-url http://a",
    ):
        assert OF_A_MACHINE.search(text)
    assert not OF_A_MACHINE.search("/usr/lib/postgresql and http://127.0.0.1:8080/fhir/home")


def test_unit_tests_mirror_the_source() -> None:
    files = [path for path in tracked_files() if re.fullmatch(r"tests/unit/.+/test_\w+\.py", path)]
    folders = {path.removeprefix("tests/unit/").rpartition("/")[0] for path in files}
    assert {folder for folder in folders if not (ROOT / folder).is_dir()} == set()
