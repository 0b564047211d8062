"""`make run` beside another server: it says so, and makes nothing."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize("variable", ["PORT", "MLLP_PORT"])
def test_taken_port_is_told_before_anything_is_made(variable: str, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        variables = {"PORT": "1", "MLLP_PORT": "2", variable: str(port), "PYTHONPATH": str(ROOT)}
        done = subprocess.run(
            [sys.executable, "-m", "demo"],
            cwd=tmp_path,
            env=os.environ | variables,
            capture_output=True,
            text=True,
            check=False,
        )
    told = f"Port {port} is in use: stop what listens there first.\n"
    assert (done.returncode, done.stderr) == (1, told)
    assert list(tmp_path.iterdir()) == []
