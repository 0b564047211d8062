"""fhir-kit-client, a client for Node, where it is installed."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

PACKAGE = "fhir-kit-client@2.0.3"
FOLDER = Path(sys.prefix) / "share" / "fhir-kit-client"
MODULE = FOLDER / "node_modules" / "fhir-kit-client" / "dist" / "client.js"
STORY = Path(__file__).with_name("story.mjs")
SECONDS = 120


@dataclass(frozen=True, slots=True)
class Kit:
    """The program that runs the client."""

    node: str

    def story(self, base: str, token: str, tag: str) -> dict[str, object]:
        """Return what each step of `story.mjs` found, by its name."""
        variables = {"KIT": str(MODULE), "BASE": base, "TOKEN": token, "TAG": tag}
        done = subprocess.run(
            [self.node, str(STORY)],
            env=os.environ | variables,
            capture_output=True,
            text=True,
            timeout=SECONDS,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        found: dict[str, object] = json.loads(done.stdout)
        return found


def find_kit() -> Kit | None:
    """Return the client, None where it is not installed."""
    node = shutil.which("node")
    return Kit(node) if node is not None and MODULE.is_file() else None
