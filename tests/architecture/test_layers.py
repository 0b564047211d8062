"""The layer contract of pyproject.toml holds, and breaks when it should."""

import subprocess
import sys
from pathlib import Path

import grimp

from tests.architecture.confinement import imports_elsewhere
from tests.architecture.source import ROOT


def test_layer_contracts_are_kept() -> None:
    """In a process of its own: import-linter would silence the loggers other tests listen to."""
    lint = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, check=False)
    assert done.returncode == 0, done.stdout.decode()


def test_import_from_outside_its_place_is_found() -> None:
    graph = grimp.ImportGraph()
    graph.add_module("flask", is_squashed=True)
    for importer in ("fhir_server.http.routes", "fhir_server.httpx", "mappers.rule"):
        graph.add_import(importer=importer, imported="flask")
    found = imports_elsewhere(graph, "flask: fhir_server.http, fhir_server.app")
    assert found == ["fhir_server.httpx -> flask", "mappers.rule -> flask"]


def test_library_nobody_imports_is_in_its_place() -> None:
    assert imports_elsewhere(grimp.ImportGraph(), "flask: fhir_server.http") == []
