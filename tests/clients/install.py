"""Install fhir-kit-client for the tests of clients: `python -m tests.clients.install`.

Does nothing when it is there, and never fails: a machine without npm runs the other tests and
names these as skipped.
"""

import shutil
import subprocess
import sys

from tests.clients.kit import FOLDER, PACKAGE, find_kit

SECONDS = 300


def main() -> None:
    """Install the client, or say why it stays away."""
    if find_kit() is not None:
        return
    reason = install()
    if reason:
        sys.stderr.write(f"The tests of fhir-kit-client will be skipped: {reason}.\n")


def install() -> str:
    """Install the package below the virtual environment; return why it failed, or nothing."""
    npm = shutil.which("npm")
    if npm is None:
        return "there is no npm"
    sys.stderr.write("Installing fhir-kit-client for the tests of clients ...\n")
    FOLDER.mkdir(parents=True, exist_ok=True)
    command = [npm, "install", "--no-audit", "--no-fund", "--prefix", str(FOLDER), PACKAGE]
    try:
        subprocess.run(command, check=True, capture_output=True, text=True, timeout=SECONDS)
    except subprocess.CalledProcessError as error:
        lines = [line for line in error.stderr.splitlines() if line.strip()]
        return f"npm install: {lines[-1] if lines else 'failed'}"
    except subprocess.TimeoutExpired:
        return f"npm install took longer than {SECONDS} s"
    return "" if find_kit() is not None else "npm installed no module of the known name"


if __name__ == "__main__":
    main()
