"""The wheel holds all of the product: its data too, and nothing of its tests."""

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.architecture.source import PACKAGES, ROOT, tracked_files

NEEDED = ("pyproject.toml", "README.md", "LICENSE")


@pytest.fixture(scope="module")
def wheel_names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    source, target = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for path in packaged_files() | {path for path in NEEDED if (ROOT / path).exists()}:
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / path, source / path)
    build(source, target)
    with zipfile.ZipFile(next(target.glob("*.whl"))) as wheel:
        return set(wheel.namelist())


def packaged_files() -> set[str]:
    """Return the tracked files of the product's packages."""
    return {path for path in tracked_files() if path.split("/")[0] in PACKAGES}


def build(source: Path, target: Path) -> None:
    """Build the wheel as the container does: nothing is fetched."""
    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-build-isolation"]
    command += ["--no-deps", "--no-index", "--wheel-dir", str(target), str(source)]
    subprocess.run(command, check=True, capture_output=True, text=True)


def test_wheel_holds_every_file_of_the_packages(wheel_names: set[str]) -> None:
    assert packaged_files() - wheel_names == set()


def test_wheel_holds_nothing_but_the_packages(wheel_names: set[str]) -> None:
    tops = {name.split("/")[0] for name in wheel_names if ".dist-info/" not in name}
    assert tops == set(PACKAGES)
