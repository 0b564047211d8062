"""Install Chromium for the browser tests where this is possible: `python -m tests.browser.install`.

Does nothing when a browser is there, and never fails: a machine without one runs the other tests
and names these as skipped.
"""

import os
import shutil
import subprocess
import sys

from tests.browser.chromium import find_chromium

PATIENT = ("-qq", "-o", "DPkg::Lock::Timeout=120")
UPDATE_SECONDS, INSTALL_SECONDS = 120, 600


def main() -> None:
    """Install the browser, or say why it stays away."""
    if find_chromium():
        return
    reason = obstacle() or install()
    if reason:
        sys.stderr.write(f"The browser tests will be skipped: {reason}.\n")


def obstacle() -> str:
    """Return why this machine cannot install a browser, or nothing."""
    if shutil.which("apt-get") is None:
        return "there is no Chromium, and no apt-get to install it with"
    if os.geteuid() != 0:
        return "there is no Chromium, and only root may install it (apt-get install chromium)"
    return ""


def install() -> str:
    """Install Debian's package; return why it failed, or nothing."""
    sys.stderr.write("Installing Chromium for the browser tests ...\n")
    steps = (
        (["apt-get", "update", "-qq"], UPDATE_SECONDS),
        (["apt-get", "install", *PATIENT, "--no-install-recommends", "chromium"], INSTALL_SECONDS),
    )
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command, seconds in steps:
        try:
            subprocess.run(
                command, check=True, capture_output=True, text=True, timeout=seconds, env=quiet
            )
        except subprocess.CalledProcessError as error:
            return f"{' '.join(command)}: {last_line(error.stderr)}"
        except subprocess.TimeoutExpired:
            return f"{' '.join(command)} took longer than {seconds} s"
    return "" if find_chromium() else "apt-get installed no program of a known name"


def last_line(text: str) -> str:
    """Return the last line that says something."""
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "failed"


if __name__ == "__main__":
    main()
