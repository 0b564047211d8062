"""Every command a document names exists, and every command there is has its sentence."""

import re
import stat

from fhir_server.cli import COMMANDS
from fhir_server.settings import Settings
from tests.architecture.source import ROOT, tracked_files

MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
PHONY = set(re.findall(r"^\.PHONY: ([\w-]+)$", MAKEFILE, re.MULTILINE))
EXPLAINED = set(re.findall(r"^([\w-]+):.*## .+$", MAKEFILE, re.MULTILINE))
OF_THE_TESTS = {"PARITY_TEST_POSTGRESQL_BIN"}
OF_THE_FILE = {"PARITY_CONFIG"}


def documents() -> dict[str, str]:
    """Return the text of each document by its path."""
    names = [name for name in tracked_files() if name.endswith(".md")]
    return {name: (ROOT / name).read_text(encoding="utf-8") for name in names}


def named(pattern: str) -> set[str]:
    """Return what the pattern captures in code of any document."""
    texts = documents().values()
    blocks = [
        found for text in texts for found in re.findall(r"```.*?```|`[^`\n]+`", text, re.DOTALL)
    ]
    return {found for block in blocks for found in re.findall(pattern, block)}


def test_every_make_command_has_a_sentence() -> None:
    assert PHONY == EXPLAINED


def test_make_commands_of_the_documents_exist() -> None:
    assert named(r"(?:^|[`\s])make ([a-z][\w-]*)") - PHONY == set()


def test_parity_commands_of_the_documents_exist() -> None:
    assert named(r"(?:^|[`\s/])parity ([a-z]\w*)") - set(COMMANDS) == set()


def test_settings_of_the_documents_exist() -> None:
    known = {row.variable for row in Settings.rows()} | OF_THE_TESTS | OF_THE_FILE
    assert named(r"\bPARITY_[A-Z_]*[A-Z]\b") - known == set()


def test_ci_runs_the_documented_command_and_nothing_else() -> None:
    script = ROOT / ".ci/run"
    lines = [line for line in script.read_text().splitlines() if line and line[0] != "#"]
    assert lines == ["set -eu", 'cd "$(dirname "$0")/.."', "exec make test"]
    assert script.stat().st_mode & stat.S_IXUSR
