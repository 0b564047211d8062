"""What a machine could not test is named at the end of a run."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def last_words(folder: Path, *arguments: str) -> str:
    """Run the browser's own tests on a machine that has no programs; return the end."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", *arguments]
    done = subprocess.run(
        [*command, "tests/browser/test_chromium.py"],
        cwd=ROOT,
        env=os.environ | {"PATH": str(folder)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stdout
    return done.stdout.partition("not tested here")[2]


def test_missing_browser_is_named(tmp_path: Path) -> None:
    assert "2 skipped: no Chromium is installed here" in last_words(tmp_path)


def test_missing_browser_is_named_by_parallel_workers(tmp_path: Path) -> None:
    assert "2 skipped: no Chromium is installed here" in last_words(tmp_path, "-n", "2")
