"""The container files name commands, options and settings that exist, and copy what is packaged."""

import json
import re
import tomllib

import click
import pytest

from fhir_server.cli import COMMANDS, parity
from fhir_server.settings import Settings
from tests.architecture.source import PACKAGES, ROOT

COMPOSE = (ROOT / "docker/compose.yaml").read_text(encoding="utf-8")
DOCKERFILE = (ROOT / "docker/Dockerfile").read_text(encoding="utf-8")
COMMAND = re.compile(r"^\s*command: (\[.*\])$", re.MULTILINE)
LISTED = [
    *(json.loads(found) for found in COMMAND.findall(COMPOSE)),
    json.loads(re.findall(r"^CMD (\[.*\])$", DOCKERFILE, re.MULTILINE)[0]),
]


@pytest.mark.parametrize("words", LISTED, ids=lambda words: str(words[0]))
def test_command_of_a_container_exists_with_its_options(words: list[str]) -> None:
    assert words[0] in COMMANDS
    command = parity.get_command(click.Context(parity), words[0])
    assert command is not None
    known = {option for parameter in command.params for option in parameter.opts}
    assert [word for word in words[1:] if word.startswith("--") and word not in known] == []


def test_each_role_is_a_service() -> None:
    assert {"web", "worker", "listener", "init", "serve"} <= {words[0] for words in LISTED}


@pytest.mark.parametrize("text", [COMPOSE, DOCKERFILE], ids=["compose.yaml", "Dockerfile"])
def test_settings_of_the_containers_exist(text: str) -> None:
    known = {row.variable for row in Settings.rows()} | {"PARITY_CONFIG"}
    assert set(re.findall(r"\bPARITY_[A-Z_]+", text)) - known == set()


def test_image_holds_every_package_and_nothing_else() -> None:
    copied = set(re.findall(r"^COPY (\w+) \1$", DOCKERFILE, re.MULTILINE))
    assert copied == set(PACKAGES)
    allowed = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {f"!{package}" for package in PACKAGES} <= set(allowed)
    assert allowed[0] == "*"


def test_image_runs_a_supported_python_without_root() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    version = re.search(r"^ARG PYTHON_VERSION=3\.(\d+)$", DOCKERFILE, re.MULTILINE)
    assert version is not None
    oldest = int(project["requires-python"].removeprefix(">=3."))
    assert int(version[1]) >= oldest
    assert re.findall(r"^USER (\w+)$", DOCKERFILE, re.MULTILINE) == ["parity"]
