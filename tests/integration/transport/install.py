"""Install OpenSSH's server for the SFTP tests: `python -m tests.integration.transport.install`.

Does nothing when it is there, and never fails: a machine without one runs the other tests and
names these as skipped.
"""

import os
import shutil
import subprocess
import sys

from tests.browser.install import PATIENT, last_line
from tests.integration.transport.sshd import find_sshd

MISSING = "there is no sshd here (apt-get install openssh-server)"


def main() -> None:
    """Install the server, or say why it stays away."""
    if find_sshd() and shutil.which("ssh-keygen"):
        return
    reason = MISSING
    if shutil.which("apt-get") and os.geteuid() == 0:
        reason = install()
    if reason:
        sys.stderr.write(f"The SFTP tests will be skipped: {reason}.\n")


def install() -> str:
    """Install Debian's package; return why it failed, or nothing."""
    sys.stderr.write("Installing OpenSSH's server for the SFTP tests ...\n")
    package = ["apt-get", "install", *PATIENT, "--no-install-recommends", "openssh-server"]
    quiet = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update", "-qq"], package):
        try:
            subprocess.run(
                command, check=True, capture_output=True, text=True, timeout=300, env=quiet
            )
        except subprocess.CalledProcessError as error:
            return f"{' '.join(command)}: {last_line(error.stderr)}"
        except subprocess.TimeoutExpired:
            return f"{' '.join(command)} took longer than 300 s"
    return "" if find_sshd() else MISSING


if __name__ == "__main__":
    main()
