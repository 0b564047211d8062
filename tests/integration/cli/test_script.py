"""The console script and `python -m fhir_server` are the command, as a shell starts it."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = (str(Path(sys.executable).with_name("parity")),)
MODULE = (sys.executable, "-m", "fhir_server")


@pytest.mark.parametrize("command", [SCRIPT, MODULE], ids=["script", "module"])
def test_command_of_a_shell_judges_a_file(command: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "noise").write_bytes(b"noise")
    words = [*command, "x12", "check", "noise", "--json"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert (done.returncode, done.stderr) == (1, b"")
    assert b'"verdict": "rejected"' in done.stdout


def test_judging_a_file_alone_loads_no_server(tmp_path: Path) -> None:
    program = (
        "import sys; from fhir_server.cli import parity;"
        "parity.main(['x12', 'check', 'noise'], standalone_mode=False);"
        "print({'sqlalchemy', 'flask', 'alembic', 'lxml'} & set(sys.modules))"
    )
    (tmp_path / "noise").write_bytes(b"noise")
    words = [sys.executable, "-c", program]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, timeout=60, check=False)
    assert done.stdout.decode().splitlines()[-1] == "set()", done.stderr
