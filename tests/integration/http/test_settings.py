"""Settings that change what a server lets its clients do."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.http.sample import SYSTEM, bundle, entry, issue, patient
from tests.integration.server import Server, running_server

BASE = "https://fhir.clinic.example"


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("strict")
    variables = {
        "PARITY_AUTH": "off",
        "PARITY_UPDATE_CREATE": "off",
        "PARITY_BUNDLE_LIMIT": "2",
        "PARITY_BODY_LIMIT": "20000",
        "PARITY_BASE_URL": BASE,
        "PARITY_PAGE_LIMIT": "3",
    }
    with running_server(f"sqlite:///{folder / 'parity.db'}", folder, variables) as started:
        yield started


def test_without_authentication_no_token_is_asked_for(strict: Server) -> None:
    assert strict.request("GET", "/fhir/Patient", token=None).status == 200


def test_id_of_the_client_is_refused(strict: Server, tag: str) -> None:
    body = patient(tag, id=tag)
    assert strict.fhir("PUT", f"Patient/{tag}", body).status == 404
    put = bundle("transaction", entry("PUT", f"Patient/{tag}", body))
    assert strict.fhir("POST", "", put).status == 404
    assert strict.fhir("PUT", f"Patient?identifier={SYSTEM}|{tag}", patient(tag)).status == 201


def test_limits_are_told(strict: Server, tag: str) -> None:
    big = strict.fhir("POST", "Patient", patient(tag, language="x" * 20000))
    assert big.status == 413
    assert issue(big.json)["code"] == "too-long"
    many = bundle("batch", *[entry("GET", "Patient/1") for _ in range(3)])
    assert strict.fhir("POST", "", many).status == 413


def test_page_is_no_larger_than_the_limit(strict: Server, tag: str) -> None:
    for _ in range(4):
        strict.create(patient(tag))
    found = strict.search("Patient", identifier=f"{SYSTEM}|{tag}", _count="100")
    assert len(found) == 3


def test_configured_address_is_the_one_told(strict: Server, tag: str) -> None:
    answer = strict.fhir("POST", "Patient", patient(tag))
    assert answer.headers["location"].startswith(f"{BASE}/fhir/Patient/")
    statement = strict.request("GET", "/fhir/metadata", token=None).json
    assert f"{BASE}/fhir" in str(statement["implementation"])


@pytest.mark.parametrize(("auth", "status"), [("on", 0), ("off", 1)])
def test_wsgi_entry_is_never_open(tmp_path: Path, auth: str, status: int) -> None:
    done = subprocess.run(
        [sys.executable, "-c", "import fhir_server.wsgi as entry; entry.application"],
        env=dict(os.environ)
        | {"PARITY_AUTH": auth, "PARITY_DATABASE_URL": f"sqlite:///{tmp_path / 'x.db'}"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    assert (b"PARITY_AUTH=off" in done.stderr) == (status == 1)
