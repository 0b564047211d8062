"""A Chromium without a window: read a page as it stands after its scripts, or take its picture."""

import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--virtual-time-budget=5000",
)
SECONDS = 60


@dataclass(frozen=True, slots=True)
class Chromium:
    """The browser program; each visit has a profile of its own, removed afterwards."""

    program: str

    def text(self, url: str) -> str:
        """Return the document at the address as HTML, after its scripts have run."""
        return self._visit(url, "--dump-dom")

    def picture(self, url: str, file: Path, *, width: int = 1200, height: int = 900) -> Path:
        """Write a PNG of the page, as a window of this many pixels shows it."""
        self._visit(url, f"--screenshot={file}", f"--window-size={width},{height}")
        return file

    def _visit(self, url: str, *wish: str) -> str:
        with tempfile.TemporaryDirectory(prefix="parity-chromium-") as profile:
            done = subprocess.run(
                [self.program, *FLAGS, f"--user-data-dir={profile}", *wish, url],
                check=True,
                capture_output=True,
                text=True,
                timeout=SECONDS,
            )
        return done.stdout


def find_chromium() -> Chromium | None:
    """Return the browser of this machine, or None."""
    for name in NAMES:
        program = shutil.which(name)
        if program:
            return Chromium(program)
    return None
