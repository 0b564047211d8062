"""The locked requirements answer pyproject.toml, carry hashes and name no address."""

import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source import ROOT

FILES = ("build", "runtime", "dev")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[\w,]+\])?==([^\s;\\]+)", re.MULTILINE)


def text(name: str) -> str:
    """Return a requirements file."""
    return (ROOT / f"requirements/{name}.txt").read_text(encoding="utf-8")


def pins(name: str) -> dict[str, str]:
    """Return the locked version of each package of a requirements file."""
    return {canonicalize_name(package): version for package, version in PIN.findall(text(name))}


def wanted(name: str) -> list[Requirement]:
    """Return what pyproject.toml asks of a requirements file."""
    project = PROJECT["project"]
    asked = {
        "build": PROJECT["build-system"]["requires"],
        "runtime": project["dependencies"],
        "dev": [*project["dependencies"], *project["optional-dependencies"]["dev"]],
    }
    return [Requirement(line) for line in asked[name]]


@pytest.mark.parametrize("name", FILES)
def test_locked_versions_satisfy_the_project(name: str) -> None:
    locked = pins(name)
    unmet = [
        str(requirement)
        for requirement in wanted(name)
        if not requirement.specifier.contains(locked.get(canonicalize_name(requirement.name), "0"))
    ]
    assert unmet == [], "make lock resolves them"


@pytest.mark.parametrize("name", FILES)
def test_every_locked_package_has_a_hash(name: str) -> None:
    entries = re.split(r"\n(?=[A-Za-z0-9])", text(name))
    assert len(entries) == len(pins(name)) > 0
    assert [entry.split()[0] for entry in entries if "--hash=sha256:" not in entry] == []


@pytest.mark.parametrize("name", FILES)
def test_requirements_name_no_address(name: str) -> None:
    assert re.findall(r"https?://|--index|--extra-index|--find-links", text(name)) == []


def test_tools_do_not_change_what_the_product_runs_on() -> None:
    runtime, dev = pins("runtime"), pins("dev")
    assert {name: dev.get(name) for name in runtime} == runtime
